import { mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realSystem } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { changeSharedFile } from './shared-file.ts';

const system = realSystem({});
const folder = () => mkdtempSync(join(tmpdir(), 'shared-'));
const add = (line: string) => (text: string) => `${text}${line}\n`;

describe('changeSharedFile', () => {
  it('loses no change of many made at once, and leaves nothing but the file, 0600', async () => {
    const path = join(folder(), '.aws', 'credentials');
    const names = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    await Promise.all(names.map((name) => changeSharedFile(path, add(name), system)));
    expect(readFileSync(path, 'utf8').trim().split('\n').sort()).toEqual([...names].sort());
    expect(readdirSync(join(path, '..'))).toEqual(['credentials']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  });

  it('leaves the file as it was when the change fails, and gives the lock back', async () => {
    const path = join(folder(), 'credentials');
    writeFileSync(path, 'mine\n');
    const failing = changeSharedFile(
      path,
      () => {
        throw new Error('no');
      },
      system,
    );
    await expect(failing).rejects.toMatchObject({ code: 'DELIVERY_FAILED' });
    await changeSharedFile(path, add('more'), system);
    expect(readFileSync(path, 'utf8')).toBe('mine\nmore\n');
  });

  it('takes over the lock of a job that was killed, and removes what it left half done', async () => {
    const path = join(folder(), 'credentials');
    writeFileSync(`${path}.fedbridge-lock`, '');
    writeFileSync(`${path}.fedbridge-next`, 'half a secr');
    utimesSync(`${path}.fedbridge-lock`, 0, 0);
    await changeSharedFile(path, add('mine'), system);
    expect(readFileSync(path, 'utf8')).toBe('mine\n');
    expect(readdirSync(join(path, '..'))).toEqual(['credentials']);
  });

  it('follows a link instead of replacing it', async () => {
    const [home, dotfiles] = [folder(), folder()];
    writeFileSync(join(dotfiles, 'credentials'), 'mine\n');
    symlinkSync(join(dotfiles, 'credentials'), join(home, 'credentials'));
    await changeSharedFile(join(home, 'credentials'), add('more'), system);
    expect(readFileSync(join(dotfiles, 'credentials'), 'utf8')).toBe('mine\nmore\n');
  });

  it('removes a file that nothing is left of', async () => {
    const directory = folder();
    writeFileSync(join(directory, 'credentials'), 'mine\n');
    await changeSharedFile(join(directory, 'credentials'), () => '', system);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('tells what the system refused', async () => {
    const path = join(folder(), 'file', 'credentials');
    writeFileSync(join(path, '..'), 'a file where a folder should be');
    await expect(changeSharedFile(path, add('mine'), system)).rejects.toMatchObject({
      code: 'DELIVERY_FAILED',
      message: expect.stringMatching(/ENOTDIR|EEXIST/),
    });
  });
});
