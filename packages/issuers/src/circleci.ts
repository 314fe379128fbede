import { isGuid } from '@fedbridge/core/guid';
import { awsConditionKeys, awsSharedIssuers } from './aws-sources.ts';
import { type Citation, type Issuer, known, type SubjectParts } from './issuer.ts';
import { issuerUrl, isTokenGuid, segments } from './url.ts';

/** A subject of CircleCI, by GUIDs. */
export interface CircleCiSubject {
  readonly organization: string;
  readonly project: string;
  readonly user: string;
  /** Only in the token of the second version. */
  readonly change?: { readonly origin: string; readonly ref: string } | undefined;
}

/** `https://oidc.circleci.com/org/<id of the organization>`. */
function isCircleCiIssuer(iss: string): boolean {
  const { host, path = '' } = issuerUrl(iss) ?? {};
  const [org, id = '', ...more] = segments(path);
  return host === 'oidc.circleci.com' && org === 'org' && isTokenGuid(id) && more.length === 0;
}

function parseCircleCiSubject(subject: string): CircleCiSubject | undefined {
  const [, organization = '', , project = '', , user = ''] = subject.split('/');
  if (![organization, project, user].every(isGuid)) return undefined;
  const ids = { organization, project, user };
  const who = formatCircleCiSubject(ids);
  if (subject === who) return ids;
  const [origin, ref, ...more] = subject.startsWith(`${who}${origins}`)
    ? subject.slice(who.length + origins.length).split(refs)
    : [];
  return origin && ref && more.length === 0 ? { ...ids, change: { origin, ref } } : undefined;
}

function formatCircleCiSubject({ organization, project, user, change }: CircleCiSubject): string {
  const who = `org/${organization}/project/${project}/user/${user}`;
  return change ? `${who}${origins}${change.origin}${refs}${change.ref}` : who;
}

const origins = '/vcs-origin/';
const refs = '/vcs-ref/';

function circleCiSubjectParts(subject: string): SubjectParts | undefined {
  if (!subject.startsWith('org/')) return undefined;
  const [, owner, key, project, ...job] = subject.split('/');
  if (key !== 'project')
    return { owner: key === undefined ? owner : `${owner}/${key}`, project: undefined, job: undefined };
  return { owner, project, job: job.length === 0 ? undefined : job.join('/') };
}

/** The issuer of an organization of CircleCI. */
export const circleCi: Issuer<CircleCiSubject> = /* @__PURE__ */ known(() => ({
  title: 'CircleCI',
  is: isCircleCiIssuer,
  // One key signs for all, but a token has the URL of its own organization.
  sharedByStrangers: () => false,
  ownerClaims: [
    { claim: 'oidc.circleci.com/project-id', kind: 'id', of: 'project' },
    { claim: 'oidc.circleci.com/org-id', kind: 'id', of: 'owner' },
  ],
  claims: [
    ...['context-ids', 'job-id', 'org-id', 'pipeline-definition-id', 'pipeline-id', 'project-id', 'ssh-rerun'],
    ...['vcs-origin', 'vcs-ref', 'workflow-id'],
  ].map((name) => `oidc.circleci.com/${name}`),
  exampleSubjects: ['', '/vcs-origin/github.com/acme/web/vcs-ref/refs/heads/main'].map(
    (change) =>
      `org/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d/project/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9/user/2c3d4e5f-6071-4829-93a4-b5c6d7e8f901${change}`,
  ),
  parseSubject: parseCircleCiSubject,
  formatSubject: formatCircleCiSubject,
  subjectParts: circleCiSubjectParts,
  conditionKeys: (iss) =>
    isCircleCiIssuer(iss) ? [{ name: 'oidc.circleci.com/project-id', claims: ['oidc.circleci.com/project-id'] }] : [],
  requiredByAws: () => [],
  flexibleClaims: () => undefined,
  audiences: { chosenBy: 'job', byDefault: 'the id of the organization' },
  deprecations: [],
}));

/** Where its facts were read. */
export const circleCiSources: readonly Citation[] = [
  {
    of: ['urls', 'subjects', 'claims', 'audiences', 'owners'],
    title: 'CircleCI Docs, Using OpenID Connect tokens in jobs',
    url: 'https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/',
    read: '2026-11-25',
    unchecked: 'CircleCI server, which signs with an address of its own.',
  },
  awsConditionKeys,
  awsSharedIssuers,
];
