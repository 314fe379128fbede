import { FedbridgeError } from '@fedbridge/core';
import { decoded } from '@fedbridge/trust-files';

/** In words, for who does not read codes; others are shown as they are. Source: errno(3). */
const words: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'it is there already',
  EISDIR: 'it is a folder',
  ELOOP: 'links that lead in a circle',
  EMFILE: 'too many open files',
  ENOENT: 'no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is no folder',
  EPERM: 'not permitted',
  EROFS: 'the disk is read-only',
};

/** @param doing - `read`, `written` */
export function unusable(what: string, doing: 'read' | 'written', error: unknown, hint?: string): FedbridgeError {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  const why = Object.hasOwn(words, code) ? `${code} (${words[code]})` : code;
  return new FedbridgeError('INPUT_INVALID', `${what} cannot be ${doing}: ${why}.`, { hint });
}

/**
 * All that a stream has, as text.
 *
 * @param what - names it at the beginning of a sentence
 * @param most - bytes
 * @throws FedbridgeError `INPUT_INVALID`
 */
export async function textOf(stream: NodeJS.ReadableStream, what: string, most: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of stream) {
      size += part.length;
      if (size > most) throw new FedbridgeError('INPUT_INVALID', `${what} has more than ${most} bytes.`);
      parts.push(Buffer.from(part));
    }
  } catch (error) {
    if (error instanceof FedbridgeError) throw error;
    throw unusable(what, 'read', error);
  }
  return decoded(Buffer.concat(parts), what);
}
