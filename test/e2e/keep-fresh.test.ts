/**
 * Tests as well:
 * - packages/steps/src/keep-fresh.ts
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmulatorUrls, type Setup, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { brokerOf } from '../harness/broker-processes.ts';
import type { Step } from '../harness/job.ts';
import { input, type Journey, mainJourneys, outside, useCredential } from '../harness/journeys.ts';
import { jobRuntimes, type Variables } from '../harness/process.ts';
import { ids, namedRoles, sharedSetup } from '../harness/setup.ts';
import { expectNoSecretShown } from './secrets.ts';

describe.each(mainJourneys.filter(({ cloud }) => cloud === 'AWS'))('$title, kept fresh', (journey) => {
  const is = (role: string) => expect.stringMatching(`:assumed-role/${role}/`);

  it.concurrent('SDKs find credentials at a loopback address, and no key in the environment', async () => {
    const { run, made, identity, step } = await play(journey, {});
    expect(run.error).toBeUndefined();
    expect(Object.keys(run.exported).sort()).toEqual([
      // For SDKs that do not know the file. In Azure Pipelines a secret variable is for who maps it.
      ...(journey.platform === 'GitHub Actions' ? ['AWS_CONTAINER_AUTHORIZATION_TOKEN'] : []),
      'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
      'AWS_CONTAINER_CREDENTIALS_FULL_URI',
      'AWS_DEFAULT_REGION',
      'AWS_REGION',
    ]);
    expect(statSync(run.exported.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? '').mode & 0o777).toBe(0o600);
    expect(run.visible).toMatch(/, expires \S+, kept fresh, for subject /);
    expect(made()).toHaveLength(2);
    expect(await identity()).toEqual(is('deploy'));
    const { stdout, exitCode } = await step.cleanUp();
    expect({ exitCode, files: step.files() }).toEqual({ exitCode: 0, files: [] });
    expect(stdout).toContain('Kept fresh: 0 renewals, 0 failures, no gap.');
    await expect(identity()).rejects.toThrow();
    expect((await step.cleanUp()).exitCode).toBe(0);
  });

  it.concurrent('profiles print them with credential_process, a path a role', async () => {
    const roles = Object.entries(namedRoles).map(([name, arn]) => `${name} = ${arn}`);
    const { run, identity, step } = await play(journey, { 'aws-profile': 'ci', roles: roles.join('\n') });
    expect(run.error).toBeUndefined();
    expect(await identity()).toEqual(is('deploy'));
    for (const [name, arn] of Object.entries(namedRoles)) {
      expect(await identity({ AWS_PROFILE: name })).toEqual(is(arn.split('/')[1] ?? ''));
    }
    expect(readFileSync(join(step.home, '.aws', 'credentials'), 'utf8')).toMatch(
      /^credential_process ?= ?\/bin\/sh \S+\/credentials \S+$/m,
    );
    expect(Object.keys(run.exported).filter((name) => name.startsWith('AWS_CONTAINER'))).toEqual([]);
    await step.cleanUp();
    expect(readdirSync(join(step.home, '.aws'))).toEqual([]);
  });

  it.concurrent('a role that is named as the input of the main one is itself', async () => {
    const roles = `role-to-assume = ${Object.values(namedRoles)[0]}`;
    const { run, identity, step } = await play(journey, { roles });
    expect(run.error).toBeUndefined();
    expect(await identity({ AWS_PROFILE: 'role-to-assume' })).toEqual(is(roles.split('/')[1] ?? ''));
    await step.cleanUp();
  });

  it.concurrent('static keys of the job do not shadow them', async () => {
    const environment = {
      AWS_ACCESS_KEY_ID: 'AKIAX',
      AWS_SECRET_ACCESS_KEY: 'x',
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x',
    };
    const { identity, step } = await play(journey, {}, environment);
    expect(await identity()).toEqual(is('deploy'));
    await step.cleanUp();
  });

  it.concurrent.each(['mine', 'default'])('a profile [%s] of the job does not shadow them', async (name) => {
    const home = mkdtempSync(join(tmpdir(), 'home-'));
    mkdirSync(join(home, '.aws'));
    writeFileSync(
      join(home, '.aws', 'credentials'),
      `[${name}]\naws_access_key_id = AKIAX\naws_secret_access_key = x\n`,
    );
    const { identity, step, run } = await play(journey, {}, name === 'mine' ? { AWS_PROFILE: name } : {}, home);
    expect(run.error).toBeUndefined();
    expect(await identity()).toEqual(is('deploy'));
    await step.cleanUp();
  });

  it.concurrent.each([
    ['keep-fresh', 'yes', 'expected true or false'],
    ['keep-fresh-max', '0', 'expected a whole number from 1 to 168'],
  ])('%s: %s is refused before any request', async (name, value, message) => {
    const { run, made } = await play(journey, { [name]: value });
    expect(run.error).toContain(message);
    expect(made()).toHaveLength(0);
  });
});

describe.each(mainJourneys.filter(({ cloud }) => cloud === 'Entra'))('$title, kept fresh', (journey) => {
  const isGitHub = journey.platform === 'GitHub Actions';

  it.concurrent('a managed identity endpoint gives tokens for any resource, of this identity alone', async () => {
    const { run, step, emulator, made } = await play(journey, {});
    expect(run.error).toBeUndefined();
    expect(made()).toHaveLength(2);
    const { IDENTITY_ENDPOINT = '', IDENTITY_HEADER = '' } = run.exported;
    expect(run.masked).toContain(IDENTITY_HEADER);
    const ask = async (query: string) =>
      fetch(`${IDENTITY_ENDPOINT}?api-version=2019-08-01&${query}`, {
        headers: { 'x-identity-header': IDENTITY_HEADER },
      });
    for (const resource of ['https://management.azure.com', 'https://vault.azure.net', 'api://my-api']) {
      const answer = await ask(`resource=${encodeURIComponent(resource)}`);
      const { access_token, token_type, client_id, expires_on } = (await answer.json()) as Record<string, string>;
      expect({ token_type, client_id, length: expires_on?.length }).toEqual({
        token_type: 'Bearer',
        client_id: ids.app,
        length: 10,
      });
      const headers = { authorization: `Bearer ${access_token}` };
      expect(await (await fetch(`${emulator.urls.resources}/whoami`, { headers })).json()).toMatchObject({
        aud: resource,
      });
    }
    expect((await ask(`resource=https://vault.azure.net&client_id=${ids.stranger}`)).status).toBe(400);
    expect((await ask(`resource=https://vault.azure.net&client_id=${ids.app.toUpperCase()}`)).status).toBe(200);
    expect((await ask('resource=nonsense')).status).toBe(400);
    await step.cleanUp();
    expect(step.files()).toEqual([]);
  });

  it.concurrent('a resource of which no token is held yet is worth more tries, from the ID token on', async () => {
    const { run, step, emulator } = await play(journey, {});
    const { IDENTITY_ENDPOINT = '', IDENTITY_HEADER = '' } = run.exported;
    for (const service of [isGitHub ? ('github' as const) : ('azureDevOps' as const), 'entra' as const]) {
      emulator.inject({ service, times: 3, fault: { status: 503 } });
    }
    const query = new URLSearchParams({ 'api-version': '2019-08-01', resource: 'https://vault.azure.net' });
    const answer = await fetch(`${IDENTITY_ENDPOINT}?${query}`, { headers: { 'x-identity-header': IDENTITY_HEADER } });
    expect(answer.status).toBe(200);
    await step.cleanUp();
  });

  it.concurrent('the federated token file always has a token', async () => {
    const { run, step, emulator } = await play(journey, { export: 'azure-sdk\nterraform' });
    const file = run.exported.AZURE_FEDERATED_TOKEN_FILE ?? '';
    // Terraform's providers would read it once, and never ask.
    expect(run.exported).not.toHaveProperty('ARM_OIDC_TOKEN_FILE_PATH');
    expect(run.exported.ARM_OIDC_REQUEST_URL).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(emulator.secrets()).toContain(readFileSync(file, 'utf8'));
    await step.cleanUp();
    expect(existsSync(file)).toBe(false);
  });

  it.concurrent('the federated token file is renewed in time by a clock that is minutes behind', async ({ expect }) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    // Less than the claim nbf lies back, by what a step takes to begin.
    emulator.clock.advance(270);
    const inputs = { ...input(journey, 'keep-fresh', 'true'), ...input(journey, 'export', 'azure-sdk') };
    const step = journey.start(emulator, { inputs, job: { lifetimeSeconds: 30 } });
    const { error, exported } = await step.run();
    expect(error).toBeUndefined();
    const read = () => readFileSync(exported.AZURE_FEDERATED_TOKEN_FILE ?? '', 'utf8');
    const first = read();
    await expect.poll(read).not.toBe(first);
    await step.cleanUp();
  });

  it.concurrent('github-id-token serves tools that speak only GitHub, where GitHub is not', async () => {
    const { run, step, emulator, made } = await play(journey, { export: 'github-id-token' });
    if (isGitHub) {
      expect(run.error).toContain('names github-id-token, which a job of GitHub Actions has already');
      expect(made()).toHaveLength(0);
      return;
    }
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = run.exported;
    const ask = (audience: string) =>
      fetch(`${url}&audience=${encodeURIComponent(audience)}`, { headers: { authorization: `Bearer ${token}` } });
    const { value, count } = (await (await ask('fb60f99c-7a34-4190-8149-302f77469936')).json()) as {
      value: string;
      count: number;
    };
    expect(emulator.secrets()).toContain(value);
    expect(count).toBe(value.length);
    const refused = await ask('sts.amazonaws.com');
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({
      message: expect.stringMatching(
        /^Azure Pipelines gives ID tokens for fb60f99c-\S+ alone, not for sts.amazonaws.com\.$/,
      ),
    });
    await step.cleanUp();
  });

  if (!isGitHub) {
    it.concurrent('github-id-token without keep-fresh is refused before any request', async () => {
      const { run, made } = await play(journey, { 'keep-fresh': 'false', export: 'github-id-token' });
      expect(run.error).toContain('names github-id-token, which needs "keepFresh"');
      expect(made()).toHaveLength(0);
    });
  }
});

describe.each(jobRuntimes())('on $name', ({ node }) => {
  it.concurrent.for(mainJourneys)('$title: a broker starts, renews and ends', async (journey, { expect }) => {
    await using emulator = await startEmulator({ setup: shortLived });
    const step = journey.start(emulator, { node, inputs: input(journey, 'keep-fresh', 'true') });
    const run = await step.run();
    expect(run.error).toBeUndefined();
    const { exported } = run;
    const ask = async () => {
      if (journey.cloud === 'AWS') return useCredential(journey, step, run, emulator);
      const url = `${exported.IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=https://management.azure.com`;
      const headers = { 'x-identity-header': exported.IDENTITY_HEADER ?? '' };
      return JSON.stringify(await (await fetch(url, { headers })).json());
    };
    // A busy machine may take longer to use what it was given than that lives.
    const expectToBeServed = () =>
      expect.poll(() => ask().catch(String)).toContain(journey.cloud === 'AWS' ? 'role/deploy' : 'access_token');
    await expectToBeServed();
    // What the step acquired, and what the broker did once some of its life was over.
    const service = journey.cloud === 'AWS' ? 'sts' : 'entra';
    const exchanges = () => outside(emulator.requests).filter((request) => request.service === service && request.body);
    const before = exchanges().length;
    await expect.poll(() => exchanges().length).toBeGreaterThan(before);
    await expectToBeServed();
    expect((await step.cleanUp()).stdout).toMatch(/Kept fresh: [1-9]\d* renewals, 0 failures, /);
    expect(step.files()).toEqual([]);
  });
});

/** Tokens and sessions that are renewed soon. */
function shortLived(urls: EmulatorUrls): Setup {
  const { tenants = [], accounts = [], ...others } = sharedSetup(urls);
  return {
    ...others,
    tenants: tenants.map((tenant) => ({ ...tenant, accessTokenSeconds: 15 })),
    accounts: accounts.map((account) => ({
      ...account,
      roles: account.roles.map((role) => ({ ...role, sessionSeconds: 15 })),
    })),
  };
}

