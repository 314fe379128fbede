import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import type { Step } from '../harness/job.ts';
import { input, mainJourneys } from '../harness/journeys.ts';
import { namedRoles, sharedSetup } from '../harness/setup.ts';

/** Moments at which a job is cancelled, each told by what a step has left by then. */
const moments = [
  ['before anything was delivered', (_: Step, requests: readonly unknown[]) => requests.length > 0],
  ['while profiles are written', (step: Step) => existsSync(join(step.home, '.aws', 'credentials'))],
  ['after files were written', (step: Step) => step.files().length > 0],
] as const;

describe.each(mainJourneys.filter(({ cloud }) => cloud === 'AWS'))('$title', (journey) => {
  it.each(moments)('cancelled %s, a step is cleaned up like any other', async (_title, reached) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const roles = Object.entries(namedRoles).map(([name, arn]) => `${name} = ${arn}`);
    const step = journey.start(emulator, { inputs: input(journey, 'roles', roles.join('\n')) });
    const cancel = new AbortController();
    const ending = step.run(cancel.signal);
    let ended = false;
    ending.finally(() => {
      ended = true;
    });
    while (!ended && !reached(step, emulator.requests)) await sleep(1);
    cancel.abort();
    await ending;
    for (let times = 0; times < 2; times += 1) {
      expect((await step.cleanUp()).exitCode).toBe(0);
      expect(step.files()).toEqual([]);
      for (const file of ['credentials', 'config']) {
        const path = join(step.home, '.aws', file);
        expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe('');
      }
    }
  });
});
