import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { input, type Journey, mainJourneys, useCredential } from '../harness/journeys.ts';
import { hasMoto, startMoto } from '../harness/moto.ts';
import type { Variables } from '../harness/process.ts';
import { chain, ids, sharedSetup } from '../harness/setup.ts';

const journeys = mainJourneys.filter(({ cloud }) => cloud === 'AWS');

// It refuses no token. With its IAM asked at the first call it fails by itself, for want of a signature.
describe.skipIf(!hasMoto)('moto (skipped: no "moto_server" on the path that starts)', () => {
  let emulator: Emulator;
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let asking: typeof moto;
  beforeAll(async () => {
    [emulator, moto, asking] = await Promise.all([startEmulator({ setup: sharedSetup }), startMoto(), startMoto(0)]);
  });
  afterAll(async () => {
    await Promise.all([emulator, moto, asking].map((one) => one?.[Symbol.asyncDispose]()));
  });

  /** A step of a journey, and its run. */
  async function run(journey: Journey, sts: string, inputs: Variables = {}) {
    const all = Object.entries({ 'sts-endpoint': sts, 'retry-max-attempts': '2', ...inputs });
    const named = all.flatMap(([name, value]) => Object.entries(input(journey, name, value)));
    const step = journey.start(emulator, { inputs: Object.fromEntries(named) });
    const ended = await step.run();
    const later = () => useCredential(journey, step, ended, emulator, { AWS_ENDPOINT_URL_STS: sts });
    return { error: ended.error, later };
  }

  it.each(journeys)('$title: its credentials are those of the role, by GetCallerIdentity too', async (journey) => {
    const { error, later } = await run(journey, moto.url, { 'role-duration-seconds': '900' });
    expect(error).toBeUndefined();
    expect(await later()).toMatch(new RegExp(`^arn:aws:sts::${ids.account}:assumed-role/deploy/`));
  });

  it.each(journeys)('$title: a role of another account is assumed with them', async (journey) => {
    const { error, later } = await run(journey, moto.url, { 'role-chain': chain.first });
    expect(error).toBeUndefined();
    expect(await later()).toMatch(new RegExp(`^arn:aws:sts::${ids.otherAccount}:assumed-role/entry/`));
  });

  it.each(journeys)('$title: a failure of its own is told by the title of its page', async (journey) => {
    const { error } = await run(journey, asking.url);
    expect(error).toContain('is failing (HTTP 500). (2 attempts) [UNAVAILABLE]');
    expect(error).toContain('Answer: HTTP 500, text/html, titled "500 Internal Server Error"');
  });
});
