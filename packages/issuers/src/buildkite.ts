import { isGuid } from '@fedbridge/core/guid';
import { awsConditionKeys, awsSharedIssuers } from './aws-sources.ts';
import { type Citation, type Issuer, known, sameNamed } from './issuer.ts';
import { formatKeyValues, type KeyValueSubject, keyValueParts, parseKeyValues } from './key-value-subject.ts';
import { issuerUrl, labelBefore } from './url.ts';

/** Where Buildkite signs for its customers. */
export const buildkiteIssuer = 'https://agent.buildkite.com';

/** A subject of Buildkite, of names or of one id. */
export type BuildkiteSubject =
  | { readonly form: 'default'; readonly claims: KeyValueSubject }
  /** What the job asked to have in its place, one claim that never changes: the id of a pipeline or cluster, say. */
  | { readonly form: 'claim'; readonly id: string };

/** Buildkite's own, and those that AWS lists beside it, `agent.<domain>.buildkite.dev` and `.site`. */
function isBuildkiteIssuer(iss: string): boolean {
  const { host = '', path } = issuerUrl(iss) ?? {};
  if (path !== '') return false;
  const below = host.startsWith('agent.') ? host.slice('agent.'.length) : '';
  return (
    iss === buildkiteIssuer || ['buildkite.dev', 'buildkite.site'].some((end) => labelBefore(below, end) !== undefined)
  );
}

const keys = ['organization', 'pipeline', 'ref', 'commit', 'step'];
const form = { first: 'organization', isKey: (key: string) => keys.includes(key) };

const conditionKeyNames = [
  ...[
    'build_branch',
    'cluster_id',
    'cluster_name',
    'organization_id',
    'organization_slug',
    'pipeline_id',
    'pipeline_slug',
  ],
];

/** The issuer of Buildkite. */
export const buildkite: Issuer<BuildkiteSubject> = /* @__PURE__ */ known(() => ({
  title: 'Buildkite',
  is: isBuildkiteIssuer,
  sharedByStrangers: isBuildkiteIssuer,
  ownerClaims: [
    { claim: 'pipeline_id', kind: 'id', of: 'project' },
    { claim: 'organization_id', kind: 'id', of: 'owner' },
    { claim: 'pipeline_slug', kind: 'name', of: 'project' },
    { claim: 'organization_slug', kind: 'name', of: 'owner' },
  ],
  claims: [
    ...[
      'agent_id',
      'build_branch',
      'build_commit',
      'build_id',
      'build_number',
      'build_source',
      'build_tag',
      'cluster_id',
    ],
    ...['cluster_name', 'job_id', 'organization_id', 'organization_slug', 'pipeline_id', 'pipeline_slug', 'queue_id'],
    ...['queue_key', 'runner_environment', 'step_key'],
  ],
  exampleSubjects: [
    'organization:acme:pipeline:web:ref:refs/heads/main:commit:9f3a1c:step:deploy',
    '0184990a-477b-4fa8-9968-496074483cee',
  ],
  parseSubject(subject) {
    if (isGuid(subject)) return { form: 'claim', id: subject };
    const claims = parseKeyValues(subject, form);
    return claims && { form: 'default', claims };
  },
  formatSubject: (subject) => (subject.form === 'claim' ? subject.id : formatKeyValues(subject.claims)),
  subjectParts: (subject) => keyValueParts(subject, 'organization', 'pipeline'),
  conditionKeys: (iss) => (isBuildkiteIssuer(iss) ? sameNamed(conditionKeyNames) : []),
  requiredByAws: (iss) => (iss === buildkiteIssuer ? ['sub'] : []),
  flexibleClaims: () => undefined,
  audiences: { chosenBy: 'job', byDefault: 'https://buildkite.com/<organization>' },
  deprecations: [],
}));

/** Where its facts were read. */
export const buildkiteSources: readonly Citation[] = [
  {
    of: ['urls', 'subjects', 'claims', 'audiences', 'owners'],
    title: 'Buildkite Docs, buildkite-agent oidc; Working with Buildkite agents; buildkite/agent#3784',
    url: 'https://buildkite.com/docs/agent/v3/cli-oidc',
    read: '2026-11-26',
    unchecked:
      'Which claims may be asked for as a subject is the API\'s to say, of which the agent names "an immutable claim (e.g. pipeline_id, cluster_id)": any id is taken for one, and nothing else. How a branch of a fork, user:branch, stands in a subject.',
  },
  awsConditionKeys,
  awsSharedIssuers,
];
