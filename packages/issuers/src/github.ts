import { awsConditionKeys, awsSharedIssuers } from './aws-sources.ts';
import {
  claimsInSubject,
  escaped,
  formatClaim,
  formatRepository,
  type GitHubRepository,
  gitHubClaims,
  parseRepository,
} from './github-subject-claims.ts';
import {
  type Citation,
  type ConditionKey,
  type Deprecation,
  type Issuer,
  known,
  type SubjectParts,
  sameNamed,
} from './issuer.ts';
import { isSlug, issuerUrl, labelBefore, segments } from './url.ts';

/** The issuer of github.com. */
export const gitHubIssuer = 'https://token.actions.githubusercontent.com';

/** Since this day a repository of github.com that is created, renamed, transferred or opted in has subjects with ids. */
export const immutableSubjectsSince = '2026-07-15';

/** What a job of a repository was started for. */
export type GitHubContext =
  | { readonly branch: string }
  | { readonly tag: string }
  /** Neither a branch nor a tag: a merge queue's, or a pull request's by its number. */
  | { readonly ref: string }
  | { readonly environment: string }
  | { readonly pullRequest: true };

/** A subject of GitHub Actions. */
export type GitHubSubject =
  | { readonly form: 'default'; readonly of: GitHubRepository; readonly context: GitHubContext }
  /** Claims in the order that the organization chose; `context` is its kind and value, `repo` a repository. */
  | { readonly form: 'customized'; readonly claims: readonly (readonly [claim: string, value: string])[] };

/** Which of GitHub's services an `iss` is of; undefined for another's. */
export function gitHubServiceOf(iss: string): 'github.com' | 'ghe.com' | 'server' | undefined {
  const { host = '', path = '' } = issuerUrl(iss) ?? {};
  const isWithSlug = path === '' || (segments(path).length === 1 && isSlug(path.slice(1)));
  if (host === 'token.actions.githubusercontent.com') return isWithSlug ? 'github.com' : undefined;
  if (host.endsWith('.ghe.com')) return isWithSlug && isOfSubdomain(host) ? 'ghe.com' : undefined;
  return !['', 'github.com'].includes(host) && path === '/_services/token' ? 'server' : undefined;
}

/** Whether the jobs of a server have tokens of this issuer. @param server - as `GITHUB_SERVER_URL` has it */
export function signsForGitHubServer(iss: string, server: URL): boolean {
  const service = gitHubServiceOf(iss);
  if (server.hostname === 'github.com') return service === 'github.com';
  const { host } = issuerUrl(iss) ?? {};
  if (labelBefore(server.hostname, 'ghe.com') !== undefined)
    return service === 'ghe.com' && host === `token.actions.${server.hostname}`;
  return service === 'server' && host === server.host;
}

/** The hosts, with all below them, where the jobs of a server ask for their tokens. */
export function gitHubTokenDomains(server: URL): readonly string[] {
  const actions = ['actions.githubusercontent.com', 'actions.github.com'];
  if (server.hostname === 'github.com') return actions;
  return [server.hostname, ...(server.hostname.endsWith('.ghe.com') || server.hostname === 'ghe.com' ? actions : [])];
}

/** @returns undefined for a text that no job of GitHub's has as its subject */
export function parseGitHubSubject(subject: string): GitHubSubject | undefined {
  const found = claimsInSubject(subject);
  if (!found) return undefined;
  const [[first, repository = ''] = [], [kind = '', value = ''] = [], ...more] = found;
  const of = first === 'repo' && more.length === 0 ? parseRepository(repository) : undefined;
  // By default a job without an environment has its ref there.
  if (of && kind === 'environment' && value === '') return undefined;
  const context = contextOf(kind, value);
  return of && context ? { form: 'default', of, context } : { form: 'customized', claims: found };
}

function formatGitHubSubject(subject: GitHubSubject): string {
  if (subject.form === 'customized') return subject.claims.map(formatClaim).join(':');
  return `repo:${escaped(formatRepository(subject.of))}:${formatContext(subject.context)}`;
}

/** What comes after the repository, as a subject has it: `ref:refs/heads/main`. */
export function formatContext(context: GitHubContext): string {
  if ('pullRequest' in context) return 'pull_request';
  if ('environment' in context) return `environment:${escaped(context.environment)}`;
  if ('branch' in context) return `ref:refs/heads/${escaped(context.branch)}`;
  return `ref:${escaped('tag' in context ? `refs/tags/${context.tag}` : context.ref)}`;
}

/** A subject, or a pattern of subjects, by how far each part reaches; undefined where it is none of GitHub. */
export function gitHubSubjectParts(subject: string): SubjectParts | undefined {
  if (!subject.startsWith('repo:')) return undefined;
  const rest = subject.slice('repo:'.length);
  const slash = rest.indexOf('/');
  if (slash < 0) return { owner: rest, project: undefined, job: undefined };
  const [owner, below] = [rest.slice(0, slash), rest.slice(slash + 1)];
  const colon = below.indexOf(':');
  if (colon < 0) return { owner, project: below, job: undefined };
  return { owner, project: below.slice(0, colon), job: below.slice(colon + 1) };
}

/** The repository that a subject, or a pattern of subjects, begins with; undefined where it names none as GitHub does. */
export function repositoryOf(subject: string): GitHubRepository | undefined {
  const { owner, project, job } = gitHubSubjectParts(subject) ?? {};
  return job === undefined || owner?.includes(':') ? undefined : parseRepository(`${owner}/${project}`);
}

/** Whether a subject names its repository by what can be given to somebody else, and by no ids. */
export function isMutableGitHubSubject(subject: string): boolean {
  const repository = repositoryOf(subject);
  return repository !== undefined && repository.ids === undefined;
}

