import { stat } from 'node:fs/promises';
import { filesBelow, type TextFile } from '@fedbridge/trust-files';
import type { Cli } from '../../cli.ts';
import { usage } from './usage.ts';

/**
 * The files that a command line names, in its order: files, folders with all below them, and `-` for standard input; that alone where
 * none is named.
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

/** What cannot be looked at is no folder: reading it says why. */
async function isFolder(name: string): Promise<boolean> {
  return stat(name).then(
    (one) => one.isDirectory(),
    () => false,
  );
}