describe('a broker', () => {
  const [gitHubAws] = mainJourneys;

  it.concurrent('has nothing secret in its arguments or environment, and no core dump or inspector, and ends', async ({
    expect,
  }) => {
    if (process.platform !== 'linux' || !gitHubAws) return;
    const { run, step, emulator } = await play(gitHubAws, {});
    expect(run.error).toBeUndefined();
    const pid = await brokerOf({ process: { pid: supervisorOf(step) } });
    const told = ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8')).join('\0');
    for (const secret of emulator.secrets()) expect(told).not.toContain(secret);
    expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/Max core file size +0 +0/);
    // It would open the inspector, as it does in a program that is started only then.
    process.kill(pid, 'SIGUSR1');
    const other = spawn(process.execPath, [
      '--inspect-port=0',
      '-e',
      'setInterval(() => {}, 1000); console.log("runs")',
    ]);
    await once(other.stdout, 'data');
    other.kill('SIGUSR1');
    expect(String(await once(other.stderr, 'data'))).toContain('Debugger listening');
    other.kill();
    expect(listeners(pid)).toBe(1);
    expect((await step.cleanUp()).exitCode).toBe(0);
    await expect.poll(() => isRunning(pid)).toBe(false);
    expect(step.files()).toEqual([]);
  });
});

