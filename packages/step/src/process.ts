import { dirname, join } from 'node:path';
import { FedbridgeError } from '@fedbridge/core';
import type { Platform } from '@fedbridge/identity';
import { cleanUp } from './clean-up.ts';
import type { CheckHost, Host } from './host.ts';
import type { InputDefinition } from './input.ts';
import { runCheck } from './run-check.ts';
import { runStep } from './run-step.ts';
import type { Check, CleanUp, Step } from './step.ts';

/** The whole of the process of a step. Only wrappers call this. */
export function stepProcess<Inputs extends Readonly<Record<string, InputDefinition>>>(
  step: Step<Inputs>,
  host: Host,
  platform: Platform,
): Promise<void> {
  const cancelled = cancelledOrUnread();
  return runProcess(() => runStep(step, host, { brokerScript: brokerScript(), platform, cancelled }));
}

/** The same of a check. */
export function checkProcess<Inputs extends Readonly<Record<string, InputDefinition>>>(
  check: Check<Inputs>,
  host: CheckHost,
): Promise<void> {
  const cancelled = cancelledOrUnread();
  return runProcess(() => runCheck(check, host, cancelled));
}

/** The whole of the process that cleans up after a step. Only wrappers call this. @param own - the step's own parts of it */
export function cleanUpProcess(host: Host, own?: readonly CleanUp[]): Promise<void> {
  // A job that is cancelled is cleaned up all the same.
  cancellation();
  return runProcess(() => cleanUp(host, own));
}

function cancelledOrUnread(): AbortSignal {
  const ended = cancellation();
  process.stdout.once('error', () => ended.abort(unread()));
  return ended.signal;
}

/**
 * Aborts when the platform cancels the job: it sends SIGINT, after 7.5 seconds SIGTERM, and kills the process and all that it started
 * after 2.5 more [actions/runner and azure-pipelines-agent, `ProcessInvoker`]. Those seconds are for the clean-up, so that no signal
 * ends the process by itself; neither does that of a terminal that is closed, where the agent was started by hand.
 */
function cancellation(): AbortController {
  const cancelled = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => cancelled.abort(new FedbridgeError('CANCELLED', `The job was cancelled (${signal}).`)));
  }
  return cancelled;
}

/** What was printed is how a platform learns of secrets, and one of them of all else: nothing that is delivered unread would be taken back. */
function unread(): FedbridgeError {
  return new FedbridgeError('CANCELLED', 'Nobody reads what this step prints any more.', {
    hint: 'What runs this job may have ended: see its own log. What the step had begun was taken back.',
  });
}

/**
 * A process that ends when its work is done, whatever may still be open, and fails where the work can never be done, since one that
 * has nothing left to wait for ends as if it had succeeded; or where nobody reads what it prints.
 */
async function runProcess(work: () => Promise<void>): Promise<void> {
  const report = () => {
    process.stderr.write('Fedbridge ended before its work was done. Please report this as a defect.\n');
    process.exit(1);
  };
  process.once('beforeExit', report);
  // Nobody reads any more: a step takes back what it began, and its clean-up goes on, quietly, but it is no success.
  process.stdout.on('error', () => {
    process.exitCode = 1;
  });
  await work();
  process.off('beforeExit', report);
  // What was printed into a pipe may still be on its way.
  process.stdout.write('', () => process.exit());
}

/** What a broker of the running step runs from, beside its own bundle: `dist/main/index.js` and `dist/broker/index.js`. */
function brokerScript(): string {
  return join(dirname(process.argv[1] ?? ''), '..', 'broker', 'index.js');
}
