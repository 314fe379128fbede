import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../harness/cli.ts';
import type { Variables } from '../harness/process.ts';
import { apiUri, ids, pipelineJob, pod, region, role, sharedSetup } from '../harness/setup.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
});
afterAll(() => emulator.close());

/** Runs `fedbridge aws-credentials` with an environment, and nothing else. */
function ask(environment: Variables, ...more: readonly string[]) {
  const usual = ['--role-to-assume', role, '--aws-region', region, '--sts-endpoint', emulator.urls.sts];
  const home = mkdtempSync(join(tmpdir(), 'command-'));
  return runCommand(['aws-credentials', ...usual, '--format', 'credential-process', ...more], environment, home);
}

const audience = 'sts.amazonaws.com';
const places: readonly [string, () => Promise<Variables> | Variables, readonly string[]][] = [
  ['a job of GitHub Actions', () => emulator.startGitHubJob().environment, []],
  [
    'a script of Azure Pipelines',
    () => {
      const { environment } = emulator.startAzurePipelinesJob(pipelineJob);
      const token = environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN ?? '';
      return { ...environment, SYSTEM_ACCESSTOKEN: token };
    },
    [],
  ],
  ['a pod', async () => (await emulator.startPod({ ...pod, audience, aws: { roleArn: role } })).environment, []],
  [
    'a machine',
    async () => (await emulator.startMachine({ systemAssigned: ids.machine })).environment,
    ['--identity', 'managed-identity', '--audience', apiUri],
  ],
];

describe('fedbridge aws-credentials', () => {
  it.concurrent.each(places)('prints credentials in %s', async (_, environmentOf, more) => {
    const { exitCode, stdout, stderr } = await ask(await environmentOf(), ...more);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringMatching(/^Identity: /) });
    const { Version, SecretAccessKey, Expiration } = JSON.parse(stdout);
    expect([Version, emulator.secrets().includes(SecretAccessKey), Date.parse(Expiration) > Date.now()]).toEqual([
      1,
      true,
      true,
    ]);
  });

  it.concurrent('says what is wrong with an option before anything is asked', async ({ expect }) => {
    const job = emulator.startGitHubJob().environment;
    const { pathname } = new URL(job.ACTIONS_ID_TOKEN_REQUEST_URL ?? '');
    const wrong = [
      ['--role-to-assume', 'deploy'],
      ['--aws-region', 'here'],
      ['--role-duration-seconds', '899'],
      ['--sts-endpoint', 'http://sts.example.com'],
      ['--profile', 'a b'],
      ['--require-claim', 'ref'],
    ];
    for (const option of wrong) expect((await ask(job, ...option)).exitCode, option[0]).toBe(2);
    expect(emulator.requests.filter(({ path }) => path === pathname)).toEqual([]);
  });
});
