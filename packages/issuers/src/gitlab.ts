import { awsConditionKeys, awsSharedIssuers } from './aws-sources.ts';
import { type Citation, type Issuer, known, type SubjectParts, sameNamed } from './issuer.ts';
import { formatKeyValues, type KeyValueSubject, parseKeyValues } from './key-value-subject.ts';

/** The issuer of gitlab.com. One that a company runs itself has its own address, which nothing tells from others. */
export const gitLabIssuer = 'https://gitlab.com';

/** Claims in the order that the project chose, of which `project_path` or `project_id` is the first. */
export type GitLabSubject = KeyValueSubject;

/** `project_path:<group>/<project>:…`, where a group may have groups in it, or `project_id:<id>:…`, which names its owner too. */
function gitLabSubjectParts(subject: string): SubjectParts | undefined {
  if (subject.startsWith('project_id:')) {
    const [id = '', ...job] = subject.slice('project_id:'.length).split(':');
    return { owner: id, project: id, job: job.length === 0 ? undefined : job.join(':') };
  }
  if (!subject.startsWith('project_path:')) return undefined;
  const [path = '', ...job] = subject.slice('project_path:'.length).split(':');
  const slash = path.indexOf('/');
  return {
    owner: slash < 0 ? path : path.slice(0, slash),
    project: slash < 0 ? undefined : path.slice(slash + 1),
    job: job.length === 0 ? undefined : job.join(':'),
  };
}

const claims: readonly string[] = [
  ...['ci_config_ref_uri', 'ci_config_sha', 'deployment_tier', 'environment', 'environment_protected', 'groups_direct'],
  ...['job_id', 'namespace_id', 'namespace_path', 'pipeline_id', 'pipeline_source', 'project_id', 'project_path'],
  ...['project_visibility', 'ref', 'ref_path', 'ref_protected', 'ref_type', 'runner_environment', 'runner_id', 'sha'],
  ...['user_access_level', 'user_email', 'user_id', 'user_identities', 'user_login'],
];

/** Of gitlab.com alone. */
const conditionKeyNames = [
  ...['namespace_id', 'pipeline_source', 'project_id', 'ref_protected', 'runner_environment', 'user_access_level'],
  ...['user_email', 'user_id', 'user_login'],
];

const isKey = (key: string) => claims.includes(key);
const byPath = { first: 'project_path', isKey };
const byId = { first: 'project_id', isKey };

function exampleOf(claim: string): string {
  if (claim === 'ref_type') return 'tag';
  if (claim === 'deployment_tier') return 'production';
  if (claim === 'project_visibility') return 'private';
  if (claim.endsWith('sha')) return '9f3a1c0d9f3a1c0d9f3a1c0d9f3a1c0d9f3a1c0d';
  if (claim.endsWith('_protected')) return 'true';
  return claim.endsWith('_id') ? '57382910' : 'x';
}

/** Those of a server that a company runs itself are told by their host, of which nothing else is documented. */
function hasExpressions(iss: string): boolean {
  return iss === gitLabIssuer || /^https:\/\/gitlab\.[^/]+\.(com|ca)$/.test(iss);
}

/** The issuer of gitlab.com; subjects and claims are those of every GitLab. */
export const gitLab: Issuer<GitLabSubject> = /* @__PURE__ */ known(() => ({
  title: 'GitLab CI/CD',
  is: (iss) => iss === gitLabIssuer,
  sharedByStrangers: (iss) => iss === gitLabIssuer,
  ownerClaims: [
    { claim: 'project_id', kind: 'id', of: 'project' },
    { claim: 'namespace_id', kind: 'id', of: 'owner' },
    { claim: 'project_path', kind: 'name', of: 'project' },
    { claim: 'namespace_path', kind: 'name', of: 'owner' },
  ],
  claims,
  exampleSubjects: [
    'project_path:acme/web:ref_type:branch:ref:main',
    'project_id:57382910:ref_type:branch:ref:main',
    ...claims.map((claim) => `project_path:acme/web:${claim}:${exampleOf(claim)}`),
  ].filter((one) => !one.startsWith('project_path:acme/web:project_path')),
  parseSubject: (subject) => parseKeyValues(subject, byPath) ?? parseKeyValues(subject, byId),
  formatSubject: formatKeyValues,
  subjectParts: gitLabSubjectParts,
  conditionKeys: (iss) => (iss === gitLabIssuer ? sameNamed(conditionKeyNames) : []),
  requiredByAws: (iss) => (iss === gitLabIssuer ? ['sub'] : []),
  flexibleClaims: (iss) =>
    hasExpressions(iss)
      ? {
          operators: { sub: ['eq', 'matches'], project_id: ['eq'], namespace_id: ['eq'], user_id: ['eq'] },
          required: [['sub'], ['project_id', 'namespace_id', 'user_id']],
        }
      : undefined,
  audiences: { chosenBy: 'job', byDefault: undefined },
  deprecations: [],
}));

/** Where its facts were read. */
export const gitLabSources: readonly Citation[] = [
  {
    of: ['urls', 'subjects', 'claims', 'audiences', 'owners'],
    title: 'GitLab Docs, OpenID Connect (OIDC) authentication using ID tokens; gitlab-org/gitlab!160562',
    url: 'https://docs.gitlab.com/ci/secrets/id_token_authentication/',
    read: '2026-11-25',
  },
  awsConditionKeys,
  awsSharedIssuers,
  {
    of: ['flexible claims'],
    title: 'Microsoft Learn, Mutable subjects in federated identity credentials',
    url: 'https://learn.microsoft.com/en-us/entra/workload-id/workload-identities-federated-credential-mutable-subjects',
    read: '2026-11-25',
    unchecked:
      'That sub alone is refused was seen on 2026-08-07, hashicorp/terraform-provider-azuread#1901. "Set up a flexible federated identity credential" of 2026-09-18 names project_id alone beside it, and for subjects with a path.',
  },
  {
    of: ['flexible claims'],
    title: 'Microsoft Learn, Flexible federated identity credentials: the URLs',
    url: 'https://learn.microsoft.com/en-us/entra/workload-id/workload-identities-flexible-federated-identity-credentials',
    read: '2026-11-25',
  },
];