/** Of the broker that a step left: the pid is in what the step keeps for its clean-up. */
function supervisorOf(step: Step): number {
  const state = step.files().find((file) => file.endsWith('/broker.state')) ?? '';
  return Number(/"pid":(\d+)/.exec(readFileSync(join(step.tempDirectory, state), 'utf8'))?.[1]);
}

/** On how many TCP ports a process listens. */
function listeners(pid: number): number {
  const sockets = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  const listening = readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/ +/));
  return listening.filter(([, , , status, , , , , , inode]) => status === '0A' && sockets.includes(`socket:[${inode}]`))
    .length;
}

/** One that nobody waits for stays in the table as a zombie. */
function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

async function play(journey: Journey, given: Variables, environment: Variables = {}, home?: string) {
  const emulator = await startEmulator({ setup: sharedSetup });
  const inputs = Object.assign(
    {},
    ...Object.entries({ 'keep-fresh': 'true', ...given }).map(([name, value]) => input(journey, name, value)),
  );
  const step = journey.start(emulator, { inputs, environment, ...(home ? { home } : {}) });
  const run = await step.run();
  expectNoSecretShown(run, emulator);
  const made = () => outside(emulator.requests);
  const identity = (variables: Variables = {}) => useCredential(journey, step, run, emulator, variables);
  return { run, step, emulator, made, identity };
}
