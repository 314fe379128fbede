import { mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FedbridgeError, type System } from '@fedbridge/core';

/** How long to wait for another job of this user, and when its lock counts as left behind, in ms. */
const patience = 15_000;
const staleAfter = 10_000;

/**
 * Changes a file that several jobs of one user may change at once: each change is made on what the one before left, a
 * reader sees the old file or the new one, and what is written is 0600.
 *
 * @param change - returns the new text; an empty one removes the file
 * @throws FedbridgeError `DELIVERY_FAILED`, or what `change` throws; the file is then as it was
 */
export async function changeSharedFile(path: string, change: (text: string) => string, system: System): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // A link, as people who keep their settings in one place have it, stays one.
    const target = await realpath(path).catch(() => path);
    const unlock = await lock(`${target}.fedbridge-lock`, system);
    try {
      // Of a job that was killed in the middle.
      await rm(nextOf(target), { force: true });
      const before = await textOf(target);
      const after = change(before);
      if (after !== before) await replace(target, after, system);
    } finally {
      await rm(nextOf(target), { force: true });
      await unlock();
    }
  } catch (error) {
    if (error instanceof FedbridgeError) throw error;
    const { code } = error as { code?: unknown };
    throw new FedbridgeError('DELIVERY_FAILED', `${path} could not be changed: ${code ?? 'unforeseen'}.`, {
      cause: error,
    });
  }
}

/** A file's text, or an empty one where there is no file. */
export async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return '';
    throw error;
  }
}

const nextOf = (path: string) => `${path}.fedbridge-next`;

async function replace(path: string, text: string, system: System): Promise<void> {
  if (text === '') return rm(path, { force: true });
  const next = nextOf(path);
  await writeFile(next, text, { mode: 0o600, flag: 'wx' });
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await rename(next, path);
    } catch (error) {
      // Windows refuses while somebody reads the file.
      if ((error as { code?: unknown }).code !== 'EPERM' || attempts === 10) throw error;
      await system.sleep(50);
    }
  }
}

/** @returns a function that gives the lock back */
async function lock(path: string, system: System): Promise<() => Promise<void>> {
  const giveUp = system.now() + patience;
  for (;;) {
    try {
      await (await open(path, 'wx', 0o600)).close();
      return () => rm(path, { force: true });
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code !== 'EEXIST' && code !== 'EPERM') throw error;
    }
    const since = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    // Changes take milliseconds: an old lock is that of a job that was killed.
    if (since !== undefined && system.now() - since > staleAfter) await rm(path, { force: true });
    else if (system.now() > giveUp) {
      throw new FedbridgeError('DELIVERY_FAILED', `Another job holds ${path} for too long.`);
    } else await system.sleep(10 + 40 * system.random());
  }
}
