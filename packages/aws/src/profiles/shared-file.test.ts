import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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

  it('ends the turn of a job that was killed, and removes what it and those who waited left', async () => {
    const path = join(folder(), 'credentials');
    const turn = `${path}.fedbridge`;
    for (const left of [turn, `${turn}-waited`]) mkdirSync(left);
    writeFileSync(join(turn, 'killed'), 'half a secr');
    writeFileSync(join(`${turn}-waited`, 'waited'), '');
    // Time passes by as it is slept through.
    let now = 0;
    const sleep = async (ms: number) => {
      now += ms;
    };
    await changeSharedFile(path, add('mine'), { ...system, now: () => now, sleep });
    expect(now).toBeGreaterThan(3_000);
    expect(readFileSync(path, 'utf8')).toBe('mine\n');
    expect(readdirSync(join(path, '..'))).toEqual(['credentials']);
  });

  it('of a turn that another has ended changes nothing, and starts over', async () => {
    const path = join(folder(), 'credentials');
    writeFileSync(path, '');
    let times = 0;
    await changeSharedFile(
      path,
      (text) => {
        times += 1;
        // The first call has no turn yet.
        if (times === 2) {
          rmSync(`${path}.fedbridge`, { recursive: true });
          writeFileSync(path, `${text}theirs\n`);
        }
        return `${text}mine\n`;
      },
      system,
    );
    expect(readFileSync(path, 'utf8')).toBe('theirs\nmine\n');
  });

  it('keeps bytes and mode, but for the right of all the world to read secrets', async () => {
    const path = join(folder(), 'credentials');
    const bytes = Buffer.from([0xff, 0xfe, 0x0d, 0x00, 0xe9]);
    for (const [isSecret, mode] of [
      [false, 0o644],
      [true, 0o640],
    ] as const) {
      writeFileSync(path, bytes);
      chmodSync(path, 0o644);
      await changeSharedFile(path, add('more'), system, isSecret);
      expect(readFileSync(path)).toEqual(Buffer.concat([bytes, Buffer.from('more\n')]));
      expect(statSync(path).mode & 0o777).toBe(mode);
      rmSync(path);
    }
  });

  it('follows a link instead of replacing it', async () => {
    const [home, dotfiles] = [folder(), folder()];
    writeFileSync(join(dotfiles, 'credentials'), 'mine\n');
    symlinkSync(join(dotfiles, 'credentials'), join(home, 'credentials'));
    await changeSharedFile(join(home, 'credentials'), add('more'), system);
    expect(readFileSync(join(dotfiles, 'credentials'), 'utf8')).toBe('mine\nmore\n');
    symlinkSync(join(dotfiles, 'not-yet'), join(home, 'config'));
    await changeSharedFile(join(home, 'config'), add('first'), system);
    expect(readFileSync(join(dotfiles, 'not-yet'), 'utf8')).toBe('first\n');
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
