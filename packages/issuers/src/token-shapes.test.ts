import { describe, expect, it } from 'vitest';
import { isOfForm } from '../../../test/harness/token-forms.ts';
import { tokenShapesOf } from './token-shapes.ts';

type Claims = Readonly<Record<string, string>>;

const guid = '8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02';
const other = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';

interface Documented {
  readonly source: string;
  readonly iss: string;
  readonly claims: Claims;
  /** Claims of the same token that make it none. */
  readonly never: readonly Claims[];
  /** Claims of the same token that another one may have. */
  readonly also: readonly Claims[];
}

const gitHub: Claims = {
  aud: 'https://github.com/octo-org',
  ref: 'refs/heads/main',
  repository: 'octo-org/octo-repo',
  repository_owner: 'octo-org',
  actor_id: '12',
  repository_id: '74',
  repository_owner_id: '65',
  actor: 'octocat',
  workflow: 'example-workflow',
  job_workflow_ref: 'octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main',
};

const documented: Readonly<Record<string, Documented>> = {
  'GitHub Actions': {
    source: 'https://docs.github.com/en/actions/reference/security/oidc',
    iss: 'https://token.actions.githubusercontent.com',
    claims: { ...gitHub, sub: 'repo:octo-org/octo-repo:environment:prod', environment: 'prod' },
    also: [
      { sub: 'repo:octo-org@65/octo-repo@74:environment:prod' },
      { sub: 'repo:octo-org/octo-repo:ref:refs/heads/main' },
      { sub: 'repo:octo-org/octo-repo:pull_request', ref: 'refs/pull/1/merge' },
      { sub: 'repository_owner:octo-org:environment:prod' },
      {
        sub: 'repo:octo-org/octo-repo:job_workflow_ref:octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main',
      },
      { sub: 'repository_id:74:repo_property_team:web' },
      { job_workflow_ref: 'octo-org/octo-repo/dynamic/pages/pages-build-deployment@refs/heads/main' },
      { job_workflow_ref: `octo-org/x/.github/workflows/a.yaml@${'0'.repeat(40)}` },
      { enterprise_id: '9' },
      { actor: 'dependabot[bot]', actor_id: '49699333' },
      { actor: 'mona_octocorp' },
      { ref: '' },
      { ref: 'refs/heads/gh-readonly-queue/main/pr-7-0a1b2c3d' },
      { sub: 'repo:octo-org/octo-repo:environment:eu/prod 1', environment: 'eu/prod 1' },
      { workflow: '.github/workflows/a.yml' },
    ],
    never: [
      { repository: 'octo-org/other' },
      { repository_owner: 'other' },
      { repository_id: '074' },
      { sub: 'repo:octo-org@66/octo-repo@74:environment:prod' },
      { sub: 'repo:octo-org@65/octo-repo:environment:prod' },
      { sub: '' },
      { sub: 'repo' },
      { ref: 'main' },
      { ref: 'refs/heads/' },
      { job_workflow_ref: 'octo-org/octo-repo/deploy.yml@refs/heads/main' },
      { job_workflow_ref: 'octo-org/octo-repo/.github/workflows/deploy.txt@refs/heads/main' },
      { job_workflow_ref: 'octo-org/octo-repo/.github/workflows/deploy.yml' },
      { job_workflow_ref: 'octo-org/octo-repo/.github/workflows/deploy.yml@refs/notes/x' },
      { actor_id: 'octocat' },
    ],
  },
  'GitLab CI/CD': {
    source: 'https://docs.gitlab.com/ci/secrets/id_token_authentication/',
    iss: 'https://gitlab.com',
    claims: {
      aud: 'https://vault.example.com',
      sub: 'project_path:my-group/my-project:ref_type:branch:ref:feature-branch-1',
      namespace_id: '72',
      namespace_path: 'my-group',
      project_id: '20',
      project_path: 'my-group/my-project',
      user_id: '1',
      user_login: 'sample-user',
      user_email: 'sample-user@example.com',
      pipeline_source: 'push',
      ref_protected: 'false',
      runner_environment: 'self-hosted',
    },
    also: [
      { sub: 'project_id:20:ref_type:branch:ref:feature-branch-1' },
      { sub: 'project_path:my-group/my-project:ref_type:tag:ref:v1' },
      { sub: 'project_path:my-group/my-project:user_login:sample-user' },
      { sub: 'project_path:my-group/my-project:environment_protected:true:deployment_tier:production' },
      { ref_protected: 'true' },
      { sub: 'project_path:my-group/my-project:ref_type:branch:ref:refs/merge-requests/7/merge' },
      {
        sub: 'project_path:My_Group.1/team/my-project:ref_type:branch:ref:main',
        project_path: 'My_Group.1/team/my-project',
      },
      { user_email: '' },
    ],
    never: [
      { project_path: 'other/my-project' },
      { project_path: 'my-group/other' },
      { project_id: '020' },
      { sub: 'project_id:21:ref_type:branch:ref:main' },
      { sub: 'project_path:my-group:ref_type:branch:ref:main' },
      { sub: 'project_path:my-group/my-project:ref_type:commit:ref:main' },
      { sub: 'project_path:my-group/my-project:ref_type:branch:ref:' },
      { sub: 'project_path:my-group/my-project:colour:red' },
      { sub: 'project_path:my-group/my-project:user_login:another' },
      { sub: 'project_path:my-group/my-project:deployment_tier:web' },
      { sub: 'my-group/my-project' },
      { ref_protected: 'yes' },
    ],
  },
  Buildkite: {
    source: 'https://buildkite.com/docs/agent/cli/reference/oidc',
    iss: 'https://agent.buildkite.com',
    claims: {
      aud: 'https://buildkite.com/acme-inc',
      sub: 'organization:acme-inc:pipeline:super-duper-app:ref:refs/heads/main:commit:9f3182061f1e2cca4702c368cbc039b7dc9d4485:step:build',
      organization_slug: 'acme-inc',
      pipeline_slug: 'super-duper-app',
      build_branch: 'main',
      build_commit: '9f3182061f1e2cca4702c368cbc039b7dc9d4485',
      step_key: 'build',
    },
    also: [
      { organization_id: guid },
      { sub: guid },
      { sub: guid, organization_id: guid, pipeline_id: other },
      { sub: guid, pipeline_id: guid },
      { sub: guid, cluster_id: guid, cluster_name: 'default' },
    ],
    never: [
      { organization_id: 'acme-inc' },
      { sub: 'organization:another:pipeline:super-duper-app:ref:refs/heads/main:commit:HEAD:step:build' },
      { sub: 'organization:acme-inc:pipeline:another:ref:refs/heads/main:commit:HEAD:step:build' },
      { sub: 'organization:acme-inc:pipeline:super-duper-app:ref:refs/heads/dev:commit:HEAD:step:build' },
      { sub: 'organization:acme-inc:pipeline:super-duper-app' },
      { sub: 'organization:acme-inc:pipeline::ref:refs/heads/main:commit:HEAD:step:build' },
    ],
  },
  CircleCI: {
    source: 'https://circleci.com/docs/openid-connect-tokens/',
    iss: `https://oidc.circleci.com/org/${guid}`,
    claims: {
      aud: guid,
      sub: `org/${guid}/project/${other}/user/${other}`,
      'oidc.circleci.com/project-id': other,
      'oidc.circleci.com/org-id': guid,
    },
    also: [{ sub: `org/${guid}/project/${other}/user/${other}/vcs-origin/github.com/o/r/vcs-ref/refs/heads/main` }],
    never: [
      { sub: `org/${other}/project/${other}/user/${other}` },
      { sub: `org/${guid}/project/${guid}/user/${other}` },
      { sub: `org/${guid}/project/${other}/user/me` },
      { sub: `org/${guid}/project/${other}/user/${other}/vcs-ref/refs/heads/main` },
      { sub: `org/${guid}/project/${other}/user/${other}github.com/o/r/vcs-ref/refs/heads/main` },
    ],
  },
  'HCP Terraform': {
    source:
      'https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens',
    iss: 'https://app.terraform.io',
    claims: {
      aud: 'my-example-audience',
      sub: 'organization:my-org:project:Default Project:workspace:my-workspace:run_phase:apply',
      terraform_organization_id: 'org-GRNbCjYNpBB6NEBH',
      terraform_organization_name: 'my-org',
      terraform_project_id: 'prj-vegSA59s1XPwMr2t',
      terraform_project_name: 'Default Project',
      terraform_run_id: 'run-1rFbZALi7xL3uPFD',
      terraform_run_phase: 'apply',
      terraform_workspace_id: 'ws-mbsd5E3Ktt5Rg2Xm',
      terraform_workspace_name: 'my-workspace',
    },
    also: [
      { sub: 'organization:my-org:project:Default Project:workspace:my-workspace:run_phase:plan' },
      { sub: 'organization:my-org:project:Default Project:stack:my-stack:deployment:production:operation:plan' },
    ],
    never: [{ sub: 'organization:my-org:project:Default Project:workspace:my-workspace' }],
  },
  'Bitbucket Pipelines': {
    source: 'https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/',
    iss: 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
    claims: { aud: `ari:cloud:bitbucket::workspace/${guid}`, sub: `{${guid}}:{${other}}` },
    also: [{ sub: `{${guid}}:{${other}}:{${other}}` }],
    never: [{ sub: `{${guid}}` }, { sub: `${guid}:${other}` }, { sub: `{${guid}}:{${other}}:{${other}}:{${other}}` }],
  },
  'Azure Pipelines': {
    source: 'https://learn.microsoft.com/azure/devops/pipelines/release/configure-workload-identity',
    iss: `https://vstoken.dev.azure.com/${guid}`,
    claims: { aud: 'api://AzureADTokenExchange', sub: 'sc://contoso/web/azure' },
    also: [
      { sub: 'sc://contoso/My Web/a/b: c' },
      { sub: 'p://contoso/web/folder/release' },
      { aud: 'api://AzureADTokenExchangeUSGov' },
    ],
    never: [{ sub: 'sc://contoso' }, { sub: 'contoso/web/azure' }, { aud: '' }],
  },
  Entra: {
    source:
      'https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity',
    iss: `https://login.microsoftonline.com/${guid}/v2.0`,
    // By version 2 the audience of a token is an application's id, and this one is of api://AzureADTokenExchange.
    claims: { aud: 'fb60f99c-7a34-4190-8149-302f77469936', sub: other, azp: other },
    also: [{ sub: 'f2Xb0aV3kQm8Zr1Ls6Tn9Yw4Ej7Hd5Gc-Uo_Pi2Nq3A' }],
    never: [
      { sub: 'anything' },
      { sub: `${other}/` },
      { sub: '' },
      { azp: 'app' },
      { aud: 'api://AzureADTokenExchange' },
    ],
  },
  Google: {
    source: 'https://cloud.google.com/compute/docs/instances/verifying-instance-identity',
    iss: 'https://accounts.google.com',
    claims: {
      aud: 'https://www.example.com',
      azp: '112179062720391305885',
      email: '123456-compute@developer.gserviceaccount.com',
      sub: '112179062720391305885',
    },
    also: [],
    never: [{ sub: 'somebody' }, { sub: '' }],
  },
  Kubernetes: {
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#service-account-tokens',
    iss: 'https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
    claims: { aud: 'sts.amazonaws.com', sub: 'system:serviceaccount:agents:azp' },
    also: [{ sub: 'system:serviceaccount:a-b:c.d' }],
    never: [
      { sub: 'system:serviceaccount:agents' },
      { sub: 'system:serviceaccount:Agents:azp' },
      { sub: 'system:serviceaccount:a--:azp' },
      { sub: 'system:serviceaccount::azp' },
      { sub: 'system:node:agents:azp' },
    ],
  },
};

