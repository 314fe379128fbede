import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { socketPath } from './socket-path.ts';

/** A folder in whose path a socket takes so many bytes. */
const folderOf = (bytes: number, letter = 'x') =>
  `/${letter.repeat((bytes - '//socket'.length) / Buffer.byteLength(letter))}`;

describe.skipIf(process.platform === 'win32')("the socket in a broker's folder", () => {
  it('is in it, by a path of a hundred bytes at the most', () => {
    expect(socketPath('/temp/broker')).toBe('/temp/broker/socket');
    expect(socketPath(folderOf(100))).toHaveLength(100);
  });

  it.each([
    ['of more', folderOf(101)],
    ['of more bytes than letters', folderOf(102, 'ü')],
  ])('is found from where the process is by a path %s, which leads to the same', (_what, folder) => {
    const path = socketPath(folder);
    expect(path.startsWith('/')).toBe(false);
    expect(resolve(path)).toBe(join(folder, 'socket'));
  });

  it('from its folder is next to nothing, however long the path is', () => {
    const long = join(process.cwd(), 'x'.repeat(100));
    expect(socketPath(long)).toBe(`${'x'.repeat(100)}/socket`);
  });
});
