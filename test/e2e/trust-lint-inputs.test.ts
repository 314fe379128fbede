import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trustLint } from '@fedbridge/steps';
import { describe, expect, it } from 'vitest';
import { checkInputs } from '../../packages/step/src/common-inputs.ts';
import { dependsOn } from '../../packages/step/src/input.ts';
import { runCheck } from '../../packages/step/src/run-check.ts';
import { MemoryHost, type MemoryHostOptions } from '../harness/memory-host.ts';
import { writeFiles } from '../harness/pull-request.ts';
import { platforms, trustOf } from '../harness/trust-lint.ts';

const neverCancelled = new AbortController().signal;
const workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
writeFiles(workspace, { 'a.json': trustOf('repo:octo@65001/app@724113:ref:refs/heads/main') });

async function check(options: Partial<MemoryHostOptions>, cancelled = neverCancelled) {
  const host = new MemoryHost({
    platform: 'github',
    inputs: {},
    environment: {},
    job: { kind: 'github', environment: {} },
    workspace,
    ...options,
  });
  await runCheck(trustLint, host, cancelled);
  return host;
}

/** Without them the same is found, and the same is delivered of it. */
const indifferent = ['actionTimeoutS', 'summary', 'uploadSarif'];

const cases = Object.entries({ ...trustLint.inputs, ...checkInputs }).flatMap(([name, definition]) =>
  platforms
    .filter((platform) => !('only' in definition) || definition.only === platform)
    .map((platform) => ({ name, platform, decides: dependsOn(definition) })),
);

describe.each(cases)('$name on $platform', ({ name, platform, decides }) => {
  it('is one that what is found depends on, or one of the others', () => {
    expect([name, decides]).toEqual([name, !indifferent.includes(name)]);
  });

  it.runIf(decides).each([' ', '\n', '\t\r\n '])('given as %j is an error', async (blank) => {
    const host = await check({ platform, inputs: { [name]: blank } });
    expect(host.error?.message).toBe(`Input "${name}" is blank, and what is delivered depends on it.`);
    expect(host.delivered).toEqual([]);
  });
});

it.each([
  ['files', '/etc', 'is not a path within the folder'],
  ['files', 'C:\\x', 'is not a path within the folder'],
  ['files', 'a/../..', 'leads out of the folder'],
  ['files', '!a', 'nothing is taken'],
  ['files', '.git', 'keeps for itself'],
  ['files', 'b.json', 'cannot be read: ENOENT'],
  ['mine', 'octo', 'is not an owner'],
  ['failOn', 'never', 'expected error, warning, note, none'],
  ['baseRef', '-x', 'expected auto, none, or a branch'],
  ['parameters', 'x', 'expected "name = value"'],
  ['workingDirectory', 'nowhere', 'nowhere cannot be read: ENOENT'],
])('%s: %j is an error, and nothing is delivered', async (name, value, message) => {
  const host = await check({ inputs: { [name]: value } });
  expect(host.error).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining(message) });
  expect(host.delivered).toEqual([]);
  expect(host.files()).toEqual([]);
});

it('a time limit ends it, and nothing is delivered', async () => {
  let now = 1_790_000_000_000;
  const later = () => {
    now += 600;
    return now;
  };
  const host = await check({ inputs: { actionTimeoutS: '1' }, system: { now: later } });
  expect(host.error?.code).toBe('CHECK_INCOMPLETE');
  expect(host.error?.detail.hint).toContain('actionTimeoutS');
  expect(host.delivered).toEqual([]);
});

it('a cancelled job delivers nothing', async () => {
  const cancelled = new AbortController();
  cancelled.abort(new Error('cancelled'));
  const host = await check({}, cancelled.signal);
  expect([host.delivered, host.files()]).toEqual([[], []]);
  expect(host.error).toBeDefined();
});
