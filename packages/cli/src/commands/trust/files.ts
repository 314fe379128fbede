import { stat } from 'node:fs/promises';
import { FedbridgeError } from '@fedbridge/core';
import { filesBelow, type TextFile } from '@fedbridge/trust-files';
import type { Cli } from '../../command-line.ts';
import { usage } from './usage.ts';

/**
 * The files that a command line names, in its order: files, folders with all below them, and `-` for standard input; that alone where
 * none is named. One that cannot be read says why.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export async function* textFiles(
  names: readonly string[],
  { terminal }: Cli,
  { mostInput, areUnrelated = false }: FileOptions = {},
): AsyncGenerator<TextFile> {
  if (names.filter((name) => name === '-').length > 1) throw usage('Standard input can be read once.');
  for await (const { name, isOfFolder } of filesNamed(names.length === 0 ? [undefined] : names)) {
    const file = { name: name === undefined || name === '-' ? 'stdin' : name, isOfFolder: isOfFolder || areUnrelated };
    try {
      yield { ...file, text: await terminal.readFile(name, mostInput) };
    } catch (error) {
      if (!(error instanceof FedbridgeError)) throw error;
      yield { ...file, text: '', fault: error };
    }
  }
}

interface FileOptions {
  /** Of one file, in bytes; enough for any document where it is not said. */
  readonly mostInput?: number | undefined;
  /** Whether those that are named may be anything, as those of a folder. */
  readonly areUnrelated?: boolean | undefined;
}

/** @param names - undefined for standard input, since there is none */
async function* filesNamed(
  names: readonly (string | undefined)[],
): AsyncGenerator<{ readonly name: string | undefined; readonly isOfFolder: boolean }> {
  for (const name of names) {
    if (name === undefined || name === '-' || !(await isFolder(name))) yield { name, isOfFolder: false };
    else for (const file of await filesBelow(name)) yield { name: file, isOfFolder: true };
  }
}

/** What cannot be looked at is no folder: reading it says why. */
async function isFolder(name: string): Promise<boolean> {
  return stat(name).then(
    (one) => one.isDirectory(),
    () => false,
  );
}
