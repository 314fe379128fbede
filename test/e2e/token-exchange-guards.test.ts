import { setTimeout as sleep } from 'node:timers/promises';
import { startEmulator } from '@fedbridge/emulator';
import { profiles } from '@fedbridge/exchange';
import { describe, expect, it } from 'vitest';
import { outside } from '../harness/journeys.ts';
import type { Variables } from '../harness/process.ts';
import { sharedSetup } from '../harness/setup.ts';
import { exchangeInputs, exchangeStep } from '../harness/token-exchange.ts';
import { platforms } from '../harness/ways.ts';
import { expectNoSecretShown } from './secrets.ts';

type ProfileName = keyof typeof exchangeInputs;
const cells = profiles.flatMap(({ name }) => platforms.map((platform) => ({ name: name as ProfileName, platform })));
const none = { outputs: {}, exported: {}, secretVariables: {}, files: [] };
/** Where a job asks for its ID token; the second is of Azure Pipelines. */
const issuing = ['github', 'azureDevOps'];

describe.each(cells)('$name on $platform', ({ name, platform }) => {
  it.concurrent.each<[string, Variables]>([
    ['another subject', { requireClaims: 'sub = nobody' }],
    ['a claim that is not there', { requireClaims: 'sub = *\nmissing = *' }],
    ['another subject, kept fresh', { requireClaims: 'sub = nobody', keepFresh: 'true' }],
    [
      'an audience that the platform does not give',
      platform === 'github' ? { requireClaims: 'aud = x' } : { audience: 'x' },
    ],
  ])('sends the token nowhere for %s, and delivers nothing', async (_what, guards) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const step = exchangeStep({ emulator, platform }, { ...exchangeInputs[name](emulator, platform), ...guards });
    const run = await step.run();
    expect(run.error).toMatch(/\[ID_TOKEN_(CLAIM|AUDIENCE)\]/);
    expectNoSecretShown(run, emulator);
    expect(outside(emulator.requests).filter(({ service }) => !issuing.includes(service))).toEqual([]);
    const { outputs, exported, secretVariables } = run;
    expect({ outputs, exported, secretVariables, files: step.files() }).toEqual(none);
    expect((await step.cleanUp()).exitCode).toBe(0);
  });

  it.concurrent('delivers where they hold, kept fresh too', async ({ expect }) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const guards = { requireClaims: 'sub = *\nexp = *', keepFresh: 'true' };
    const step = exchangeStep({ emulator, platform }, { ...exchangeInputs[name](emulator, platform), ...guards });
    const run = await step.run();
    expect(run.error).toBeUndefined();
    expectNoSecretShown(run, emulator);
    expect((await step.cleanUp()).exitCode).toBe(0);
    expect(step.files()).toEqual([]);
  });
});

describe.each(platforms)('a job on %s that is cancelled after a login to Vault', (platform) => {
  it.concurrent.each([
    ['asked', ['SIGINT', 'SIGTERM']],
    ['killed', ['SIGKILL']],
  ] as const)('leaves no token: %s', async (_how, signals) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    emulator.inject({ service: 'vault', method: 'GET', fault: { delayMs: 3_000 } });
    const inputs = { ...exchangeInputs.vault(emulator, platform), secrets: 'kv/legacy password' };
    const step = exchangeStep({ emulator, platform }, inputs);
    const isReading = () => emulator.requests.some(({ service, method }) => service === 'vault' && method === 'GET');
    const run = await step.run(async (running) => {
      while (!running.hasEnded && !isReading()) await sleep(1);
      for (const signal of signals) running.signal(signal);
    });
    expect(run.succeeded).toBe(false);
    // The platform runs it whatever became of the step.
    expect((await step.cleanUp()).exitCode).toBe(0);
    const [token = '', ...others] = emulator.secrets().filter((one) => one.startsWith('hvs.'));
    expect(others).toEqual([]);
    const answer = await fetch(`${emulator.urls.vault}/v1/auth/token/lookup-self`, {
      headers: { 'x-vault-token': token },
    });
    expect(answer.status).toBe(403);
    expect(step.files()).toEqual([]);
  });
});
