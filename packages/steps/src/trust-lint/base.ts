import { FedbridgeError, invalid } from '@fedbridge/core';
import type { CheckHost, Checkout, ProposedChange } from '@fedbridge/step';
import { Bounds, mostBytesTogether, type SelectedFile, type Selection, selectedFile } from '@fedbridge/trust-files';
import { type CommittedFile, isName, type Repository, type Tree } from './git.ts';

/** What an input says to compare with. */
export type Wanted = 'platform' | 'nothing' | { readonly name: string };

/** @throws FedbridgeError `INPUT_INVALID` */
export function parseWanted(text: string): Wanted {
  if (text === 'auto') return 'platform';
  if (text === 'none') return 'nothing';
  if (isName(text)) return { name: text };
  throw invalid('expected auto, none, or a branch, a tag or a commit.');
}

/**
 * The commit that documents are compared with: what a pull request goes into, or what a user names; of branches that went apart the one
 * where they did. Undefined where there is nothing to compare with.
 *
 * @throws FedbridgeError `CHECK_INCOMPLETE` where there is, and the clone does not have it
 */
export async function baseCommit(
  wanted: Wanted,
  host: Pick<CheckHost, 'proposedChange' | 'checkout'>,
  repository: Repository | undefined,
): Promise<string | undefined> {
  const change = wanted === 'platform' ? host.proposedChange() : undefined;
  if (wanted === 'nothing' || (wanted === 'platform' && !change)) return undefined;
  const head = await repository?.commit('HEAD');
  if (!repository || head === undefined) throw missing('Nothing is checked out with git', noGit);
  if (change) await checkThatItIs(change, head, { repository, checkout: host.checkout });
  const names = change ? namesOf(change, head) : namesIn(typeof wanted === 'object' ? wanted.name : '');
  for (const name of names) {
    const commit = await repository.commit(name);
    if (commit !== undefined) return (await repository.mergeBase(commit, head)) ?? commit;
  }
  const what = change ? 'the commit that this pull request goes into' : `a commit "${names[0]}"`;
  throw missing(`The clone does not have ${what}`, tooShallow(host.checkout));
}

/**
 * Else what it goes into would be compared with itself, and nobody would be newly allowed.
 *
 * @throws FedbridgeError `CHECK_INCOMPLETE` where the commit that is checked out has nothing of the change
 */
async function checkThatItIs(
  change: ProposedChange,
  head: string,
  { repository, checkout }: { readonly repository: Repository; readonly checkout: Checkout },
): Promise<void> {
  if (change.isUnknown) throw missing('This event does not tell which change is checked out', noChange(checkout));
  if (head === change.mergeCommit || change.commit === undefined) return;
  const commit = await repository.commit(change.commit);
  if (commit !== undefined && (await repository.contains(head, commit))) return;
  throw missing('The commit that is checked out is not that of this pull request', notIt(checkout));
}

/** How selected files were, and which of those that are there now were the same. */
export interface FilesBefore {
  readonly files: readonly SelectedFile[];
  readonly same: ReadonlySet<string>;
}

/** Both states of a folder. */
export interface States {
  readonly selection: Selection;
  /** How selected files are, by their paths. */
  readonly now: ReadonlyMap<string, SelectedFile>;
  /** What the commits have that are compared. */
  readonly base: Tree;
  readonly head: Tree;
}

/** Files of a commit that are selected. */
export async function filesBefore(
  repository: Repository,
  { selection, now, base, head }: States,
): Promise<FilesBefore> {
  const { createHash } = await import('node:crypto');
  /** As git names a file's content, by SHA-1 or SHA-256. */
  const idOf = (bytes: Uint8Array, { length }: string) =>
    createHash(length === 64 ? 'sha256' : 'sha1')
      .update(`blob ${bytes.length}\0`)
      .update(bytes)
      .digest('hex');
  const bounds = new Bounds();
  const same = new Set<string>();
  const changed: (CommittedFile & { readonly how: 'named' | 'found' })[] = [];
  for (const file of base.values()) {
    const { path, id, kind } = file;
    const how = selection.how(path);
    const is = now.get(path);
    if (!how || kind !== 'file') continue;
    // What is not checked out is as the commit has it.
    if (is ? idOf(is.bytes, id) === id : head.get(path)?.id === id) same.add(path);
    else {
      bounds.add(0);
      changed.push({ ...file, how });
    }
  }
  const contents = await repository.contents(changed, mostBytesTogether);
  const files = changed.map(({ path, id, how }) => selectedFile(path, contents.get(id) ?? Buffer.alloc(0), how));
  return { files, same };
}

/** The most exact first. */
function namesOf({ mergeCommit, into, branch }: ProposedChange, head: string): readonly string[] {
  const parent = mergeCommit === head ? [`${head}^1`] : [];
  // What a merge commit was made of is no secret to the clone, or the clone is too shallow: the branch may be further by now.
  if (parent.length > 0) return parent;
  return [...(into === undefined ? [] : [into]), ...(branch === undefined ? [] : namesIn(branch))];
}

/** A job's clone has the branches of its origin. */
function namesIn(name: string): readonly string[] {
  const branch = name.replace(/^refs\/heads\//, '');
  const ofOrigin = `refs/remotes/origin/${branch}`;
  if (name !== branch) return [ofOrigin, name];
  return /^[\da-f]{40,64}$/.test(name) ? [name] : [ofOrigin, name];
}

const comparingNothing = 'With {baseRef}: none nothing is compared.';
const tooShallow = ({ deeper }: Checkout) =>
  `Have it cloned deeper: ${deeper} for all of it, which a branch or a tag of your own needs. ${comparingNothing}`;
const notIt = ({ ofChange }: Checkout) => `Have the pull request checked out: ${ofChange}. ${comparingNothing}`;
const noChange = ({ forChanges }: Checkout) =>
  `Lint pull requests ${forChanges}; or check out what is to be looked at, and name what it goes into with {baseRef}. ${comparingNothing}`;
const noGit =
  'The step needs git, and the folder a clone: see that the sources are checked out before, and where to ({workingDirectory}). ' +
  comparingNothing;

function missing(what: string, hint: string): FedbridgeError {
  return new FedbridgeError('CHECK_INCOMPLETE', `${what}.`, { hint });
}
