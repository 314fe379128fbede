import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { expect, it } from 'vitest';
import { type Delivery, deliveries, type Platform, platforms, startDelivery } from '../faults/file-deliveries.ts';
import { pathWithTools } from '../faults/tools.ts';
import { holdAnswers, newHome, shownHome, unended } from '../faults/traces.ts';
import type { Step } from '../harness/job.ts';
import { outside } from '../harness/journeys.ts';
import { sharedSetup } from '../harness/setup.ts';

interface Seen {
  readonly step: Step;
  readonly asked: Emulator['requests'];
}

/** Moments at which a job is cancelled, each told by what has become of the step by then, and whether a delivery has it. */
const moments = {
  // Of a delivery nothing is known yet: the first of each step stands for the others.
  'before the first answer': {
    isOf: (delivery: Delivery) => delivery === deliveries.find(({ step }) => step === delivery.step),
    isReached: ({ asked }: Seen) => asked.length > 0,
  },
  'once the cloud has answered': {
    isOf: ({ step }: Delivery) => step !== 'ID token',
    isReached: ({ asked }: Seen) =>
      asked.some(({ service, status }) => ['sts', 'entra'].includes(service) && status > 0),
  },
  'while it writes': {
    isOf: ({ leaves }: Delivery) => leaves,
    isReached: ({ step }: Seen) => step.files().length > 0,
  },
};
type Moment = keyof typeof moments;

/**
 * How a platform ends a process: SIGINT, after 7.5 seconds SIGTERM, after 2.5 more SIGKILL [actions/runner and azure-pipelines-agent,
 * `ProcessInvoker`]. A machine that is switched off sends the last alone.
 */
const ways = { asked: ['SIGINT', 'SIGTERM'], killed: ['SIGKILL'] } as const;
type Way = keyof typeof ways;

interface Cell {
  readonly platform: Platform;
  readonly delivery: Delivery;
  readonly moment: Moment;
  readonly way: Way;
}

const cells = platforms.flatMap((platform) =>
  deliveries
    .filter(({ only = platform }) => only === platform)
    .map((delivery) => ({ platform, delivery, title: `${platform}, ${delivery.step}, ${delivery.title}` })),
);
const path = pathWithTools(join(mkdtempSync(join(tmpdir(), 'tools-')), 'bin'));

it.concurrent.each(cells)('$title: cancelled at any moment, a step leaves nothing', async ({ platform, delivery }) => {
  await using emulator = await startEmulator({ setup: sharedSetup });
  for (const moment of (Object.keys(moments) as Moment[]).filter((one) => moments[one].isOf(delivery))) {
    for (const way of Object.keys(ways) as Way[]) {
      const wrong = await cancel(emulator, { platform, delivery, moment, way });
      expect({ moment, way, wrong }).toEqual({ moment, way, wrong: [] });
    }
  }
});

/** @returns what is not as it should be */
async function cancel(emulator: Emulator, { platform, delivery, moment, way }: Cell): Promise<readonly string[]> {
  const home = newHome(undefined);
  const before = shownHome(home);
  const step = startDelivery(delivery, platform, emulator, { home, user: undefined, environment: { PATH: path } });
  const goOn = moment === 'before the first answer' ? holdAnswers(emulator) : undefined;
  const from = outside(emulator.requests).length;
  const isReached = () => moments[moment].isReached({ step, asked: outside(emulator.requests).slice(from) });
  const run = await step.run(async (running) => {
    while (!running.hasEnded && !isReached()) await sleep(1);
    for (const signal of ways[way]) running.signal(signal);
  });
  goOn?.();
  const done = await step.cleanUp();
  const wrong: string[] = [];
  const expectThat = (holds: boolean, what: string) => void (holds || wrong.push(what));
  expectThat(run.stderr === '', `prints ${run.stderr}`);
  if (goOn) expectThat(!run.succeeded, 'succeeds without an answer');
  // One that is killed may have delivered already, as one that was too late to be cancelled.
  if (!run.succeeded && way === 'asked') {
    expectThat(Object.keys({ ...run.outputs, ...run.exported }).length === 0, 'delivers something');
    expectThat(errorsIn(run.stdout) === 1, `${errorsIn(run.stdout)} errors: ${run.stdout}`);
    expectThat(run.error?.includes('CANCELLED') === true, `another error: ${run.error}`);
  }
  const isQuiet = done.exitCode === 0 && errorsIn(done.stdout) === 0 && done.stderr === '';
  expectThat(isQuiet, `the clean-up fails: ${done.stdout}${done.stderr}`);
  for (const name of Object.keys(run.exported)) expectThat(name in done.exported, `leaves ${name} set`);
  expectThat(step.files().length === 0, `leaves ${step.files()}`);
  expectThat(shownHome(home) === before, `changes the home: ${shownHome(home)}`);
  const processes = await unended(step);
  expectThat(processes.length === 0, `leaves running: ${processes}`);
  return wrong;
}

function errorsIn(stdout: string): number {
  return stdout.split('\n').filter((line) => /^(::error|##vso\[task\.issue type=error)/.test(line)).length;
}
