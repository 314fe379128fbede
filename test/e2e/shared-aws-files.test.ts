import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isSampled } from '../harness/sampled.ts';

const script = join(import.meta.dirname, '..', 'harness', 'profile-writer.ts');
const timeout = 600_000;

/** A job in a process of its own. */
function write(home: string, name: string, rounds: number) {
  const child = spawn(process.execPath, [script, name, String(rounds)], {
    env: { HOME: home },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<string>((resolve) => child.on('close', () => resolve(output.trim())));
  /** When it has begun to write so many times more, or is over. */
  const hasBegun = (times: number) =>
    new Promise<void>((resolve) => {
      let more = times;
      child.on('message', () => {
        more -= 1;
        if (more === 0) resolve();
      });
      child.on('close', () => resolve());
      if (child.exitCode !== null || child.signalCode !== null) resolve();
    });
  return { child, ended, hasBegun };
}

const lastOf = (home: string, file: string, text: string) =>
  readFileSync(join(home, '.aws', file), 'utf8').includes(text);
const nothing = '[]';
const rounds = isSampled ? 40 : 200;

it(`8 jobs that each change the files of one user ${rounds} times lose nothing and fail never`, {
  timeout,
}, async () => {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  const names = Array.from({ length: 8 }, (_, index) => `job-${index}`);
  const outputs = await Promise.all(names.map((name) => write(home, name, rounds).ended));
  expect(outputs).toEqual(names.map(() => nothing));
  for (const name of names) {
    expect([
      name,
      lastOf(home, 'credentials', `ASIA-${name}-${rounds};`),
      lastOf(home, 'config', `${name}-${rounds};`),
    ]).toEqual([name, true, true]);
  }
  expect(readdirSync(join(home, '.aws')).sort()).toEqual(['config', 'credentials']);
});

it('nor do they when others are killed or held up in the middle', { timeout }, async () => {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  const names = Array.from({ length: 4 }, (_, index) => `job-${index}`);
  let isOver = false;
  const writers = names.map((name) => write(home, name, 60));
  const jobs = Promise.all(writers.map(({ ended }) => ended)).finally(() => {
    isOver = true;
  });
  const held = write(home, 'held', 40);
  const troubles = (async () => {
    for (let count = 0; !isOver && count < 30; count += 1) {
      const victim = write(home, `victim-${count}`, 1_000);
      await victim.hasBegun(1 + (count % 3));
      victim.child.kill('SIGKILL');
      // Long enough to be taken for dead, once: until each of the others has written whatever it waited for.
      if (count === 2) await held.hasBegun(1);
      held.child.kill('SIGSTOP');
      await victim.ended;
      if (count === 2) await Promise.all(writers.map((one) => one.hasBegun(2)));
      held.child.kill('SIGCONT');
    }
  })();
  expect(await jobs).toEqual(names.map(() => nothing));
  await troubles;
  expect(await held.ended).toBe(nothing);
  for (const [name, rounds] of [...names.map((one) => [one, 60] as const), ['held', 40] as const]) {
    expect([name, lastOf(home, 'credentials', `ASIA-${name}-${rounds};`)]).toEqual([name, true]);
  }
});
