import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bytesOf } from './bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'bytes-'));
const path = (name: string) => join(folder, name);

it('every byte is a character, and a file that is not there is empty', async () => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  writeFileSync(path('all'), all);
  expect(Buffer.from(await bytesOf(path('all')), 'latin1')).toEqual(all);
  expect(await bytesOf(path('none'))).toBe('');
});

it('a file of more than a mebibyte is none of profiles, nor is what is no file', async () => {
  writeFileSync(path('large'), '');
  truncateSync(path('large'), 1024 * 1024);
  expect(await bytesOf(path('large'))).toHaveLength(1024 * 1024);
  truncateSync(path('large'), 1024 * 1024 + 1);
  for (const one of [path('large'), folder]) {
    await expect(bytesOf(one)).rejects.toMatchObject({
      code: 'DELIVERY_FAILED',
      message: expect.stringContaining(one),
      detail: { hint: expect.stringContaining('AWS_SHARED_CREDENTIALS_FILE') },
    });
  }
});
