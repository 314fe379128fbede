import { awsConditionKeys, awsSharedIssuers } from './aws-sources.ts';
import { type Issuer, known, type SubjectParts, sameNamed } from './issuer.ts';
import { formatKeyValues, type KeyValueSubject, parseKeyValues } from './key-value-subject.ts';

/** The issuer of gitlab.com. One that a company runs itself has its own address, which nothing tells from others. */
const gitLabIssuer = 'https://gitlab.com';

/** Claims in the order that the project chose, of which `project_path` is the first. */
export type GitLabSubject = KeyValueSubject;

/** `project_path:<group>/<project>:…`, where a group may have groups in it. */
function gitLabSubjectParts(subject: string): SubjectParts | undefined {
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

const form = { first: 'project_path', isKey: (key: string) => claims.includes(key) };

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
    ...claims.map((claim) => `project_path:acme/web:${claim}:x`),
  ].filter((one) => !one.startsWith('project_path:acme/web:project_path')),
  parseSubject: (subject) => parseKeyValues(subject, form),
  formatSubject: formatKeyValues,
  subjectParts: gitLabSubjectParts,
  conditionKeys: (iss) => (iss === gitLabIssuer ? sameNamed(conditionKeyNames) : []),
  requiredByAws: (iss) => (iss === gitLabIssuer ? ['sub'] : []),
  // One that a company runs itself can have them too.
  flexibleClaims: () => ({ operators: { sub: ['eq', 'matches'] }, required: [['sub']] }),
  audiences: { chosenBy: 'job', byDefault: undefined },
  deprecations: [],
  sources: [
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
      title: 'Microsoft Learn, Flexible federated identity credentials',
      url: 'https://learn.microsoft.com/en-us/entra/workload-id/workload-identities-flexible-federated-identity-credentials',
      read: '2026-11-25',
      unchecked:
        'On 2026-08-07 Graph was seen to refuse sub alone for gitlab.com, hashicorp/terraform-provider-azuread#1901; the page of a week later says that it is all there is.',
    },
  ],
}));
