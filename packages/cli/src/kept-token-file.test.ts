import { existsSync, readFileSync } from 'node:fs';
import type { AdmittedIdToken } from '@fedbridge/identity';
import { expect, it } from 'vitest';
import { stillSystem } from '../../../test/harness/still-system.ts';
import { admittedToken } from '../../../test/harness/tokens.ts';
import { KeptTokenFile } from './kept-token-file.ts';
import { endingSignals } from './run-command.ts';
import { Terminal } from './terminal.ts';

const cli = { terminal: new Terminal(process), system: stillSystem({ now: Date.now }) };
const lasting = (ms: number) =>
  admittedToken({ iss: 'https://issuer.example.com', sub: 'job', aud: 'cloud', exp: (Date.now() + ms) / 1000 });

/** How many listeners this process has for each of the signals that would end it. */
const listeners = () => endingSignals.map((signal) => process.listenerCount(signal));

it('asks again where it was given the same token, until that has expired', async () => {
  const [first, second] = [lasting(1_000), lasting(60_000)];
  let asked = 0;
  const another = async () => (++asked === 1 ? first : second);
  await using kept = await KeptTokenFile.keep(first, another, cli);
  await expect.poll(() => readFileSync(kept.path, 'utf8'), { timeout: 20_000 }).toBe(second.reveal());
  expect(asked).toBe(2);
});

it('waits for no answer once the command has ended, and holds signals up until the file is gone', async () => {
  const before = listeners();
  let askedNow = (_stop: AbortSignal) => {};
  const asked = new Promise<AbortSignal>((resolve) => {
    askedNow = resolve;
  });
  const another = (stop: AbortSignal) => {
    askedNow(stop);
    return new Promise<AdmittedIdToken>(() => {});
  };
  const kept = await KeptTokenFile.keep(lasting(0), another, cli);
  const stop = await asked;
  const ended = kept[Symbol.asyncDispose]();
  expect(listeners()).toEqual(before.map((count) => count + 1));
  await ended;
  expect([stop.aborted, existsSync(kept.path), listeners()]).toEqual([true, false, before]);
});
