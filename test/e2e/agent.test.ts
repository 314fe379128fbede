/**
 * Tests as well:
 * - packages/agent/src/find-pool.ts
 * - packages/agent/src/run/agent-options.ts
 * - packages/agent/src/run/agent-scripts.ts
 * - packages/agent/src/run/drain.ts
 * - packages/agent/src/run/patience.ts
 * - packages/agent/src/run/pool-agents.ts
 * - packages/agent/src/run/provide-agent.ts
 * - packages/agent/src/run/run-agent.ts
 * - packages/agent/src/run/short-message.ts
 * - packages/agent/src/run/stoppable-waits.ts
 * - packages/cli/src/commands/agent/run.ts
 * - packages/emulator/src/azure-devops/emulated-pool.ts
 * - packages/emulator/src/azure-devops/rest/agent-sessions.ts
 * - packages/emulator/src/azure-devops/rest/packages.ts
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, type EmulatorUrls, type Setup, type StartedPod, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommand, startCommand } from '../harness/cli.ts';
import type { Variables } from '../harness/process.ts';
import { ids, sharedSetup } from '../harness/setup.ts';

/** Tokens are shorter than the job below. */
const accessTokenSeconds = 15;
const agents = { namespace: 'agents', serviceAccount: 'fedbridge-agent' };
let emulator: Emulator;
let organization: string;
let started: StartedPod;
let folder: string;

/** The shared world, in which the agents' service account is trusted. */
function agentSetup(urls: EmulatorUrls, seconds = 3600): Setup {
  const setup = sharedSetup(urls);
  const subject = `system:serviceaccount:${agents.namespace}:${agents.serviceAccount}`;
  const credential = { name: 'pod', issuer: urls.kubernetes, subject, audiences: ['api://AzureADTokenExchange'] };
  const tenants = (setup.tenants ?? []).map((tenant) => ({
    ...tenant,
    accessTokenSeconds: seconds,
    applications: tenant.applications.map((one) =>
      one.clientId === ids.assigned ? { ...one, federatedCredentials: [credential] } : one,
    ),
  }));
  return { ...setup, tenants };
}

beforeAll(async () => {
  emulator = await startEmulator({
    setup: (urls) => agentSetup(urls, accessTokenSeconds),
  });
  organization = `${emulator.urls.azureDevOps}/contoso`;
  started = await emulator.startPod({
    ...agents,
    lifetimeSeconds: accessTokenSeconds,
    azure: { clientId: ids.assigned, tenantId: ids.tenant },
  });
});
afterAll(() => emulator.close());
let mark = 0;
beforeEach(() => {
  mark = emulator.requests.length;
  folder = mkdtempSync(join(tmpdir(), 'agent-'));
});

const pool = () => emulator.agentPool('contoso', 'kubernetes');
const registered = () => pool().agents.map(({ name }) => name);
const run = (name: string, ...more: readonly string[]) => [
  ...['agent', 'run', '--url', organization, '--pool', 'kubernetes', '--name', name],
  ...['--folder', join(folder, name, 'agent'), ...more],
];
const sent = () => emulator.requests.slice(mark).filter(({ internal }) => !internal);

