import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FedbridgeError } from '@fedbridge/core';
import type { Cli } from '../../cli.ts';
import { usage } from './usage.ts';

/** A file that was read. */
export interface TextFile {
  /** As it was named, or below the folder that was; `stdin`. */
  readonly name: string;
  readonly text: string;
  /** Whether it was not named itself: it may be anything. */
  readonly isOfFolder: boolean;
}

/** What templates, plans and answers of tools are kept in. */
export const extensions = ['.json', '.yaml', '.yml', '.template', '.tfstate'];

/** Of one folder, so that a folder given by mistake is not read for hours. */
const most = 10_000;

/**
 * The files that a command line names, in its order: files, folders with all below them, and `-` for standard input; that alone where
 * none is named. Of a folder those are taken that have one of the extensions, no link is followed, and what a tool keeps for itself is
 * left out.
 *
 * @param mostInput - of one file, in bytes; enough for any document where it is not said
 * @throws FedbridgeError `INPUT_INVALID`
 */
export async function* textFiles(
  names: readonly string[],
  { terminal }: Cli,
  mostInput?: number,
): AsyncGenerator<TextFile> {
  if (names.filter((name) => name === '-').length > 1) throw usage('Standard input can be read once.');
  for (const name of names.length === 0 ? ['-'] : names) {
    if (name === '-') yield { name: 'stdin', text: await terminal.read(mostInput), isOfFolder: false };
    else if (!(await isFolder(name))) yield { name, text: await terminal.readFile(name, mostInput), isOfFolder: false };
    else
      for (const file of await filesBelow(name))
        yield { name: file, text: await terminal.readFile(file, mostInput), isOfFolder: true };
  }
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  const open = [folder];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    for (const entry of await entriesOf(next)) {
      const path = join(next, entry.name);
      if (entry.isDirectory() && !isOfTool(entry.name)) open.push(path);
      else if (entry.isFile() && extensions.some((extension) => entry.name.endsWith(extension))) found.push(path);
      if (found.length > most) throw usage(`${folder} has more than ${most} files: name the folders that matter.`);
    }
  }
  return found.sort();
}

const isOfTool = (name: string) => name.startsWith('.') || name === 'node_modules';

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, error);
  }
}

/** What cannot be looked at is no folder: reading it says why. */
async function isFolder(name: string): Promise<boolean> {
  return stat(name).then(
    (one) => one.isDirectory(),
    () => false,
  );
}

function unreadable(name: string, error: unknown): FedbridgeError {
  return usage(`${name} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
}
