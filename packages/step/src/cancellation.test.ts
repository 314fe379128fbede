import { realSystem } from '@fedbridge/core';
import { expect, it } from 'vitest';
import { untilCancelled, workUntilCancelled } from './cancellation.ts';
import type { Host } from './host.ts';

const why = new Error('cancelled');
const cancellable = () => {
  const abort = new AbortController();
  return { cancelled: abort.signal, cancel: () => abort.abort(why) };
};
const close = () => {};

it('a host takes nothing more once the job is cancelled', () => {
  const taken: string[] = [];
  class Recorder {
    readonly system = realSystem({});
    readonly #kept = taken;
    readonly tempDirectory = '/temp';
    saveState(name: string): void {
      this.#kept.push(name);
    }
  }
  const { cancelled, cancel } = cancellable();
  const host = untilCancelled(new Recorder() as unknown as Host, cancelled);
  host.saveState('one', '');
  expect([host.tempDirectory, taken]).toEqual(['/temp', ['one']]);
  cancel();
  expect(() => host.saveState('two', '')).toThrow(why);
  expect(() => host.tempDirectory).toThrow(why);
  expect(taken).toEqual(['one']);
});

it('a step waits for nothing more once the job is cancelled', async () => {
  const { cancelled, cancel } = cancellable();
  const never = { ...realSystem({}), sleep: () => new Promise<void>(() => {}) };
  const { system } = untilCancelled({ system: never } as unknown as Host, cancelled);
  const waiting = system.sleep(1);
  cancel();
  await expect(waiting).rejects.toBe(why);
  await expect(system.sleep(1)).rejects.toBe(why);
});

it('what a cancelled step has begun comes to rest before it is cleaned up', async () => {
  const { cancelled, cancel } = cancellable();
  let end = () => {};
  let isAtRest = false;
  const work = new Promise<void>((resolve) => {
    end = resolve;
  }).then(() => {
    isAtRest = true;
  });
  const never = { ...realSystem({}), sleep: () => new Promise<void>(() => {}) };
  const waiting = workUntilCancelled(work, { cancelled, close, system: never });
  cancel();
  setImmediate(end);
  await expect(waiting).rejects.toBe(why);
  expect(isAtRest).toBe(true);
});

it('but for what does not, for which the platform would not wait either', async () => {
  const { cancelled, cancel } = cancellable();
  const slept: number[] = [];
  const sleep = async (ms: number) => void slept.push(ms);
  let isClosed = false;
  const close = () => {
    isClosed = true;
  };
  const work = new Promise<never>(() => {});
  const waiting = workUntilCancelled(work, { cancelled, close, system: { ...realSystem({}), sleep } });
  cancel();
  await expect(waiting).rejects.toBe(why);
  expect({ slept, isClosed }).toEqual({ slept: [3_000], isClosed: true });
});

it('work that nobody cancels is what it is', async () => {
  const options = { cancelled: cancellable().cancelled, close, system: realSystem({}) };
  expect(await workUntilCancelled(Promise.resolve(7), options)).toBe(7);
  await expect(workUntilCancelled(Promise.reject(why), options)).rejects.toBe(why);
});
