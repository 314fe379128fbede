import { join, posix } from 'node:path';
import { FedbridgeError } from '@fedbridge/core';
import { resembledByText } from '@fedbridge/trust';
import { bytesOf, documentsIn, selectedFile } from '@fedbridge/trust-files';
import type { States } from './base.ts';
import type { Repository } from './git.ts';

/** What is not looked at, and why that may hide a document. */
export interface Unseen {
  readonly path: string;
  /** A sentence. */
  readonly why: string;
}

/** What a change took out of sight. */
export interface WhatLeft {
  readonly unseen: readonly Unseen[];
  /** Files that had documents, and are gone. */
  readonly deleted: readonly string[];
  /** Files that were changed and look like documents, and are none of those that are selected. */
  readonly outside: readonly string[];
}

interface Folder extends States {
  readonly folder: string;
  readonly repository: Repository;
  /** Throws where there is no time for more. */
  readonly onward: () => void;
}

/**
 * What a change takes out of sight. Whoever proposes one may have meant that: a document that becomes a link, a pointer, part of a submodule
 * or a file that is not selected would pass otherwise, since nothing is found in it.
 *
 * @param had - which files had documents, of those that were changed
 * @param have - which have some, or may have
 */
export async function whatLeft(states: Folder, had: ReadonlySet<string>, have: ReadonlySet<string>): Promise<WhatLeft> {
  const { outside, unknown } = await lookalikesOutside(states);
  const unseen = [...(await notFiles(states)), ...pointers(states), ...notCheckedOut(states)];
  const hidden = new Set(unseen.map(({ path }) => path));
  const gone = [...had].filter((path) => !have.has(path) && !hidden.has(path));
  const noText = gone.filter((path) => states.now.get(path)?.fault).map((path) => ({ path, why: 'It is no text.' }));
  const deleted = gone.filter((path) => !states.head.has(path) && !foldersOf([path]).some((one) => hidden.has(one)));
  const candidates = [...outside, ...unknown];
  const moved = candidates.length > 0 ? deleted.map((path) => movedOut(path, candidates)) : [];
  return { unseen: [...unseen, ...noText, ...moved], deleted, outside };
}

/** All that paths are in. */
function foldersOf(paths: Iterable<string>): readonly string[] {
  const folders = new Set<string>();
  for (const path of paths)
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  return [...folders];
}

/** The submodule that a path is in, if it is one that was changed. */
export function submoduleOf(path: string, { base, head }: Pick<States, 'base' | 'head'>): string | undefined {
  return foldersOf([path]).find((at) => head.get(at)?.kind === 'submodule' && base.get(at)?.id !== head.get(at)?.id);
}

/** What the change made of a path, and is not as it was. */
const changed = ({ base, head }: States) =>
  [...head.values()].filter(({ path, id, kind }) => base.get(path)?.id !== id || base.get(path)?.kind !== kind);

/** Links and submodules where documents are looked for. */
async function notFiles(states: Folder): Promise<readonly Unseen[]> {
  const { selection, repository, now } = states;
  const others = changed(states).filter(({ path, kind }) => kind !== 'file' && selection.reaches(path));
  const links = others.filter(({ kind }) => kind === 'link');
  const targets = await repository.contents(links, mostTargets);
  const places = placesOf(states);
  const inFolders = new Set(foldersOf(now.keys()));
  return others.flatMap(({ path, kind, id }): readonly Unseen[] => {
    if (kind === 'submodule') {
      return inFolders.has(path) ? [] : [{ path, why: 'It is a submodule: what is in it is of another repository.' }];
    }
    if (leadsToSelected({ path, target: targets.get(id)?.toString() ?? '' }, states, places)) return [];
    return [{ path, why: 'It is a link, and none is followed.' }];
  });
}

/** Of links together, in bytes. */
const mostTargets = 16 * 1024 * 1024;

interface Places {
  /** Folders that were. */
  readonly before: ReadonlySet<string>;
  /** Files and folders that are. */
  readonly now: ReadonlySet<string>;
}

function placesOf({ base, head }: States): Places {
  const files = [...head.values()].filter(({ kind }) => kind === 'file').map(({ path }) => path);
  return { before: new Set(foldersOf(base.keys())), now: new Set([...files, ...foldersOf(files)]) };
}

/** Whether all that a link leads to is looked at where it is, and by its name it is no document itself. */
function leadsToSelected(
  { path, target }: { readonly path: string; readonly target: string },
  { selection }: States,
  { before, now }: Places,
): boolean {
  if (selection.how(path) !== undefined || before.has(path) || posix.isAbsolute(target)) return false;
  const to = posix.normalize(posix.join(posix.dirname(path), target)).replace(/\/$/, '');
  return now.has(to) && selection.reaches(to);
}

/** Source: Git LFS specification, "The pointer". */
function pointers(states: States): readonly Unseen[] {
  const { now, selection } = states;
  return changed(states).flatMap(({ path }) => {
    const isPointer = selection.how(path) && now.get(path)?.text.startsWith('version https://git-lfs.github.com/spec/');
    return isPointer ? [{ path, why: 'It is a pointer of Git LFS: what it stands for is not here.' }] : [];
  });
}

/** What the commit has and the folder does not: of a sparse checkout, or of two names that a file system takes for one. */
function notCheckedOut(states: States): readonly Unseen[] {
  const { now, selection } = states;
  return changed(states)
    .filter(({ path, kind }) => kind === 'file' && selection.how(path) && !now.has(path))
    .map(({ path }) => ({ path, why: 'It was changed and is not checked out.' }));
}

function movedOut(path: string, outside: readonly string[]): Unseen {
  const [first = '', ...others] = outside;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return {
    path,
    why: `It is gone, and ${first}${more}, which may have come of it, is none of the files that are looked at.`,
  };
}

/** So many are read of what is not selected, and so many bytes of one. */
const mostOutside = 1000;
const mostBytesOutside = 1024 * 1024;

/** What was changed and is not selected: what looks like a document, and what may be one, since it is not read. */
async function lookalikesOutside(states: Folder): Promise<Readonly<Record<'outside' | 'unknown', readonly string[]>>> {
  const { selection, folder, onward } = states;
  const paths = changed(states)
    .filter(({ path, kind }) => kind === 'file' && selection.how(path) === undefined)
    .map(({ path }) => path);
  const outside: string[] = [];
  const unknown = paths.slice(mostOutside);
  for (const path of paths.slice(0, mostOutside)) {
    onward();
    const isLike = await isLookalike(folder, path);
    if (isLike) outside.push(path);
    else if (isLike === undefined) unknown.push(path);
  }
  return { outside, unknown };
}

async function isLookalike(folder: string, path: string): Promise<boolean | undefined> {
  try {
    const bytes = await bytesOf(join(folder, ...path.split('/')), path, mostBytesOutside);
    const { text } = selectedFile(path, bytes, 'found');
    if (resembledByText(text)) return true;
    // What escapes hide is no secret to JSON.
    if (!/^\s*[[{"%]/.test(text)) return false;
    return (await documentsIn([{ name: path, text, isOfFolder: true }])).documents.length > 0;
  } catch (error) {
    if (error instanceof FedbridgeError) return undefined;
    throw error;
  }
}
