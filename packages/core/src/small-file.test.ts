import { execFileSync } from 'node:child_process';
import { mkdtempSync, promises, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readSmallFile } from './small-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'small-file-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string, content?: string | Buffer) => {
  const path = join(folder, name);
  if (content !== undefined) writeFileSync(path, content);
  return path;
};
const withinMs = 60_000;
const codeOf = (path: string, bounds = {}) =>
  readSmallFile(path, { withinMs, ...bounds }).then(
    () => 'read',
    ({ code }) => code,
  );

it('reads a regular file byte for byte, through links, up to its bound', async () => {
  const latin1 = Buffer.from([0x63, 0xe9, 0x0d, 0xff]);
  expect(await readSmallFile(at('latin1', latin1), { withinMs })).toEqual(latin1);
  symlinkSync('latin1', at('link'));
  expect(await readSmallFile(at('link'), { withinMs })).toEqual(latin1);
  expect(await readSmallFile(at('empty', ''), { withinMs })).toHaveLength(0);
  expect(await readSmallFile(at('full', 'x'.repeat(65_536)), { withinMs })).toHaveLength(65_536);
  expect(await codeOf(at('long', 'x'.repeat(65_537)))).toBe('TOO_LARGE');
  expect(await codeOf(at('long'), { mostBytes: 65_537 })).toBe('read');
});

it.skipIf(process.platform === 'win32')(
  'reads nothing that is not a regular file, and does not wait for it',
  async () => {
    execFileSync('mkfifo', [at('pipe')]);
    symlinkSync('pipe', at('link-to-pipe'));
    const socket = createServer();
    await new Promise<void>((listening) => socket.listen(at('socket'), listening));
    const paths = [folder, at('pipe'), at('link-to-pipe'), at('socket'), '/dev/zero', '/dev/tty'];
    expect(await Promise.all(paths.map((path) => codeOf(path)))).toEqual(paths.map(() => 'NOT_REGULAR'));
    expect(await codeOf(at('absent'))).toBe('ENOENT');
    expect(await codeOf(join(at('empty', ''), 'below'))).toBe('ENOTDIR');
    const why = (path: string) => readSmallFile(path, { withinMs }).catch((error: unknown) => error);
    for (const [path, message] of [
      [folder, 'is a folder, not a regular file'],
      [at('pipe'), 'is a named pipe, not a regular file'],
      [at('socket'), 'is a socket, not a regular file'],
      ['/dev/zero', 'is a device, not a regular file'],
      [at('absent'), 'cannot be read: ENOENT'],
    ] as const)
      expect(await why(path)).toMatchObject({ name: 'UnreadableFile', message });
    expect(await why(at('absent'))).toMatchObject({ cause: { code: 'ENOENT' } });
    expect(await why('a\0b')).toMatchObject({ code: 'EIO', message: 'cannot be read: EIO' });
    socket.close();
  },
);

it('says how much is too much', async () => {
  const read = readSmallFile(at('five', '12345'), { withinMs, mostBytes: 4 });
  await expect(read).rejects.toMatchObject({ code: 'TOO_LARGE', message: 'has more than 4 bytes' });
});

it.skipIf(process.platform !== 'linux')('bounds what it reads of a file that says it is empty', async () => {
  expect(await codeOf('/proc/self/environ', { mostBytes: 4 })).toBe('TOO_LARGE');
});

it.skipIf(process.platform === 'win32')('a file system that does not answer is not waited for', async () => {
  execFileSync('mkfifo', [at('stuck')]);
  // Each takes one of the threads in which Node reads files.
  const threads = Array.from({ length: Number(process.env.UV_THREADPOOL_SIZE ?? 4) }, () => promises.open(at('stuck')));
  expect(await codeOf(at('waiting', 'text'), { withinMs: 20 })).toBe('TIMED_OUT');
  execFileSync('sh', ['-c', 'exec 3> "$1"', 'sh', at('stuck')]);
  for (const file of await Promise.all(threads)) await file.close();
  expect(await codeOf(at('waiting'), { withinMs: 0 })).toBe('TIMED_OUT');
});
