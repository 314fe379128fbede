import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Emulator } from '@fedbridge/emulator';
import { filesBelow, textOf } from '../harness/files.ts';
import type { CleanedUp, StepRun } from '../harness/job.ts';
import { outside } from '../harness/journeys.ts';
import type { Running } from '../harness/run-node.ts';
import type { FileCell } from './file-cells.ts';
import { startDelivery } from './file-deliveries.ts';
import { filler, notSet } from './file-faults.ts';
import { fillHome, holdAnswers, newHome, shownHome, unended } from './traces.ts';

/** What a cell left to see. */
export interface Played {
  readonly run: StepRun;
  readonly done: CleanedUp;
  /** Requests that the step made. */
  readonly requests: number;
  /** The place that was spoiled. */
  readonly path: string;
  /** Files below the job's temp folder when all is over, and which of them hold a secret. */
  readonly left: readonly string[];
  readonly secret: readonly string[];
  /** Secrets among what was printed, other than to have the platform hide them. */
  readonly shown: boolean;
  /** Files of the user's home before the job and after it, with what they hold. */
  readonly home: { readonly before: string; readonly after: string };
  /** Whether what it holds was another already when the place was spoiled, with no write under way: one that is given up leaves room. */
  readonly changedHome: boolean;
  /** Processes of the job that did not end with it. */
  readonly processes: readonly string[];
}

export interface Stage {
  readonly emulator: Emulator;
  /** Whom steps run as, by id; undefined for whom the tests run as. */
  readonly user: number | undefined;
  /** The PATH of the machine, which has stand-ins for az and pwsh. */
  readonly path: string;
}

/** Plays a cell: a job of one step, whose place is spoiled at the time that the cell says. */
export async function playCell(cell: FileCell, stage: Stage): Promise<Played> {
  const { fault, place, phase, delivery, platform } = cell;
  const { emulator, user } = stage;
  const home = newHome(user);
  const unset = fault === notSet ? { HOME: '' } : {};
  const environment = { PATH: stage.path, ...unset };
  const step = startDelivery(delivery, platform, emulator, { home, user, environment });
  const path = place === 'HOME' ? home : (step.places[place] ?? '');
  fault.prepare?.(path, user);
  if (fault.prepare && place === 'HOME') fillHome(home, user);
  const mine = emulator.secrets().length;
  const before = shownHome(home, filler);
  const files = filesBelow(home).length;
  let changedHome = false;
  const spoil = () => {
    changedHome = shownHome(home, filler) !== before && filesBelow(home).length === files;
    fault.spoil(path);
  };
  try {
    if (phase === 'step') spoil();
    const asked = outside(emulator.requests).length;
    const held = phase === 'cancelled' && !delivery.leaves ? holdAnswers(emulator) : undefined;
    const reached = () => (held ? outside(emulator.requests).length > asked : step.files().length > 0);
    const run = await step.run(phase === 'cancelled' ? (running) => cancel(running, reached, spoil) : undefined);
    held?.();
    const requests = outside(emulator.requests).length - asked;
    if (phase === 'post') spoil();
    const done = await step.cleanUp();
    const processes = await unended(step);
    const secrets = emulator.secrets().slice(mine);
    const holds = (text: string) => secrets.some((secret) => text.includes(secret));
    return {
      run,
      done,
      requests,
      path,
      left: step.files().filter((file) => file !== filler),
      secret: filesBelow(step.tempDirectory).filter((file) => holds(textOf(join(step.tempDirectory, file)))),
      shown: holds(run.visible) || holds(masksAside(done.stdout)),
      home: { before, after: shownHome(home, filler) },
      changedHome,
      processes,
    };
  } finally {
    if (fault.prepare) execFileSync('umount', ['-l', path]);
  }
}

/**
 * Cancels a step in the middle: when its first request is on its way if it leaves nothing but outputs, else when it has left something.
 * The place is spoiled and the step is told to end while it stands still, so that it goes on with both.
 */
async function cancel(running: Running, reached: () => boolean, spoil: () => void): Promise<void> {
  while (!running.hasEnded && !reached()) await sleep(1);
  for (let attempts = 1; ; attempts += 1) {
    running.signal('SIGSTOP');
    try {
      spoil();
      break;
    } catch (error) {
      // It has a file open that it writes: a file system cannot be mounted read-only just now.
      if (attempts === 100) throw error;
      running.signal('SIGCONT');
      await sleep(2);
    }
  }
  running.signal('SIGINT');
  running.signal('SIGCONT');
}

function masksAside(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^(::add-mask::|##vso\[task\.setsecret|##vso\[task\.setvariable [^\]]*issecret=true)/.test(line))
    .join('\n');
}
