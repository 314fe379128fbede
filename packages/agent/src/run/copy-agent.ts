import { cp, rename, rm } from 'node:fs/promises';

/** Copies a folder in the place of what is there: whole, or not at all. */
export async function copyAgent(from: string, to: string): Promise<void> {
  const part = `${to}.part`;
  for (const old of [part, to]) await rm(old, { recursive: true, force: true });
  await cp(from, part, { recursive: true, verbatimSymlinks: true });
  await rename(part, to);
}
