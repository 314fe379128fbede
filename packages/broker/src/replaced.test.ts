import { expect, it } from 'vitest';
import { Replaced } from './replaced.ts';

/** One whose time passes when it is told to. */
function replaced() {
  const waits: number[] = [];
  let pass = () => {};
  const sleep = (ms: number) => {
    waits.push(ms);
    return new Promise<void>((resolve) => {
      pass = resolve;
    });
  };
  const ended: string[] = [];
  const end = (name: string) => async () => {
    ended.push(name);
  };
  return { of: new Replaced({ sleep }), waits, ended, end, pass: () => pass() };
}

it('what was replaced is ended after a minute, once', async () => {
  const { of, waits, ended, end, pass } = replaced();
  of.add(end('first'));
  expect([waits, ended]).toEqual([[60_000], []]);
  pass();
  await expect.poll(() => ended).toEqual(['first']);
  await of.stop();
  expect(ended).toEqual(['first']);
});

it.each(['drop', 'stop'] as const)('all of it at once at a %s, which waits for it', async (how) => {
  const { of, ended, end, pass } = replaced();
  for (const name of ['first', 'second']) of.add(end(name));
  await of[how]();
  pass();
  await of[how]();
  expect(ended).toEqual(['first', 'second']);
});

it('what cannot be ended keeps nobody', async () => {
  const { of } = replaced();
  of.add(() => Promise.reject(new Error('No.')));
  await of.stop();
});
