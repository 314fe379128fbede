import type { Dirent } from 'node:fs';
import { promises } from 'node:fs';
import { join } from 'node:path';
import { invalid } from '@fedbridge/core/error';

/** What templates, plans and answers of tools are kept in. */
export const extensions = ['.json', '.yaml', '.yml', '.template', '.tfstate'];

/** Whether documents are looked for in a file that is not named itself. */
export const hasExtension = (name: string) => extensions.some((extension) => name.toLowerCase().endsWith(extension));

/** What a tool keeps for itself. */
export const isOfTool = (name: string) => name.startsWith('.') || name === 'node_modules';

/** Of one folder, so that a folder given by mistake is not read for hours. */
export const mostFiles = 10_000;

/**
 * The files of a folder and all below it that have one of the extensions, in their order. No link is followed, and what a tool keeps for
 * itself is left out.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  const open = [folder];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    for (const entry of await entriesOf(next)) {
      const path = join(next, entry.name);
      if (entry.isDirectory() && !isOfTool(entry.name)) open.push(path);
      else if (entry.isFile() && hasExtension(entry.name)) found.push(path);
      if (found.length > mostFiles) throw tooMany(folder);
    }
  }
  return found.sort();
}

/** @param what - has too many files */
export function tooMany(what: string) {
  return invalid(`${what} has more than ${mostFiles} files: name the folders that matter.`);
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await promises.readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw invalid(`${folder} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}
