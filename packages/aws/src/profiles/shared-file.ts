import {
  chmod,
  chown,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FedbridgeError, type System } from '@fedbridge/core';
import { bytesOf } from './bytes.ts';

/** How long to wait for other jobs of this user, in ms. */
const timeoutMs = 60_000;
/** After how long of seeing the same change not end it is put aside, in ms. Changes take milliseconds. */
const staleAfter = 3_000;
/** What the names of folders for turns have after the file's. */
const turns = '.fedbridge';

/**
 * Changes a file that several jobs of one user may change at once: each change is made on what the one before left, a
 * reader sees the old file or the new one, and of a job that is killed in the middle nothing stays. The file keeps its
 * mode and owner, and a link stays one; a new file is 0600.
 *
 * The new content is written to a file in a folder beside the target. Whoever has renamed a folder of their own, with
 * such a file in it, to the folder's name has the turn: the system refuses that while another's file is in there. The
 * file's renaming to the target publishes it and ends the turn in one. A turn that does not end is ended by whoever
 * waits, by removing the file, under its own name that nobody has again: a job that was only slow then fails to rename
 * it, and starts over. So a wrong guess about who is dead costs time and never a change. Written by hand, since locks by library
 * (proper-lockfile) go stale by the clock: a job that was only slow then writes beside the one that took its lock.
 *
 * @param change - returns the new content, a byte a character; an empty one removes the file. It may be called again.
 * @param isSecret - of a file that all the world may read, this takes that right away
 * @throws FedbridgeError `DELIVERY_FAILED`, or what `change` throws; the file is then as it was
 */
export async function changeSharedFile(
  path: string,
  change: (text: string) => string,
  system: System,
  isSecret = false,
): Promise<void> {
  try {
    const target = await targetOf(path);
    const before = await bytesOf(target);
    if (change(before) === before && !(await isBeingChanged(target))) return;
    await makeFolder(dirname(target));
    const giveUp = system.now() + timeoutMs;
    while (!(await attempt({ target, change, isSecret, giveUp }, system))) await pause(system);
  } catch (error) {
    if (error instanceof FedbridgeError) throw error;
    const { code } = error as { code?: unknown };
    throw new FedbridgeError('DELIVERY_FAILED', `${path} could not be changed: ${code ?? 'unforeseen'}.`, {
      cause: error,
    });
  }
}

/** Whether somebody has a turn or waits for one: what there is nothing to change about now there may be something to change about then. */
async function isBeingChanged(target: string): Promise<boolean> {
  const names = await readdir(dirname(target)).catch(() => []);
  return names.some((name) => name.startsWith(`${basename(target)}${turns}`));
}

/** Of a file system that is mounted read-only Node says ENOENT when it makes folders recursively. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
    await mkdir(path, { mode: 0o700 });
  }
}

interface Change {
  readonly target: string;
  readonly change: (text: string) => string;
  readonly isSecret: boolean;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly giveUp: number;
}

/** One turn. @returns whether the change was made; false if another job took this one for dead */
async function attempt({ target, change, isSecret, giveUp }: Change, system: System): Promise<boolean> {
  const folder = `${target}${turns}`;
  const next = await turn(folder, system, giveUp);
  try {
    const before = await bytesOf(target);
    const after = change(before);
    if (after === before) return true;
    const file = await open(next, 'r+');
    try {
      await file.writeFile(after, 'latin1');
    } finally {
      await file.close();
    }
    await keepModeAndOwner(target, next, isSecret);
    if (after === '') await removeInTurn(target, next);
    else await patiently(() => rename(next, target), system);
    return true;
  } catch (error) {
    if (isMissing(error) && (await isGone(next))) return false;
    throw error;
  } finally {
    await rm(next, { force: true });
    await rmdir(folder).catch(() => {});
  }
}

/** Waits for a turn. @returns the file that is this turn's own */
async function turn(folder: string, system: System, giveUp: number): Promise<string> {
  const name = `${system.now().toString(36)}${system.random().toString(36).slice(1)}${system.random().toString(36).slice(1)}`;
  const own = `${folder}-${name}`;
  let seen: { readonly files: string; readonly since: number } | undefined;
  try {
    for (;;) {
      await prepare(own, name);
      if (await takes(own, folder)) return join(folder, name);
      const files = await filesIn(folder);
      if (files.length === 0) {
        // Windows does not rename to a folder that is there, be it empty.
        await rmdir(folder).catch(() => {});
      } else if (files.join() !== seen?.files) {
        seen = { files: files.join(), since: system.now() };
      } else if (system.now() - seen.since > staleAfter) {
        for (const file of files) await unlink(join(folder, file)).catch(ignoreMissing);
        await sweep(folder);
      }
      if (system.now() > giveUp) {
        throw new FedbridgeError('DELIVERY_FAILED', `Other jobs keep changing ${folder.slice(0, -turns.length)}.`);
      }
      await pause(system);
    }
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function prepare(own: string, name: string): Promise<void> {
  await makeFolder(own);
  await (await open(join(own, name), 'a', 0o600)).close();
}

async function takes(own: string, folder: string): Promise<boolean> {
  try {
    await rename(own, folder);
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || isMissing(error)) return false;
    if (process.platform === 'win32' && (code === 'EPERM' || code === 'EACCES')) return false;
    throw error;
  }
}

/** Removes what jobs left that were killed while they waited. One that lives makes its folder anew. */
async function sweep(folder: string): Promise<void> {
  for (const name of await filesIn(dirname(folder))) {
    if (name.startsWith(`${basename(folder)}-`))
      await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/** There is no removing that fails with the turn, as renaming does: that it is still this one's is seen right before. */
async function removeInTurn(target: string, next: string): Promise<void> {
  await stat(next);
  await rm(target, { force: true });
}

async function keepModeAndOwner(target: string, next: string, isSecret: boolean): Promise<void> {
  const before = await stat(target).catch(ignoreMissing);
  if (!before) return;
  const { uid, gid } = await stat(next);
  if (before.uid !== uid || before.gid !== gid) await chown(next, before.uid, before.gid);
  await chmod(next, before.mode & (isSecret ? 0o7770 : 0o7777));
}

/** Where a link leads, as people who keep their settings in one place have it, also where nothing is yet. */
async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const link = await readlink(path).catch(() => undefined);
  return link === undefined ? resolve(path) : targetOf(resolve(dirname(path), link));
}

/** Windows refuses while somebody reads the file. */
async function patiently(act: () => Promise<void>, system: System): Promise<void> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await act();
    } catch (error) {
      if (process.platform !== 'win32' || (error as { code?: string }).code !== 'EPERM' || attempts === 10) throw error;
      await system.sleep(50);
    }
  }
}

function pause(system: System): Promise<void> {
  return system.sleep(2 + 18 * system.random());
}

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(ignoreMissing)) ?? [];
}

async function isGone(path: string): Promise<boolean> {
  return (await stat(path).catch(ignoreMissing)) === undefined;
}

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ENOENT';
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
