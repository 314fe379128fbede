import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import { FedbridgeError } from '@fedbridge/core';
import { startEmulator } from '@fedbridge/emulator';
import { gitHubActions } from '@fedbridge/github/id-token';
import { awsCredentials, tokenExchange } from '@fedbridge/steps';
import { expect, it } from 'vitest';
import { runStep } from '../../packages/step/src/run-step.ts';
import { MemoryHost } from '../harness/memory-host.ts';
import { pipelineJob, region, role, sharedSetup } from '../harness/setup.ts';
import { exchangeInputs } from '../harness/token-exchange.ts';

const corp = '[corp]\naws_access_key_id = AKIACORP\n';

/** Holds the turn of a file, as another job that is at work on it. */
function holdTurn(file: string) {
  const folder = `${file}.fedbridge`;
  mkdirSync(folder);
  const name = (count: number) => join(folder, `turn-${count}`);
  let count = 0;
  writeFileSync(name(0), '');
  // One that always does the same thing would be taken for dead.
  const alive = setInterval(() => renameSync(name(count), name(++count)), 500);
  return () => {
    clearInterval(alive);
    rmSync(folder, { recursive: true });
  };
}

it.each(['credentials', 'config'])(
  'a job that is cancelled while it waits for its turn to write %s writes nothing once it has it',
  async (file) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const home = mkdtempSync(join(tmpdir(), 'home-'));
    const folder = join(home, '.aws');
    mkdirSync(folder);
    for (const name of ['credentials', 'config']) writeFileSync(join(folder, name), corp);
    const { environment } = emulator.startGitHubJob();
    const host = new MemoryHost({
      platform: 'github',
      job: { kind: 'github', environment },
      environment: { HOME: home },
      inputs: { roleToAssume: role, awsRegion: region, stsEndpoint: emulator.urls.sts, awsProfile: 'ci' },
    });
    const release = holdTurn(join(folder, file));
    const waiting = () => readdirSync(folder).filter((name) => name.includes('.fedbridge'));
    const cancel = new AbortController();
    const ending = runStep(awsCredentials, host, {
      brokerScript: 'no broker',
      platform: gitHubActions,
      cancelled: cancel.signal,
    });
    await expect.poll(waiting).toContainEqual(expect.stringMatching(`^${file}.fedbridge-`));
    cancel.abort(new FedbridgeError('CANCELLED', 'The job was cancelled.'));
    await new Promise(setImmediate);
    release();
    await ending;
    await expect.poll(waiting).toEqual([]);
    expect(host.error?.code).toBe('CANCELLED');
    for (const name of ['credentials', 'config']) expect(readFileSync(join(folder, name), 'utf8')).toBe(corp);
  },
);

it.each(['azure-pipelines', 'github'] as const)(
  'a job of %s that is cancelled while it reads a secret is given nothing any more, and its token ends',
  async (platform) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const job = platform === 'github' ? emulator.startGitHubJob() : emulator.startAzurePipelinesJob(pipelineJob);
    const secrets = 'secret/data/ci npmToken; kv/legacy password';
    const host = new MemoryHost({
      platform,
      job: {
        kind: platform,
        environment: job.environment,
        accessToken: job.environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN,
      },
      environment: {},
      inputs: { ...exchangeInputs.vault(emulator, platform), secrets, exportToken: 'true' },
    });
    const release = emulator.inject({ service: 'vault', path: '/v1/kv/legacy', fault: { delayMs: 600_000 } });
    const cancel = new AbortController();
    const ending = runStep(tokenExchange, host, {
      brokerScript: 'no broker',
      platform: platform === 'github' ? gitHubActions : azurePipelines,
      cancelled: cancel.signal,
    });
    const asked = () => emulator.requests.filter(({ path }) => /^\/v1\/(secret|kv)\//.test(path)).length;
    await expect.poll(asked, { timeout: 30_000 }).toBe(2);
    cancel.abort(new FedbridgeError('CANCELLED', 'The job was cancelled.'));
    await ending;
    release();
    await new Promise(setImmediate);
    expect(host.error?.code).toBe('CANCELLED');
    expect(host.delivered).toEqual([]);
    expect(host.files()).toEqual([]);
    const tokens = emulator.secrets().filter((one) => one.startsWith('hvs.'));
    expect(tokens).toHaveLength(1);
    const headers = { 'x-vault-token': tokens[0] ?? '' };
    expect((await fetch(`${emulator.urls.vault}/v1/auth/token/lookup-self`, { headers })).status).toBe(403);
  },
);
