import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenFile } from './token-file.ts';

function place(parent = tmpdir()) {
  const folder = mkdtempSync(join(parent, 'token-'));
  const path = join(folder, 'id-token');
  return { folder, path, file: new TokenFile(path) };
}

describe('a file that has a token', () => {
  it('is read by its user alone, and has the last one', async () => {
    const { folder, path, file } = place();
    await Promise.all(['one', 'a longer one', 'two'].map((token) => file.write(token)));
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['id-token']);
  });

  it('is as the last call left it, however many were under way', async () => {
    const calls = fc.array(fc.constantFrom('write', 'remove'), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(calls, async (all) => {
        const { folder, path, file } = place();
        await Promise.all(all.map((call, at) => (call === 'write' ? file.write(String(at)) : file.remove())));
        expect(readdirSync(folder)).toEqual(all.at(-1) === 'write' ? ['id-token'] : []);
        if (all.at(-1) === 'write') expect(readFileSync(path, 'utf8')).toBe(String(all.length - 1));
      }),
      { numRuns: 50 },
    );
  });

  it('that cannot be written is an error, and that cannot be removed none: it can be tried again', async () => {
    const { path, file } = place();
    mkdirSync(path);
    await expect(file.write('token')).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
    await file.remove();
    expect(existsSync(path)).toBe(true);
    rmdirSync(path);
    await file.write('token');
    await file.remove();
    expect(existsSync(path)).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('in a folder that is not to be written any more is emptied', async () => {
    const isRoot = process.geteuid?.() === 0;
    // Root may write everywhere, and has its temporary files to itself.
    const { folder, path, file } = place(isRoot ? '/tmp' : tmpdir());
    if (isRoot) chownSync(folder, 65534, 65534);
    if (isRoot) process.seteuid?.(65534);
    try {
      await file.write('token');
      chmodSync(folder, 0o500);
      await file.remove();
      expect(readFileSync(path, 'utf8')).toBe('');
    } finally {
      if (isRoot) process.seteuid?.(0);
      rmSync(folder, { recursive: true });
    }
  });
});
