import { isFullRef } from './git-ref-name.ts';

/** A repository as a subject has it, with ids where it is immutable. */
export interface GitHubRepository {
  readonly owner: string;
  readonly repository: string;
  /** Both, in an immutable subject. */
  readonly ids?: { readonly owner: string; readonly repository: string } | undefined;
}

/**
 * What a subject says of its token, in its order: each claim once but for the context, that of a pull request without a value, and `%3A` as
 * the colon that it is.
 *
 * @returns undefined for a text that no job of GitHub's has as its subject
 */
export function claimsInSubject(subject: string): readonly ClaimInSubject[] | undefined {
  const found: ClaimInSubject[] = [];
  for (const [claim, value] of textsOf(subject)) {
    if (value === undefined || !(isContext(claim) || isSubjectClaim(claim, value))) return undefined;
    found.push([claim, value.replaceAll('%3A', ':')]);
  }
  return areOfOneJob(found) ? found : undefined;
}

type ClaimInSubject = readonly [claim: string, value: string];

/**
 * Whether a job has all of these. Its context is its environment, whatever started it, else `pull_request` or its `ref`; a template of
 * `repo`, `context` and `ref` has that of a branch twice. Source: GitHub Docs, "OpenID Connect reference", "Customizing the subject claims".
 */
function areOfOneJob(found: readonly ClaimInSubject[]): boolean {
  const values = new Map<string, string>();
  const contexts: string[] = [];
  for (const [claim, value] of found) {
    if ((values.get(claim) ?? value) !== value) return false;
    if (isContext(claim) || values.has(claim)) contexts.push(claim);
    values.set(claim, value);
  }
  const ofJob = (values.get('environment') ?? '') === '' ? ['pull_request', 'ref'] : ['environment'];
  return contexts.length <= 1 && contexts.every((one) => ofJob.includes(one));
}

/** Claims with the texts that follow them, undefined where the subject ends before one. */
function textsOf(subject: string): readonly (readonly [claim: string, text: string | undefined])[] {
  const texts = subject.split(':');
  const found: (readonly [string, string | undefined])[] = [];
  for (let index = 0; index < texts.length; index += 1) {
    const claim = texts[index] ?? '';
    if (!isContext(claim)) index += 1;
    found.push([claim, isContext(claim) ? '' : texts[index]]);
  }
  return found;
}

/** What a subject has of a pull request, in the place of a claim: a single word. */
const isContext = (claim: string) => claim === 'pull_request';

/** A claim as a subject has it. */
export const formatClaim = ([claim, value]: readonly [string, string]) =>
  isContext(claim) ? claim : `${claim}:${escaped(value)}`;

/** As a subject has it: `octo/app`, or with ids `octo@65001/app@724113`. */
export function formatRepository({ owner, repository, ids }: GitHubRepository): string {
  return ids ? `${owner}@${ids.owner}/${repository}@${ids.repository}` : `${owner}/${repository}`;
}

/** `owner/repository`, or with ids; undefined for what is neither. */
export function parseRepository(text: string): GitHubRepository | undefined {
  const [first = '', second = '', ...more] = text.split('/');
  const [owner = '', ownerId, ...moreOwner] = first.split('@');
  const [repository = '', repositoryId, ...moreRepository] = second.split('@');
  if (more.length + moreOwner.length + moreRepository.length > 0 || owner === '' || repository === '') return undefined;
  if (ownerId === undefined && repositoryId === undefined) return { owner, repository };
  if (!isId(ownerId) || !isId(repositoryId)) return undefined;
  return { owner, repository, ids: { owner: ownerId, repository: repositoryId } };
}

/** The claims of GitHub's tokens, beside the registered ones. */
export const gitHubClaims: readonly string[] = [
  ...['actor', 'actor_id', 'base_ref', 'check_run_id', 'enterprise', 'enterprise_id', 'environment'],
  ...['environment_node_id', 'event_name', 'head_ref', 'issuer_scope', 'job_workflow_ref', 'job_workflow_sha', 'ref'],
  ...['ref_protected', 'ref_type', 'repository', 'repository_id', 'repository_owner', 'repository_owner_id'],
  ...['repository_visibility', 'run_attempt', 'run_id', 'run_number', 'runner_environment', 'sha', 'workflow'],
  ...['workflow_ref', 'workflow_sha'],
];

/** Claims that whoever owns a repository can put into its subjects, beside `repo` and its properties: those of the token's identity too. */
export const gitHubSubjectClaimNames: readonly string[] = [...gitHubClaims, 'jti'];

/** Claims of a customized subject that are there without a value: of a job without an environment, on a branch or not. */
export const gitHubClaimsWithoutValue: readonly string[] = [
  ...['base_ref', 'enterprise', 'environment', 'environment_node_id', 'head_ref', 'issuer_scope', 'ref', 'ref_type'],
];

function isSubjectClaim(claim: string, value: string): boolean {
  if (claim === 'repo') return parseRepository(value) !== undefined;
  if (claim === 'ref' && value !== '') return isFullRef(value);
  if (value === '') return gitHubClaimsWithoutValue.includes(claim);
  return gitHubSubjectClaimNames.includes(claim) || /^repo_property_\w+$/.test(claim);
}

/** A value as a subject has it. */
export const escaped = (text: string) => text.replaceAll(':', '%3A');
const isId = (text: string | undefined): text is string => text !== undefined && /^\d+$/.test(text);
