import { rename, rm, truncate, writeFile } from 'node:fs/promises';

/** Where a file is written before it takes its place. */
export const nextOf = (path: string): string => `${path}.next`;

/** Writes a file for its user alone. Whoever reads meanwhile has all that was in it before, or all that is now. @throws what the file system says */
export async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(nextOf(path), text, { mode: 0o600 });
  await rename(nextOf(path), path);
}

/** Removes a file; what cannot be removed is emptied. */
export async function remove(path: string): Promise<void> {
  try {
    await rm(path);
  } catch {
    await truncate(path).catch(() => {});
  }
}
