import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { remove, writeWhole } from './whole-file.ts';

it("a file that is written is its user's alone, and whoever has it open reads all of the one before", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'whole-'));
  const path = join(folder, 'file');
  await writeWhole(path, 'before');
  const open = openSync(path, 'r');
  await writeWhole(path, 'now');
  expect([readFileSync(open, 'utf8'), readFileSync(path, 'utf8')]).toEqual(['before', 'now']);
  closeSync(open);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['file']);
});

it('what is removed is gone, or emptied; what is neither stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'whole-'));
  await writeWhole(join(folder, 'file'), 'text');
  mkdirSync(join(folder, 'folder'));
  for (const name of ['file', 'none', 'folder']) await remove(join(folder, name));
  expect(readdirSync(folder)).toEqual(['folder']);
});
