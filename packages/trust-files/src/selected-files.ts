import { constants, promises, type Stats } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { FedbridgeError, invalid } from '@fedbridge/core';
import { decoded } from './encoding.ts';
import { filesBelow, mostFiles, tooMany } from './folder.ts';
import type { Selection } from './selection.ts';
import type { TextFile } from './text-file.ts';

/** Of one file, in bytes: far beyond any document. */
const mostBytes = 16 * 1024 * 1024;

/** Of all files together, in bytes. */
export const mostBytesTogether = 256 * 1024 * 1024;

/** A file that was read as it is. */
export interface SelectedFile extends TextFile {
  readonly bytes: Uint8Array;
}

/**
 * The files of a folder that are selected, by their paths in it with slashes. Whoever wrote them may have meant no good: no link is
 * followed, nothing but a regular file is opened, and all of it is bounded. One that is found and cannot be read says why.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export async function* selectedFiles(folder: string, selection: Selection): AsyncGenerator<SelectedFile> {
  const paths = new Set<string>();
  for (const start of selection.starts) for (const path of await below(folder, start)) paths.add(path);
  const bounds = new Bounds();
  for (const path of [...paths].sort()) {
    const how = selection.how(path);
    if (!how) continue;
    const bytes = await attempted(bytesOf(join(folder, ...path.split('/')), path));
    bounds.add(Buffer.isBuffer(bytes) ? bytes.length : 0);
    if (Buffer.isBuffer(bytes)) yield selectedFile(path, bytes, how);
    else if (how === 'named') throw bytes;
    else yield { name: path, bytes: Buffer.alloc(0), text: '', isOfFolder: true, fault: bytes };
  }
}

/** What comes of it, or why nothing does. */
async function attempted<T>(work: Promise<T>): Promise<T | FedbridgeError> {
  return work.catch((error: unknown) => {
    if (error instanceof FedbridgeError) return error;
    throw error;
  });
}

/** A file that was selected. */
export function selectedFile(name: string, bytes: Uint8Array, how: 'named' | 'found'): SelectedFile {
  const isOfFolder = how === 'found';
  try {
    return { name, bytes, text: decoded(bytes, name), isOfFolder };
  } catch (error) {
    if (!(error instanceof FedbridgeError)) throw error;
    return { name, bytes, text: Buffer.from(bytes).toString('latin1'), isOfFolder, fault: error };
  }
}

/** How much is read at the most. */
export class Bounds {
  #files = 0;
  #bytes = 0;

  /** @param bytes - of one file more @throws FedbridgeError `INPUT_INVALID` */
  add(bytes: number): void {
    this.#files += 1;
    this.#bytes += bytes;
    if (this.#files > mostFiles) throw tooMany('The selection');
    if (this.#bytes > mostBytesTogether) throw invalid(`The files have more than ${mostBytesTogether} bytes together.`);
  }
}

/** A file, or all below a folder, relative to the outermost with slashes; nothing where a pattern begins in what is not there. */
async function below(folder: string, start: string): Promise<readonly string[]> {
  let at = folder;
  for (const part of start.split('/').filter(Boolean)) {
    at = join(at, part);
    const stats = await statOf(at);
    if (!stats) return [start];
    if (stats.isSymbolicLink()) throw invalid(`${start} is not read: ${relative(folder, at)} is a link.`);
  }
  if (start !== '' && !(await statOf(at))?.isDirectory()) return [start];
  return (await filesBelow(at)).map((path) => relative(folder, path).split(sep).join('/'));
}

async function statOf(path: string): Promise<Stats | undefined> {
  return promises.lstat(path).catch(() => undefined);
}

/** @param most - how many it may be @throws FedbridgeError `INPUT_INVALID` */
export async function bytesOf(path: string, name: string, most = mostBytes): Promise<Buffer> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const file = await promises.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error) => {
    throw unreadable(name, error);
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw invalid(`${name} is not a regular file.`);
    if (stats.size > most) throw invalid(`${name} has more than ${most} bytes.`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function unreadable(name: string, error: unknown): FedbridgeError {
  return invalid(`${name} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
}