/** The command lines of agents and their scripts that run from a folder. */
function processesBelow(parent: string): readonly string[] {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => /^(node|\/bin\/bash) /.test(line) && line.includes(`${parent}/`));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('fedbridge agent run', () => {
  it('registers, runs one job that outlives every token, and removes itself', async () => {
    const command = startCommand(run('one', '--once'), started.environment, folder);
    await command.says('Listening for Jobs');
    expect(pool().agents).toMatchObject([{ name: 'one', status: 'online', enabled: true }]);
    const job = pool().queue(accessTokenSeconds + 3);
    const { exitCode, stdout, stderr } = await command.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining('Agent one is removed.') });
    expect(job).toMatchObject({ state: 'succeeded', agentName: 'one' });
    expect(registered()).toEqual([]);
    // Registering and removing, each with a token of that moment.
    const exchanges = sent().filter(({ service }) => service === 'entra');
    expect(exchanges.length).toBeGreaterThanOrEqual(2);
    for (const secret of emulator.secrets()) expect(`${stdout}${stderr}`).not.toContain(secret);
  });

  it('sends what the documented flow says: service account token, Entra token, registered agent', async () => {
    const token = readFileSync(started.tokenFile, 'utf8');
    const command = startCommand(run('two', '--once'), started.environment, folder);
    await command.says('Listening for Jobs');
    pool().queue(0);
    await command.ended;
    const [exchange] = sent();
    const packages = sent().find(({ path }) => path.endsWith('/packages/agent'));
    // Source: Microsoft Learn, "Client credentials flow", third case.
    expect(exchange).toMatchObject({ service: 'entra', method: 'POST', path: `/${ids.tenant}/oauth2/v2.0/token` });
    expect(exchange?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    const form = new URLSearchParams(exchange?.body);
    const assertion = form.get('client_assertion') ?? '';
    expect(assertion.split('.')[0]).toBe(token.split('.')[0]);
    expect(exchange?.body).toBe(
      `grant_type=client_credentials&client_id=${ids.assigned}&scope=499b84ac-1321-427f-aa17-267ca6975798%2F.default` +
        `&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=${assertion}`,
    );
    // Source: Microsoft Learn, "Run a self-hosted agent in Docker".
    expect(packages).toMatchObject({ method: 'GET', path: '/contoso/_apis/distributedtask/packages/agent' });
    expect(packages?.query).toMatch(/^platform=linux-(musl-)?(x64|arm64)&top=1$/);
    const download = sent().find(({ path }) => path.startsWith('/download/'));
    expect(download?.headers.authorization).toBeUndefined();
    const registration = sent().find(({ method, path }) => method === 'POST' && path.endsWith('/agents'));
    expect(registration?.headers.authorization).toMatch(/^Basic /);
  });

  it.each([
    ['waits for a job that runs', ['--once'], 3, 'succeeded'],
    ['waits for a job of an agent that goes on', [], 3, 'succeeded'],
    ['but not for ever', ['--drain-timeout', '1'], 600, 'canceled'],
  ])('SIGTERM: %s', async (_title, more, seconds, state) => {
    const command = startCommand(run('three', ...more), started.environment, folder);
    await command.says('Listening for Jobs');
    const job = pool().queue(seconds);
    await until(() => job.state === 'running');
    command.child.kill('SIGTERM');
    const { exitCode } = await command.ended;
    expect(job.state).toBe(state);
    expect(exitCode).toBe(0);
    expect(registered()).toEqual([]);
    expect(processesBelow(folder)).toEqual([]);
  });

  it('SIGTERM with nothing to do ends it at once', async () => {
    const command = startCommand(run('idle'), started.environment, folder);
    await command.says('Listening for Jobs');
    command.child.kill('SIGTERM');
    const { exitCode, stderr } = await command.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.not.stringContaining('A job runs') });
    expect(registered()).toEqual([]);
  });

  it('SIGTERM: an agent that does not end is killed with all that it started', async () => {
    const first = startCommand(run('deaf', '--once'), started.environment, folder);
    await first.says('Listening for Jobs');
    pool().queue(0);
    await first.ended;
    const [version = ''] = readdirSync(join(folder, 'deaf', 'agent'));
    const agentFile = join(folder, 'deaf', 'agent', version, 'bin', 'agent.mjs');
    const agent = readFileSync(agentFile, 'utf8');
    expect(agent).toContain('stop.abort()');
    writeFileSync(agentFile, agent.replace('stop.abort()', 'undefined'));
    const command = startCommand(run('deaf', '--log-format', 'json'), started.environment, folder);
    await command.says('Listening for Jobs');
    expect(processesBelow(folder)).toHaveLength(1);
    command.child.kill('SIGTERM');
    expect((await command.ended).exitCode).toBe(0);
    expect(processesBelow(folder)).toEqual([]);
  });

  it('a registration that fails is tried again', async () => {
    const body = JSON.stringify({ message: 'VS403283: Could not add the agent to the pool.' });
    const headers = { 'content-type': 'application/json' };
    emulator.inject({
      service: 'azureDevOps',
      method: 'POST',
      path: /\/agents$/,
      times: 2,
      fault: { status: 403, headers, body },
    });
    const command = startCommand(run('five', '--once'), started.environment, folder);
    await command.says('Listening for Jobs');
    pool().queue(0);
    const { exitCode, stderr } = await command.ended;
    expect(exitCode).toBe(0);
    expect(stderr.match(/Agent five could not be registered.*VS403283.*Trying again/g)).toHaveLength(2);
  });

  it('an identity that is not known everywhere yet is tried again, from the first look-up on', async () => {
    const headers = { 'content-type': 'application/json' };
    const notYet = { error: 'unauthorized_client', error_description: 'AADSTS700213: No matching federated identity.' };
    emulator.inject({ service: 'entra', times: 4, fault: { status: 401, headers, body: JSON.stringify(notYet) } });
    emulator.inject({ service: 'azureDevOps', path: /\/pools$/, times: 4, fault: { status: 401 } });
    emulator.inject({
      ...{ service: 'azureDevOps', path: /\/packages\/agent$/, times: 4 },
      fault: { status: 403, headers, body: JSON.stringify({ message: 'TF400813: not authorized.' }) },
    });
    const command = startCommand(run('young', '--once'), started.environment, folder);
    await command.says('Listening for Jobs');
    pool().queue(0);
    const { exitCode, stderr } = await command.ended;
    expect(exitCode).toBe(0);
    for (const said of [/AADSTS700213.*Trying again/, /HTTP 401.*Trying again/, /TF400813.*Trying again/])
      expect(stderr).toMatch(said);
  });

  it('reports what is demanded as capabilities, and runs such a job', async () => {
    const demands = ['--demand', 'docker', '--demand', 'size=large'];
    const command = startCommand(run('able', '--once', ...demands), started.environment, folder);
    await command.says('Listening for Jobs');
    expect(pool().agents).toMatchObject([{ name: 'able', userCapabilities: { docker: 'true', size: 'large' } }]);
    const job = pool().queue(0, ['docker', 'size -equals large']);
    expect((await command.ended).exitCode).toBe(0);
    expect(job).toMatchObject({ state: 'succeeded', agentName: 'able' });
  });

  it('--log-format json writes an object a line, of its own and of the agent', async () => {
    const command = startCommand(run('json', '--once', '--log-format', 'json'), started.environment, folder);
    await command.says('Listening for Jobs');
    pool().queue(0);
    const { stdout, stderr } = await command.ended;
    expect(stdout).toBe('');
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    const usual = { time: expect.stringMatching(/^2.*Z$/), pool: 'kubernetes', agent: 'json' };
    expect(lines).toContainEqual({ ...usual, source: 'fedbridge', message: 'Agent json is in pool kubernetes.' });
    expect(lines).toContainEqual({ ...usual, source: 'agent', message: 'Listening for Jobs' });
  });

  it.each([
    ['looks up its pool', { path: /\/pools$/, times: 100, fault: { status: 401 } }, 'Trying again'],
    ['fetches the agent', { path: /^\/download\//, fault: { dripMs: 500 } }, 'is fetched from'],
  ])('SIGTERM while it %s: ends, and leaves nothing', async (_title, rule, said) => {
    const end = emulator.inject({ service: 'azureDevOps', ...rule });
    const command = startCommand(run('early'), started.environment, folder);
    await command.says(said);
    command.child.kill('SIGTERM');
    const { exitCode, stderr } = await command.ended;
    end();
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining('Asked to end before the agent was registered: nothing is left of it.'),
    });
    expect(registered()).not.toContain('early');
    const agentFolder = join(folder, 'early', 'agent');
    expect(existsSync(agentFolder) ? readdirSync(agentFolder) : []).toEqual([]);
  });

  it('SIGTERM while it registers: what was registered is removed', async () => {
    emulator.inject({ service: 'azureDevOps', method: 'POST', path: /\/agents$/, times: 1, fault: { delayMs: 1_500 } });
    const command = startCommand(run('midway'), started.environment, folder);
    await until(() => sent().some(({ method, path }) => method === 'POST' && path.endsWith('/agents')));
    command.child.kill('SIGTERM');
    const { exitCode } = await command.ended;
    expect(exitCode).toBe(0);
    expect(registered()).not.toContain('midway');
  });

  it('after a crash the next start replaces the agent', async () => {
    const command = startCommand(run('six'), started.environment, folder);
    await command.says('Listening for Jobs');
    command.child.kill('SIGKILL');
    // The agent itself lives on, as it does where nothing ends it with this process.
    await new Promise((resolve) => command.child.once('exit', resolve));
    expect(registered()).toContain('six');
    const next = startCommand(run('six', '--once'), started.environment, folder);
    await next.says('Listening for Jobs');
    pool().queue(0);
    expect((await next.ended).exitCode).toBe(0);
    await until(() => !registered().includes('six'));
  });

  it('a package that is not the published one is thrown away', async () => {
    const body = 'not the agent';
    emulator.inject({ service: 'azureDevOps', path: /^\/download\//, fault: { status: 200, body } });
    const { exitCode, stderr } = await runCommand(run('seven'), started.environment, folder);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining(
        'The agent that was fetched is not the one that was published. [EXCHANGE_REJECTED]',
      ),
    });
    expect(readdirSync(join(folder, 'seven', 'agent'))).toEqual([]);
    expect(registered()).toEqual([]);
  });

  it.each([
    [{ value: [] }, {}, 'names no agent for linux'],
    [{ hashValue: 'abc' }, {}, 'with its hash. [ANSWER_MALFORMED]'],
    [{ version: { major: '../4', minor: 1, patch: 1 } }, {}, 'The version of the agent is not one. [ANSWER_MALFORMED]'],
    [{}, { status: 404 }, 'gives no agent (HTTP 404). [UNAVAILABLE]'],
    [{}, { status: 200, body: 'no archive' }, 'The agent could not be unpacked. [DELIVERY_FAILED]'],
  ])('a package that is published as %j and fetched as %j: %s', async (published, fetched, told) => {
    const usual = {
      version: { major: 4, minor: 1, patch: 1 },
      downloadUrl: `${emulator.urls.azureDevOps}/download/agent/4.1.1/x`,
      hashValue: createHash('sha256').update('no archive').digest('hex'),
    };
    const body = JSON.stringify({ value: [{ ...usual, ...published }], ...published });
    const headers = { 'content-type': 'application/json' };
    emulator.inject({ service: 'azureDevOps', path: /packages\/agent$/, fault: { status: 200, headers, body } });
    if ('status' in fetched) emulator.inject({ service: 'azureDevOps', path: /^\/download\//, fault: fetched });
    const { exitCode, stderr } = await runCommand(run('bad'), started.environment, folder);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(told) });
    expect(existsSync(join(folder, 'bad', 'agent')) ? readdirSync(join(folder, 'bad', 'agent')) : []).toEqual([]);
    expect(registered()).not.toContain('bad');
  });

  it.each([
    ['looking it up', { method: 'GET', path: /\/pools$/ }],
    ['disabling it', { method: 'PATCH', path: /\/agents\/\d+$/ }],
    ['asking for its job', { method: 'GET', path: /\/agents\/\d+$/ }],
  ])('SIGTERM: %s is tried again, and an agent with nothing to do ends', async (_title, call) => {
    const command = startCommand(run('shaky'), started.environment, folder);
    await command.says('Listening for Jobs');
    const body = JSON.stringify({ message: 'TF1' });
    const fault = { status: 400, body, headers: { 'content-type': 'application/json' } };
    emulator.inject({ service: 'azureDevOps', ...call, times: 1, fault });
    command.child.kill('SIGTERM');
    const { exitCode, stderr } = await command.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringMatching(/HTTP 400: TF1.*Trying again/) });
    const calls = sent().map(({ method, path }) => `${method} ${path}`);
    expect(calls).toContainEqual(expect.stringMatching(/^PATCH .*\/agents\/\d+$/));
    expect(registered()).toEqual([]);
  });

  it('an agent whose job cannot be seen has its time, and ends', async () => {
    const command = startCommand(run('blind', '--drain-timeout', '3'), started.environment, folder);
    await command.says('Listening for Jobs');
    const job = pool().queue(600);
    await until(() => job.state === 'running');
    const restore = emulator.inject({
      service: 'azureDevOps',
      method: 'PATCH',
      path: /\/agents\/\d+$/,
      times: 100,
      fault: { status: 400 },
    });
    command.child.kill('SIGTERM');
    const { exitCode, stderr } = await command.ended;
    restore();
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining('Whether a job runs is not known'),
    });
    expect(job.state).toBe('canceled');
  });

  it('tells a pool that is not there, and an identity that may not', async () => {
    const soon = ['--registration-timeout', '1'];
    const noPool = run('eight', ...soon).map((arg) => (arg === 'kubernetes' ? 'nowhere' : arg));
    expect(await runCommand(noPool, started.environment, folder)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('has no agent pool "nowhere" that this identity may see. [INPUT_INVALID]'),
    });
    const { environment } = await emulator.startMachine({ systemAssigned: ids.machine });
    expect(await runCommand(run('nine', ...soon), environment, folder)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/denied this identity\. .*\[EXCHANGE_REFUSED\][\s\S]*TF400813/),
    });
  });

  it('hands the token over where other users cannot read it, and jobs find nothing of the identity', async () => {
    // Put in the place of the agent's own scripts, once it is unpacked.
    const first = startCommand(run('ten', '--once'), started.environment, folder);
    await first.says('Listening for Jobs');
    pool().queue(0);
    await first.ended;
    const [version = ''] = readdirSync(join(folder, 'ten', 'agent'));
    const spy = '#!/bin/sh\necho "$0 $*" >>"$HOME/seen"; env >>"$HOME/seen.env"; touch "$(dirname "$0")/.agent"\n';
    for (const script of ['config.sh', 'bin/Agent.Listener']) {
      const path = join(folder, 'ten', 'agent', version, script);
      writeFileSync(path, script === 'config.sh' ? spy : spy.replaceAll('seen', 'job'));
      chmodSync(path, 0o755);
    }
    const ofTheMachine = Object.fromEntries(machineVariables.map((name) => [name, 'of the machine']));
    const environment: Variables = {
      ...started.environment,
      ...ofTheMachine,
      AZP_TOKEN_HINT: 'x',
      VSO_AGENT_IGNORE: 'MINE',
    };
    const { exitCode } = await runCommand(run('ten', '--once'), environment, folder);
    expect(exitCode).toBe(0);
    const seen = (file: string) => readFileSync(join(folder, file), 'utf8');
    expect(seen('seen').trim().split('\n')).toEqual([
      expect.stringMatching(
        /--unattended --url \S+ --auth pat --pool kubernetes --agent ten --work _work --replace --acceptTeeEula$/,
      ),
      expect.stringMatching(/remove --unattended --auth pat$/),
    ]);
    expect(seen('seen')).not.toMatch(/eyJ/);
    expect(seen('seen.env')).toMatch(/^VSTS_AGENT_INPUT_TOKEN=eyJ/m);
    expect(seen('job.env')).not.toMatch(/eyJ|^AZURE_(CLIENT_ID|FEDERATED_TOKEN_FILE|TENANT_ID)=|of the machine/m);
    // While it is registered it has them, and tells none of them to the pool as a capability.
    const [, ignored = ''] = /^VSO_AGENT_IGNORE=(.*)$/m.exec(seen('seen.env')) ?? [];
    expect(ignored.split(',')).toEqual(expect.arrayContaining([...machineVariables]));
    expect(seen('job.env')).toMatch(/^VSO_AGENT_IGNORE=MINE,.*AZP_TOKEN_HINT.*VSTS_AGENT_INPUT_TOKEN/m);
  });
});

