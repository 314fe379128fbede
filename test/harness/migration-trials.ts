import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { expect, it } from 'vitest';
import type { Step, StepRun } from './job.ts';
import { type Changed, type Journey, outside } from './journeys.ts';
import { codeIn, itemsOf, rowsOf, sectionsOf } from './migration-page.ts';
import type { Variables } from './process.ts';
import { sharedSetup } from './setup.ts';

/** A sentence that a page says of what is different, by its beginning, and what shows that it is so. */
export type Trials = Readonly<Record<string, () => Promise<void>>>;

/** Tests that each item of a page's "What is different" has a trial, and tries it. */
export function tryAll(page: string, trials: Trials): void {
  const items = itemsOf(sectionsOf(page)['What is different']);
  it('says nothing of what is different that is not tried', () => {
    const begun = Object.keys(trials);
    expect(items.map((item) => begun.find((begin) => item.startsWith(begin)) ?? item)).toEqual(begun);
  });
  it.concurrent.each(Object.entries(trials))('%s …', (_begin, trial) => trial());
}

/**
 * Tests that each row of a page's inputs that says more than "the same" is tried: by a trial of its own, or with what is different.
 *
 * @param trials - by the input
 * @param above - the inputs that the trials of `tryAll` are about
 */
export function tryRows(page: string, trials: Trials, above: readonly string[]): void {
  const rows = rowsOf(sectionsOf(page).Inputs).filter(([, here = '']) => /^the same\b(?!$)/.test(here));
  it('says nothing of an input that is not tried', () => {
    const named = rows.map(([cell = '']) => codeIn(cell)[0]);
    expect([...Object.keys(trials), ...above].sort()).toEqual(named.sort());
  });
  it.concurrent.each(Object.entries(trials))('%s is as it says', (_input, trial) => trial());
}

/** A step that ran, in a cloud that is there until this is disposed of. */
export interface Play extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly step: Step;
  readonly run: StepRun;
  /** The services that it asked, in order, with what it sent. */
  readonly made: readonly { readonly service: string; readonly form: URLSearchParams }[];
}

/** @param changed - as for a journey; of the environment, what the cloud knows may be made of it */
export async function play(
  journey: Journey,
  changed: Changed = {},
  machine: (emulator: Emulator) => Promise<Variables> = async () => ({}),
): Promise<Play> {
  const emulator = await startEmulator({ setup: sharedSetup });
  const environment = { ...(await machine(emulator)), ...changed.environment };
  const before = outside(emulator.requests).length;
  const step = journey.start(emulator, { ...changed, environment });
  const run = await step.run();
  const made = outside(emulator.requests)
    .slice(before)
    .map(({ service, body }) => ({ service, form: new URLSearchParams(body) }));
  return { emulator, step, run, made, [Symbol.asyncDispose]: () => emulator.close() };
}

/**
 * Tries that the agent's proxy is the way out, and the input's before it; its CA, and that certificates are verified.
 *
 * @param endpoint - the input that would have the request stay here
 */
export async function tryProxy(journey: Journey, endpoint: string): Promise<void> {
  const inputs = { [endpoint]: '', disableRetry: 'true' };
  const agent = { 'Agent.ProxyUrl': 'http://127.0.0.1:9', 'Agent.ProxyUsername': 'joe' };
  const all = { ...agent, 'Agent.CAInfo': '/no/such.pem', 'Agent.SkipCertValidation': 'True' };
  await using own = await play(journey, { inputs, variables: all });
  expect(own.run.error).toMatch(/^The proxy 127\.0\.0\.1:9 \(Agent\.ProxyUrl\) could not be reached/);
  expect(own.run.visible).toContain('/no/such.pem (Agent.CAInfo) cannot be read');
  expect(own.run.visible).toContain('This step verifies certificates all the same');
  await using named = await play(journey, { inputs: { ...inputs, httpProxy: 'http://127.0.0.1:8' }, variables: agent });
  expect(named.run.error).toMatch(/^The proxy 127\.0\.0\.1:8 /);
}
