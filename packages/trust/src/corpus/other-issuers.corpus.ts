import { guides, of, organization, samples, tenant } from './sample.corpus.ts';

const found = 'public Terraform, found by its condition key';
const tfc = (sub: string) => of('app.terraform.io', 'aws.workload.identity', {}, { sub });
const kite = (sub: string) => of('agent.buildkite.com', 'sts.amazonaws.com', {}, { sub });
const lab = (sub: string) => of('gitlab.com', 'https://gitlab.com', {}, { sub });
const circleOrg = `oidc.circleci.com/org/${organization}`;
const circle = (sub: string) => of(circleOrg, organization, {}, { sub });
const bucket = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
const workspace = `ari:cloud:bitbucket::workspace/${organization}`;

export const otherIssuers = samples(
  [
    'Terraform Cloud: one workspace',
    tfc('organization:acme:project:web:workspace:prod:run_phase:*'),
    [],
    'Plan and apply of one workspace.',
    guides.terraformAws,
  ],
  [
    'Terraform Cloud: one workspace of any project',
    tfc('organization:acme:project:*:workspace:prod:run_phase:*'),
    [],
    'Names of workspaces are unique in an organization.',
    guides.terraformAws,
  ],
  [
    'Terraform Cloud: one phase',
    of('app.terraform.io', 'aws.workload.identity', {
      sub: 'organization:acme:project:web:workspace:prod:run_phase:plan',
    }),
    [],
    'As narrow as can be.',
    found,
  ],
  [
    'Terraform Cloud: every workspace of an organization',
    tfc('organization:acme:project:*:workspace:*:run_phase:*'),
    ['aws/wildcard-repository'],
    'Who can make a workspace there.',
    found,
  ],
  ['Terraform Cloud: an organization', tfc('organization:acme:*'), ['aws/wildcard-repository'], 'The same.', found],
  [
    'Terraform Cloud: a project',
    tfc('organization:acme:project:web:*'),
    ['aws/wildcard-ref'],
    'Each workspace of the project.',
    found,
  ],
  [
    'Terraform Cloud: any organization',
    tfc('organization:*:project:web:workspace:prod:run_phase:apply'),
    ['aws/wildcard-owner'],
    'Every customer of the issuer.',
    guides.awsShared,
  ],
  [
    'Terraform Cloud: organizations with the same beginning',
    tfc('organization:acme*:project:web:workspace:prod:run_phase:apply'),
    ['aws/wildcard-owner'],
    'Anybody can register acme-evil.',
    guides.awsShared,
  ],
  ['Terraform Cloud: anybody', tfc('*'), ['aws/wildcard-owner'], 'Every customer.', guides.awsShared],
  [
    'Terraform Cloud: a star where none is known',
    of('app.terraform.io', 'aws.workload.identity', {
      sub: 'organization:acme:project:web:workspace:prod:run_phase:*',
    }),
    ['aws/literal-wildcard'],
    'Nobody is allowed.',
    'a public README with StringEquals and run_phase:*',
  ],
  [
    'Buildkite: one pipeline',
    kite('organization:acme:pipeline:web:*'),
    ['aws/wildcard-ref'],
    'Each branch, those of pull requests too.',
    guides.buildkiteAws,
  ],
  [
    'Buildkite: a step of any branch',
    kite('organization:acme:pipeline:web:ref:refs/heads/*:commit:*:step:plan'),
    [],
    'A step is named.',
    found,
  ],
  [
    'Buildkite: one branch',
    kite('organization:acme:pipeline:web:ref:refs/heads/main:commit:*:step:*'),
    [],
    'A branch is named.',
    guides.buildkiteAws,
  ],
  ['Buildkite: an organization', kite('organization:acme:*'), ['aws/wildcard-repository'], 'Every pipeline.', found],
  [
    'Buildkite: any organization',
    kite('organization:*:pipeline:web:*'),
    ['aws/wildcard-owner'],
    'Every customer.',
    guides.awsShared,
  ],
  [
    'Buildkite: the pipeline by its id',
    of('agent.buildkite.com', 'sts.amazonaws.com', { pipeline_id: organization }, { sub: 'organization:acme:*' }),
    ['aws/whole-repository'],
    'The id pins it.',
    guides.awsKeys,
  ],
  [
    'Buildkite: colons with backslashes',
    kite('organization\\:acme\\:pipeline:web:*'),
    ['never-matches'],
    'A public guide has them: no subject does.',
    'buildkite/docs, an older page on OIDC with AWS',
  ],
  [
    'GitLab: one branch',
    of('gitlab.com', 'https://gitlab.com', { sub: 'project_path:acme/web:ref_type:branch:ref:main' }),
    [],
    'As narrow as its subject goes.',
    guides.gitLabAws,
  ],
  ['GitLab: every branch', lab('project_path:acme/web:ref_type:branch:ref:*'), [], 'Of one project.', found],
  ['GitLab: one project', lab('project_path:acme/web:*'), ['aws/wildcard-ref'], 'Branches and tags.', found],
  [
    'GitLab: a group',
    lab('project_path:acme/*:ref_type:branch:ref:main'),
    ['aws/wildcard-repository'],
    'Every project of the group.',
    guides.gitLabAws,
  ],
  [
    'GitLab: any group',
    lab('project_path:*:ref_type:branch:ref:main'),
    ['aws/wildcard-owner'],
    'All of gitlab.com.',
    guides.awsShared,
  ],
  [
    'GitLab: groups with the same beginning',
    lab('project_path:acme*/web:ref_type:branch:ref:main'),
    ['aws/wildcard-owner'],
    'Anybody can make acme-evil.',
    guides.awsShared,
  ],
  [
    'GitLab: the audience alone',
    of('gitlab.com', 'https://gitlab.com', {}),
    ['aws/no-sub'],
    'All of gitlab.com.',
    guides.awsShared,
  ],
  [
    'GitLab: the project by its id',
    of('gitlab.com', 'https://gitlab.com', {
      project_id: '724113',
      sub: 'project_path:acme/web:ref_type:branch:ref:main',
    }),
    [],
    'A path can be given to others, an id cannot.',
    guides.awsKeys,
  ],
  [
    'GitLab: a claim that STS does not fill',
    of('gitlab.com', 'https://gitlab.com', {
      project_path: 'acme/web',
      sub: 'project_path:acme/web:ref_type:branch:ref:main',
    }),
    ['aws/unfilled-key'],
    'Nobody is allowed.',
    guides.awsKeys,
  ],
  [
    'CircleCI: one project',
    circle(`org/${organization}/project/${tenant}/user/*`),
    [],
    'Whoever starts it.',
    guides.circleAws,
  ],
  [
    'CircleCI: an organization',
    circle(`org/${organization}/*`),
    ['aws/wildcard-repository'],
    'Every project.',
    guides.circleAws,
  ],
  [
    'CircleCI: the organization in the URL, a star in the subject',
    circle('org/*/project/*/user/*'),
    ['aws/wildcard-repository'],
    'The URL names the organization.',
    guides.circleAws,
  ],
  [
    'CircleCI: an organization by its name',
    of('oidc.circleci.com/org/acme', 'acme', {}, { sub: 'org/acme/*' }),
    ['wrong-issuer'],
    'The issuer has the id.',
    guides.circleAws,
  ],
  [
    'CircleCI: a provider with a star',
    of('oidc.circleci.com/org/*', organization, {}, { sub: 'org/*' }),
    ['aws/malformed'],
    'IAM takes no wildcard in an ARN of a principal.',
    guides.awsPrincipal,
  ],
  [
    'Bitbucket: one repository',
    of(bucket, workspace, {}, { sub: `{${organization}}:*` }),
    ['aws/wildcard-ref'],
    'Each branch of it.',
    guides.bitbucketAws,
  ],
  [
    'Bitbucket: one environment of a repository',
    of(bucket, workspace, {}, { sub: `{${organization}}*:{${tenant}}:*` }),
    [],
    'Steps have ids that no one knows before.',
    guides.bitbucketAws,
  ],
  [
    'Bitbucket: a workspace',
    of(bucket, workspace, {}, { sub: '*:*:*' }),
    ['aws/wildcard-repository'],
    'Every repository of the workspace.',
    found,
  ],
);