/** What leads clients to the identity of a machine or a container. */
const machineVariables = [
  'IDENTITY_ENDPOINT',
  'IDENTITY_HEADER',
  'IDENTITY_SERVER_THUMBPRINT',
  'IMDS_ENDPOINT',
  'MSI_ENDPOINT',
  'MSI_SECRET',
  'AZURE_POD_IDENTITY_AUTHORITY_HOST',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
] as const;

describe('a hundred agents that start at once', () => {
  it('all register, run one job and leave, on a server that throttles', async () => {
    const count = 100;
    await using crowd = await startEmulator({ setup: (urls) => agentSetup(urls) });
    const { environment } = await crowd.startPod({
      ...agents,
      azure: { clientId: ids.assigned, tenantId: ids.tenant },
    });
    for (const service of ['entra', 'azureDevOps'] as const) {
      crowd.inject({ service, times: count, fault: { status: 429, headers: { 'retry-after': '1' } } });
    }
    const url = `${crowd.urls.azureDevOps}/contoso`;
    const commands = Array.from({ length: count }, (_, index) => {
      const args = run(`fleet-${index}`, '--once').map((arg) => (arg === organization ? url : arg));
      return startCommand(args, environment, folder);
    });
    await Promise.all(commands.map((command) => command.says('Listening for Jobs')));
    const fleet = crowd.agentPool('contoso', 'kubernetes');
    expect(fleet.agents).toHaveLength(count);
    const jobs = commands.map(() => fleet.queue(0));
    const ended = await Promise.all(commands.map((command) => command.ended));
    expect(ended.filter(({ exitCode }) => exitCode !== 0).map(({ stderr }) => stderr)).toEqual([]);
    expect(new Set(jobs.map(({ agentName }) => agentName)).size).toBe(count);
    expect(fleet.agents).toEqual([]);
  });
});