function contextOf(kind: string, value: string): GitHubContext | undefined {
  if (kind === 'pull_request') return { pullRequest: true };
  if (kind === 'environment') return value === '' ? undefined : { environment: value };
  if (kind !== 'ref' || value === '') return undefined;
  const under = (folder: string) =>
    value.startsWith(folder) && value !== folder ? value.slice(folder.length) : undefined;
  const [branch, tag] = [under('refs/heads/'), under('refs/tags/')];
  if (branch !== undefined) return { branch };
  if (tag !== undefined) return { tag };
  return { ref: value };
}

function isOfSubdomain(host: string): boolean {
  const prefix = 'token.actions.';
  return host.startsWith(prefix) && labelBefore(host.slice(prefix.length), 'ghe.com') !== undefined;
}

/** Of all claims these ten alone. */
const conditionKeyNames = [
  ...['actor', 'actor_id', 'enterprise_id', 'environment', 'job_workflow_ref', 'ref', 'repository', 'repository_id'],
  ...['repository_owner_id', 'workflow'],
];

/** Also under `github.com/enterprises/<name>`, which AWS names beside GitHub's issuers. None on Enterprise Server. */
function gitHubConditionKeys(iss: string): readonly ConditionKey[] {
  const service = gitHubServiceOf(iss);
  const [first = '', name = '', ...more] = segments(issuerUrl(iss)?.path ?? '');
  const isEnterprise =
    issuerUrl(iss)?.host === 'github.com' && first === 'enterprises' && isSlug(name) && more.length === 0;
  return service === 'github.com' || service === 'ghe.com' || isEnterprise ? sameNamed(conditionKeyNames) : [];
}

function exampleOf(claim: string): string {
  if (claim === 'ref') return 'refs/heads/main';
  if (claim === 'repository') return 'octo/app';
  if (claim === 'job_workflow_ref') return 'octo/flows/.github/workflows/deploy.yml@refs/heads/main';
  return /^(repository|repository_owner|enterprise|actor)_id$/.test(claim) ? '65001' : 'production';
}

const namesAlone: Deprecation = {
  what: 'subjects that hold names alone',
  ends: immutableSubjectsSince,
  inScope: ['repositories of github.com that were created, renamed, transferred or opted in since then'],
  outOfScope: ['repositories of github.com that none of it was done to', 'GitHub Enterprise Server'],
  instead: 'Trust the form with ids, repo:<owner>@<id>/<repository>@<id>:…',
};

/** The issuers of GitHub Actions: of github.com, of an enterprise, of GHE.com and of servers. */
export const gitHub: Issuer<GitHubSubject> = /* @__PURE__ */ known(() => ({
  title: 'GitHub Actions',
  is: (iss) => gitHubServiceOf(iss) !== undefined,
  // An enterprise's own URL, a subdomain of ghe.com and a server sign for one enterprise each.
  sharedByStrangers: (iss) => iss === gitHubIssuer,
  ownerClaims: [
    { claim: 'repository_id', kind: 'id', of: 'project' },
    { claim: 'repository_owner_id', kind: 'id', of: 'owner' },
    { claim: 'enterprise_id', kind: 'id', of: 'owner' },
    { claim: 'repository', kind: 'name', of: 'project' },
    { claim: 'repository_owner', kind: 'name', of: 'owner' },
    { claim: 'enterprise', kind: 'name', of: 'owner' },
  ],
  claims: gitHubClaims,
  exampleSubjects: [
    ...['ref:refs/heads/main', 'environment:production', 'pull_request'].map((context) => `repo:octo/app:${context}`),
    'repo:octo@65001/app@724113:ref:refs/heads/main',
    'repo:octo/app:job_workflow_ref:octo/flows/.github/workflows/deploy.yml@refs/heads/main',
    ...gitHubClaims.map((claim) => `${claim}:${exampleOf(claim)}`),
    'repo_property_team:web',
  ],
  parseSubject: parseGitHubSubject,
  formatSubject: formatGitHubSubject,
  subjectParts: gitHubSubjectParts,
  conditionKeys: gitHubConditionKeys,
  // Of an enterprise's own URL too, and of whatever else begins so.
  requiredByAws: (iss) => (gitHubServiceOf(iss) === 'github.com' ? ['sub', 'job_workflow_ref'] : []),
  // Not of an enterprise's own URL.
  flexibleClaims: (iss) =>
    iss === gitHubIssuer
      ? {
          operators: {
            sub: ['eq', 'matches'],
            job_workflow_ref: ['eq', 'matches'],
            repository_id: ['eq'],
            repository_owner_id: ['eq'],
          },
          required: [['sub'], ['repository_id', 'repository_owner_id']],
        }
      : undefined,
  audiences: { chosenBy: 'job', byDefault: "the URL of the repository's owner" },
  deprecations: [namesAlone],
}));

/** Where its facts were read. */
export const gitHubSources: readonly Citation[] = [
  {
    of: ['urls', 'subjects', 'claims', 'audiences', 'owners', 'deprecations'],
    title: 'GitHub Docs, OpenID Connect reference',
    url: 'https://docs.github.com/en/actions/reference/security/oidc',
    read: '2026-11-25',
  },
  awsConditionKeys,
  awsSharedIssuers,
  {
    of: ['flexible claims'],
    title: 'Microsoft Learn, Flexible federated identity credentials',
    url: 'https://learn.microsoft.com/en-us/entra/workload-id/workload-identities-flexible-federated-identity-credentials',
    read: '2026-11-25',
  },
];
