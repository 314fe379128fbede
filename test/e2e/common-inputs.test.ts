import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { input, type Journey, mainJourneys, outside } from '../harness/journeys.ts';
import { root } from '../harness/process.ts';
import { sharedSetup } from '../harness/setup.ts';
import { expectNoSecretShown } from './secrets.ts';

/** All actions and tasks have one. */
const { version } = JSON.parse(readFileSync(join(root, 'actions', 'id-token', 'package.json'), 'utf8'));

describe.each(mainJourneys)('$title', (journey) => {
  const isGitHub = journey.platform === 'GitHub Actions';
  const exchange = journey.cloud === 'AWS' ? 'sts' : 'entra';

  it.concurrent('names itself with its version in every request', async () => {
    const { made } = await play(journey, {});
    const agents = new Set(made.map(({ headers }) => headers['user-agent']));
    expect(agents).toEqual(new Set([`fedbridge/${version}`]));
  });

  it.concurrent('require-claims lets a job through that has them', async () => {
    const claims = isGitHub ? 'repository_owner_id = 65001\nref = refs/heads/*' : `iss = *\nexp = ${'?'.repeat(10)}`;
    const { run } = await play(journey, input(journey, 'require-claims', claims));
    expect(run.error).toBeUndefined();
  });

  it.concurrent.each([
    ['another value', 'sub = repo:mallory/*'],
    ['another case', `sub = ${journey.subject.toUpperCase()}`],
    ['a claim that is not there', 'nowhere = *'],
    ['a name of every object', 'constructor = *'],
  ])('require-claims keeps the token of a job with %s', async (_title, claims) => {
    const { run, made } = await play(journey, input(journey, 'require-claims', claims));
    expect(run.error).toContain('[ID_TOKEN_CLAIM]');
    expect(made).toHaveLength(1);
  });

  it.concurrent.each([
    ['require-claims', 'sub', 'expected "name = value" on each line, not "sub"'],
    ['require-claims', 'sub =', 'expected "name = value"'],
    ['require-claims', 'sub = a\nsub = b', '"sub" comes twice'],
    ['action-timeout-s', '0', 'expected a whole number from 1 to 3600'],
    ['retry-max-attempts', '0', 'expected a whole number from 1 to 100'],
    ['disable-retry', 'no', 'expected true or false'],
    ['http-proxy', 'proxy:3128', 'expected the URL of a proxy'],
  ])('%s: %j is refused before any request', async (name, value, message) => {
    const { run, made } = await play(journey, input(journey, name, value));
    expect(run.error).toContain(message);
    expect(run.error).toMatch(/^Input "[\w-]+" is /);
    expect(run.error).toContain('[INPUT_INVALID]');
    expect(made).toHaveLength(0);
  });

  it.concurrent('a proxy with a password is refused and not repeated', async () => {
    const { run } = await play(journey, input(journey, 'http-proxy', 'http://user:hunter2@proxy.example.com'));
    expect(run.error).toContain('[INPUT_INVALID]');
    expect(run.error).not.toContain('hunter2');
  });

  it.concurrent.each([
    ['retry-max-attempts', '3', 3],
    ['disable-retry', 'true', 1],
  ] as const)('%s: %s', async (name, value, attempts) => {
    const { run, made } = await play(journey, input(journey, name, value), exchange);
    expect(run.error).toContain('[UNAVAILABLE]');
    expect(made.filter(({ service }) => service === exchange)).toHaveLength(attempts);
  });
});

async function play(journey: Journey, inputs: Record<string, string>, failing?: 'sts' | 'entra') {
  await using emulator = await startEmulator({ setup: sharedSetup });
  if (failing) emulator.inject({ service: failing, times: Number.POSITIVE_INFINITY, fault: { status: 503 } });
  const step = journey.start(emulator, { inputs });
  const run = await step.run();
  expectNoSecretShown(run, emulator);
  if (!run.succeeded) {
    expect({ ...run.outputs, ...run.exported }).toEqual({});
    expect(step.files()).toEqual([]);
  }
  return { run, made: outside(emulator.requests) };
}
