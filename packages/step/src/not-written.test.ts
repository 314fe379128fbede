import { mkdtempSync, promises, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { notWritten } from './not-written.ts';

const thrownBy = (work: () => Promise<unknown>): Promise<unknown> =>
  work().then(
    () => undefined,
    (error) => error,
  );

describe('what cannot be written', () => {
  const remedy = (code: unknown) => notWritten('/x', { code }).detail.hint;

  it.each([
    ['ENOENT', 'does not exist'],
    ['EACCES', 'may not write'],
    ['EPERM', 'may not write'],
    ['ENXIO', 'named pipe'],
    ['EISDIR', 'A folder is in its place'],
    ['ENOTDIR', 'A file is in the place of its folder'],
    ['ENOSPC', 'disk is full'],
    ['EDQUOT', 'quota'],
    ['EROFS', 'read-only'],
  ])('for %s says what to do: %s', (code, hint) => expect(remedy(code)).toContain(hint));

  it('for others says its code, or that there is none', () => {
    expect(notWritten('/x', { code: 'EWHAT' })).toMatchObject({ message: 'Cannot be written: /x (EWHAT).' });
    expect(notWritten('/x', new Error('hunter2')).message).toBe('Cannot be written: /x (unknown error).');
    expect(remedy('EWHAT')).toBeUndefined();
  });

  it('by what named it already stays as it was named', () => {
    const first = notWritten('/first', { code: 'EROFS' });
    expect(notWritten('/second', first)).toBe(first);
  });

  it('is really told by what a folder in the place of a file says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'failure-'));
    const told = notWritten(folder, await thrownBy(() => promises.writeFile(folder, '')));
    expect(told.detail.hint).toBe('A folder is in its place: remove that.');
    writeFileSync(join(folder, 'file'), '');
    const below = join(folder, 'file', 'x');
    expect(notWritten(below, await thrownBy(() => promises.writeFile(below, ''))).detail.hint).toContain(
      'A file is in',
    );
  });
});
