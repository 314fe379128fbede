import {
  account,
  aud,
  guides,
  hub,
  hubPolicy,
  keys,
  of,
  organization,
  policy,
  samples,
  statement,
} from './sample.corpus.ts';

const circle = `oidc.circleci.com/org/${organization}`;
const vercel = 'oidc.vercel.com/acme';
const vercelGuide = 'https://vercel.com/docs/oidc/aws';
const bitbucket = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
const project = '1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9';
const template = 'AwesomeCICD/ceratf-deployment-monorepo, global/templates/oidc_assume_role.json.tpl';
const ofAccount = (principal: object, condition: object, action: string | string[] = 'sts:AssumeRole') =>
  policy({ Effect: 'Allow', Principal: principal, Action: action, Condition: condition });

export const inTheField = samples(
  [
    "GitHub's host misspelt in a key, and nothing else",
    hubPolicy({ StringEquals: keys('token.actions.githubuser.content.com', { aud: 'sts.amazonaws.com' }) }),
    ['aws/foreign-key'],
    'The key is never there: nobody is allowed.',
    'erioluwa66/BusyToddlerMumInfraMgt, data.tf',
  ],
  [
    'a subject of which the repository was left empty',
    hubPolicy({ StringEquals: { ...aud, ...keys(hub, { sub: 'repo:' }) } }),
    ['never-matches'],
    'No token has it.',
    'redja-s/tf-aws-iam, modules/iam-roles/policies/terraform-iam-role-assume-policy.tpl',
  ],
  [
    'every repository, and any audience',
    hubPolicy({ StringLike: keys(hub, { sub: 'repo:*' }) }),
    ['aws/no-aud', 'aws/wildcard-owner'],
    'Anybody with an account at GitHub.',
    'dvdmelamed/aws-infra, modules/github-oidc/assume_role.tpl',
  ],
  [
    'an organization of CircleCI, by its audience alone',
    of(circle, organization, {}),
    ['aws/no-sub'],
    'The audience is the organization: every project of it is allowed.',
    template,
  ],
  [
    'a condition on a role without a principal',
    policy({
      ...{ Sid: 'AllowIAMUsers', Effect: 'Allow', Action: 'sts:AssumeRole' },
      Condition: { StringLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/*_access` } },
    }),
    ['aws/malformed'],
    'A statement of a trust policy has a principal.',
    template,
  ],
  [
    'two environments of a project at Vercel',
    of(vercel, 'https://vercel.com/acme', {
      sub: ['owner:acme:project:web:environment:preview', 'owner:acme:project:web:environment:production'],
    }),
    [],
    'They are named.',
    vercelGuide,
  ],
  [
    'every project of a team at Vercel',
    of(vercel, 'https://vercel.com/acme', {}, { sub: 'owner:acme:project:*:environment:production' }),
    ['aws/wildcard-repository'],
    'Each project of the team has production.',
    vercelGuide,
  ],
  [
    'every branch of a project of GitLab, with its own audience',
    of('gitlab.com', 'https://gitlab.com', {}, { sub: 'project_path:acme/web:ref_type:branch:ref:*' }),
    ['aws/any-branch'],
    'Whoever may push a branch.',
    guides.gitLabAws,
  ],
  [
    'every step of a repository of Bitbucket, whatever its environment',
    of(bitbucket, `ari:cloud:bitbucket::workspace/${organization}`, {}, { sub: `{${project}}*:*` }),
    ['aws/whole-repository'],
    'The id pins the repository.',
    guides.bitbucketAws,
  ],
  [
    'a monitoring service with its external id',
    ofAccount({ AWS: 'arn:aws:iam::464622532012:root' }, { StringEquals: { 'sts:ExternalId': '0123456789abcdef' } }),
    [],
    'The third party is named, and cannot be confused.',
    guides.awsExternalId,
  ],
  [
    'pods of one cluster',
    ofAccount(
      { Service: 'pods.eks.amazonaws.com' },
      {
        StringEquals: { 'aws:SourceAccount': account },
        ArnEquals: { 'aws:SourceArn': `arn:aws:eks:eu-central-1:${account}:cluster/main` },
      },
      ['sts:AssumeRole', 'sts:TagSession'],
    ),
    [],
    'The service acts for the account and the cluster.',
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html',
  ],
  [
    'a role that may assume itself, beside a job',
    policy(
      {
        ...{ Sid: 'ExplicitSelfRoleAssumption', Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' },
        Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/deploy` } },
      },
      statement(hub, {
        StringEquals: { ...aud, ...keys(hub, { sub: 'repo:octo@65001/app@724113:environment:prod' }) },
      }),
    ),
    [],
    'One role, of one account.',
    'https://aws.amazon.com/blogs/security/announcing-an-update-to-iam-role-trust-policy-behavior/',
  ],
);
