/**
 * A broker under load: requests a second, the time of an answer, and its memory after an hour of compressed time, in which
 * credentials of two seconds are renewed as often as those of an hour would be in weeks.
 */
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmulatorUrls, startEmulator } from '@fedbridge/emulator';
import { input, mainJourneys } from '../harness/journeys.ts';
import { sharedSetup } from '../harness/setup.ts';

const seconds = 30;
const perSecond = 500;

await using emulator = await startEmulator({ setup: shortSessions });
const [journey] = mainJourneys;
if (!journey) throw new Error('no journey');
const step = journey.start(emulator, { inputs: input(journey, 'keep-fresh', 'true') });
const { exported, error } = await step.run();
if (error) throw new Error(error);
const url = new URL(exported.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '');
const authorization = readFileSync(exported.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? '', 'utf8');
const state = step.files().find((file) => file.endsWith('/broker.state')) ?? '';
const pid = /"pid":(\d+)/.exec(readFileSync(join(step.tempDirectory, state), 'utf8'))?.[1];
const agent = new Agent({ keepAlive: true, maxSockets: 32 });

const atStart = resident();
const times: number[] = [];
let failed = 0;
const begin = performance.now();
for (let sent = 0; sent < seconds * perSecond; sent += 1) {
  const due = begin + (sent * 1000) / perSecond;
  if (due > performance.now()) await sleep(due - performance.now());
  void timed().then((ms) => {
    if (ms === undefined) failed += 1;
    else times.push(ms);
  });
}
await sleep(500);
const rate = (seconds * perSecond * 1000) / (performance.now() - begin - 500);
times.sort((a, b) => a - b);
const at = (share: number) => (times[Math.floor(times.length * share)] ?? Number.NaN).toFixed(2);
console.log(`${rate.toFixed(0)} requests a second: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${failed} failed`);
console.log(`resident: ${atStart} MB at the start, ${resident()} MB at the end`);

const many = 20_000;
const from = performance.now();
await Promise.all(
  Array.from({ length: 32 }, async () => {
    for (let sent = 0; sent < many / 32; sent += 1) await timed();
  }),
);
console.log(`as fast as it goes: ${((many * 1000) / (performance.now() - from)).toFixed(0)} requests a second`);
agent.destroy();
console.log((await step.cleanUp()).stdout.trim());

function shortSessions(urls: EmulatorUrls) {
  const setup = sharedSetup(urls);
  const accounts = (setup.accounts ?? []).map((account) => ({
    ...account,
    roles: account.roles.map((role) => ({ ...role, sessionSeconds: 2 })),
  }));
  return { ...setup, accounts };
}

function timed(): Promise<number | undefined> {
  return new Promise((resolve) => {
    const start = performance.now();
    get(url, { agent, headers: { authorization } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200 ? performance.now() - start : undefined));
    }).on('error', () => resolve(undefined));
  });
}

/** Megabytes; 0 where the system does not tell. */
function resident(): number {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000);
  } catch {
    return 0;
  }
}
