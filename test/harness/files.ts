import { lstatSync, readdirSync, readFileSync } from 'node:fs';

/** What a file holds; nothing if it is none or cannot be read. */
export function textOf(path: string): string {
  try {
    return lstatSync(path).isFile() ? readFileSync(path, 'utf8') : '';
  } catch {
    return '';
  }
}

/** Files and folders below one, relative to it; none if it is not there. */
export function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true }).map(String);
  } catch {
    return [];
  }
}
