import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { realSystem, type System } from '@fedbridge/core';
import { parseResource } from '@fedbridge/entra';
import { expect, it } from 'vitest';
import { azureCliIdentity } from './azure-cli-identity.ts';
import { Terminal } from './terminal.ts';

const resource = parseResource('https://management.azure.com');

/** What is known of a token that `az` is asked for, and of how it was asked. */
async function ask(run: System['run']) {
  const stderr = new PassThrough();
  const terminal = new Terminal(
    Object.assign(new EventEmitter(), { stdout: new PassThrough(), stderr }) as unknown as NodeJS.Process,
  );
  const calls: Parameters<System['run']>[0][] = [];
  const system: System = {
    ...realSystem({ HOME: '/home/me' }),
    run: (call) => {
      calls.push(call);
      return run(call);
    },
  };
  const token = await azureCliIdentity('azurecloud', { terminal, system })
    .accessToken(resource)
    .catch((error: unknown) => error);
  terminal.log('the token is somebody’s token');
  return { token, calls, log: String(stderr.read()) };
}

// Source: Microsoft Learn, `az account get-access-token`.
const printed = JSON.stringify({
  accessToken: 'somebody’s token',
  expires_on: 1_795_000_000,
  tenant: 't',
  tokenType: 'Bearer',
});
const denied = { code: 'ID_TOKEN_UNAVAILABLE', message: 'The Azure CLI gave no access token.' };

it.each([printed, `WARNING: a newer version is there.\n${printed}\n`])(
  'whoever is logged in with az gets a token for what is asked, which no log shows: %s',
  async (output) => {
    const { token, calls, log } = await ask(async () => ({ exitCode: 0, output }));
    expect(token).toMatchObject({ resource, expiresAt: 1_795_000_000_000, presented: undefined });
    expect((token as { reveal(): string }).reveal()).toBe('somebody’s token');
    expect(calls).toMatchObject([{ program: 'az', environment: { HOME: '/home/me' } }]);
    expect(calls[0]?.args.join(' ')).toBe(
      `account get-access-token --resource ${resource} --output json --only-show-errors`,
    );
    expect(log).not.toContain('somebody’s token');
  },
);

it.each([
  [
    'the last line',
    { exitCode: 1, output: "Traceback\nERROR: Please run 'az login'.\n" },
    "ERROR: Please run 'az login'.",
  ],
  ['nothing', { exitCode: 0, output: 'no token' }, undefined],
  ['no token', { exitCode: 0, output: '{"expires_on": 1}' }, undefined],
  ['no expiry', { exitCode: 0, output: '{"accessToken": "x", "expires_on": "2026"}' }, undefined],
])('what az says when it gives none is told: %s', async (_what, end, answer) =>
  expect((await ask(async () => end)).token).toMatchObject({ ...denied, detail: { answer } }),
);

it.each([
  ['ENOENT', 'There is no "az".'],
  ['EACCES', 'EACCES'],
])('it is told why az cannot be run: %s', async (code, answer) => {
  const { token } = await ask(() => Promise.reject(Object.assign(new Error('spawn az'), { code })));
  expect(token).toMatchObject({ ...denied, detail: { answer, hint: expect.stringContaining('az login') } });
});
