import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realSystem } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { hostWith } from '../../../../test/harness/memory-host.ts';
import { requireTool, runTool, type Tool } from './log-in.ts';

const az: Tool = { program: 'az', title: 'the Azure CLI', input: 'azure-cli' };

/** A folder with a program of that name. */
function path(script: string) {
  const folder = mkdtempSync(join(tmpdir(), 'path-'));
  writeFileSync(join(folder, 'az'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'az'), 0o755);
  return `${folder}:/usr/bin:/bin`;
}

/** Runs such a program as a tool of a job with these variables. */
async function run(
  script: string,
  {
    ofJob = {},
    own = {},
    secrets = [],
    withinMs = 600_000,
  }: {
    readonly ofJob?: Readonly<Record<string, string>>;
    readonly own?: Readonly<Record<string, string>>;
    readonly secrets?: readonly string[];
    readonly withinMs?: number;
  } = {},
) {
  const system = realSystem({ PATH: path(script), ...ofJob });
  const said: string[] = [];
  const outbound = { system, deadline: system.now() + withinMs, debug: (line: string) => said.push(line) };
  const output = await runTool(az, ['login', '--identity', '--more'], own, outbound, secrets);
  return { output, said };
}
const variables = async (ofJob: Readonly<Record<string, string>>, own?: Readonly<Record<string, string>>) => {
  const { output } = await run('env', { ofJob, ...(own ? { own } : {}) });
  return Object.fromEntries(
    output
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/).slice(0, 2)),
  );
};

describe('a tool that is to be logged in', () => {
  it('must be on the path', async () => {
    const here = hostWith({}, { environment: { PATH: path('') } });
    await expect(requireTool(here, az)).resolves.toBeUndefined();
    await expect(requireTool(hostWith({}, { environment: { PATH: '/nowhere' } }), az)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: 'Input "export" names azure-cli, and there is no "az".',
      detail: { hint: expect.stringContaining('Install the Azure CLI') },
    });
  });

  it('has the variables of the job, and before these what the step gives it', async () => {
    expect(await variables({ A: 'job', B: 'job' }, { B: 'step' })).toMatchObject({ A: 'job', B: 'step' });
  });

  it.each(['AZURE_CLI_DISABLE_CONNECTION_VERIFICATION', 'ADAL_PYTHON_SSL_NO_VERIFY', 'ARM_CLOUD_METADATA_URL'])(
    'does not have %s, by which it would hand the token to a stranger, in any case',
    async (name) => {
      const has = await variables({ [name]: '1', [name.toLowerCase()]: '1', OTHER: '1' });
      expect([name in has, name.toLowerCase() in has, 'OTHER' in has]).toEqual([false, false, true]);
    },
  );

  it('asks this machine directly, whatever proxy the job has', async () => {
    const proxied = await variables({ https_proxy: 'http://proxy.example.com', NO_PROXY: 'corp' });
    expect(proxied).toMatchObject({ no_proxy: 'corp,127.0.0.1', NO_PROXY: 'corp,127.0.0.1' });
    expect(await variables({})).not.toHaveProperty('no_proxy');
  });

  it('is told of by its first two words, its end and how long it took, and by nothing that it printed', async () => {
    const { said } = await run('echo the output');
    expect(said).toEqual([expect.stringMatching(/^az login --identity: exit code 0 after \d+ ms$/)]);
  });
});

describe('a tool that fails', () => {
  it('is an error with the last lines of what it printed, without the secrets', async () => {
    const script = 'for one in 1 2 3 4 5 6; do echo "line $one of the-token"; done; echo of the-pat >&2; exit 3';
    const failure = await run(script, { secrets: ['the-token', 'the-pat'] }).catch((error) => error);
    expect(failure).toMatchObject({
      code: 'DELIVERY_FAILED',
      message: 'the Azure CLI could not be logged in.',
      detail: { answer: expect.stringMatching(/^exit code 3: line 3 of \*\*\*\n[\s\S]*of \*\*\*$/) },
    });
    expect(JSON.stringify(failure)).not.toMatch(/the-token|the-pat|line 2/);
  });

  it('that does not end is stopped at the deadline of the job', async () => {
    await expect(run('exec sleep 3600', { withinMs: 1 })).rejects.toMatchObject({
      detail: { answer: 'It was stopped: out of time.' },
    });
  });
});