/** What somebody asks of GitHub's tokens, of which the forms are then made. */
const asked = [
  { subjects: [], tested: [] },
  { subjects: ['repo:octo-org/octo-repo:*'], tested: ['environment', 'ref'] },
  { subjects: ['repository_owner:octo-org:environment:*', 'environment:a:environment:b'], tested: ['repository_id'] },
  { subjects: ['*job_workflow_ref:*:ref:*:actor:*'], tested: ['actor', 'workflow', 'job_workflow_ref'] },
  { subjects: ['*:repo_property_team:web', 'pull_request:ref:*:ref:*'], tested: [] },
];

const isSigned = (iss: string, claims: Claims, question?: (typeof asked)[number]) =>
  tokenShapesOf(iss, undefined, question).some((shape) => isOfForm(shape, claims));
const isAlwaysSigned = (iss: string, claims: Claims) => asked.every((one) => isSigned(iss, claims, one));

describe.each(Object.entries(documented))('the tokens of %s', (_title, { iss, claims, also, never }) => {
  it('are like the documented one', () => expect(isAlwaysSigned(iss, claims)).toBe(true));

  it('are what their documentation lets them be', () => {
    expect(also.filter((one) => !isAlwaysSigned(iss, { ...claims, ...one }))).toEqual([]);
  });

  it('are nothing else', () => {
    expect(never.filter((one) => isSigned(iss, { ...claims, ...one }))).toEqual([]);
  });

  it('have examples that are of their form', () => {
    for (const shape of tokenShapesOf(iss)) {
      const example = Object.entries(shape.claims).map(([claim, parts]) => [
        claim,
        parts.map((part) => (typeof part === 'string' ? part : (shape.fields[part.field]?.example ?? ''))).join(''),
      ]);
      expect(isOfForm(shape, Object.fromEntries(example)), JSON.stringify(example)).toBe(true);
    }
  });
});

describe('the tokens of an issuer that is not known', () => {
  it('have any subject, audience and further claims', () => {
    const [one] = tokenShapesOf('https://evil.example');
    expect(one?.isOpen).toBe(true);
    expect(isAlwaysSigned('https://evil.example', { sub: 'x', aud: 'y', azp: 'z', email: '' })).toBe(true);
  });

  it('or of which no more is known than its customers have been told have them too', () => {
    expect(tokenShapesOf('https://oidc.fly.io/acme').some(({ isOpen }) => isOpen)).toBe(true);
  });
});
