import { isGuid } from '@fedbridge/core/guid';
import { awsDefaultKeys, awsSharedIssuers } from './aws-sources.ts';
import { type Citation, type Issuer, known, type SubjectParts } from './issuer.ts';
import { isSlug, issuerUrl, segments } from './url.ts';

/** GUIDs, without the braces that a subject has around them. */
export interface BitbucketSubject {
  readonly repository: string;
  readonly environment?: string | undefined;
  readonly step: string;
}

/** `https://api.bitbucket.org/2.0/workspaces/<workspace>/pipelines-config/identity/oidc`. */
function isBitbucketIssuer(iss: string): boolean {
  const { host, path = '' } = issuerUrl(iss) ?? {};
  const [version, workspaces, workspace = '', ...rest] = segments(path);
  const fixed = [version, workspaces, ...rest].join('/') === '2.0/workspaces/pipelines-config/identity/oidc';
  return host === 'api.bitbucket.org' && fixed && isSlug(workspace);
}

function parseBitbucketSubject(subject: string): BitbucketSubject | undefined {
  const ids = subject.split(':').map((text) => (/^\{.*\}$/.test(text) ? text.slice(1, -1) : ''));
  const [repository = '', second = '', third, ...more] = ids;
  if (!ids.every(isGuid) || ids.length < 2 || more.length > 0) return undefined;
  return third === undefined ? { repository, step: second } : { repository, environment: second, step: third };
}

function formatBitbucketSubject({ repository, environment, step }: BitbucketSubject): string {
  return [repository, ...(environment === undefined ? [] : [environment]), step].map((id) => `{${id}}`).join(':');
}

function bitbucketSubjectParts(subject: string): SubjectParts | undefined {
  if (!subject.startsWith('{')) return undefined;
  const [first = '', ...job] = subject.split(':');
  // Atlassian's own examples have a star behind the brace: no id goes on there.
  const project = first.replace(/\}\*+$/, '}');
  return { owner: undefined, project, job: job.length === 0 ? undefined : job.join(':') };
}

/** The issuer of a workspace of Bitbucket Pipelines. */
export const bitbucket: Issuer<BitbucketSubject> = /* @__PURE__ */ known(() => ({
  title: 'Bitbucket Pipelines',
  is: isBitbucketIssuer,
  sharedByStrangers: () => false,
  ownerClaims: [
    { claim: 'repositoryUuid', kind: 'id', of: 'project' },
    { claim: 'workspaceUuid', kind: 'id', of: 'owner' },
  ],
  claims: [
    ...['branchName', 'deploymentEnvironmentUuid', 'pipelineUuid', 'repositoryUuid', 'stepUuid', 'workspaceUuid'],
  ],
  exampleSubjects: [
    '{0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d}:{2c3d4e5f-6071-4829-93a4-b5c6d7e8f901}',
    '{0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d}:{1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9}:{2c3d4e5f-6071-4829-93a4-b5c6d7e8f901}',
  ],
  parseSubject: parseBitbucketSubject,
  formatSubject: formatBitbucketSubject,
  subjectParts: bitbucketSubjectParts,
  conditionKeys: () => [],
  requiredByAws: () => [],
  flexibleClaims: () => undefined,
  audiences: { chosenBy: 'job', byDefault: 'ari:cloud:bitbucket::workspace/<id>' },
  deprecations: [],
}));

/** Where its facts were read. */
export const bitbucketSources: readonly Citation[] = [
  {
    of: ['urls', 'subjects', 'claims', 'audiences', 'owners'],
    title: 'Bitbucket Cloud, Integrate Pipelines with resource servers using OIDC',
    url: 'https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/',
    read: '2026-11-25',
    unchecked:
      'Read in two public registries of issuers; the names of the claims were not seen in a document of Atlassian.',
  },
  awsDefaultKeys,
  awsSharedIssuers,
];
