/**
 * Tests as well:
 * - packages/agent/src/find-pool.ts
 * - packages/agent/src/run/agent-options.ts
 * - packages/agent/src/run/agent-scripts.ts
 * - packages/agent/src/run/drain.ts
 * - packages/agent/src/run/patience.ts
 * - packages/agent/src/run/pool-agent.ts
 * - packages/agent/src/run/provide-agent.ts
 * - packages/agent/src/run/run-agent.ts
 * - packages/agent/src/run/short-message.ts
 * - packages/agent/src/run/stoppable-waits.ts
 * - packages/cli/src/commands/agent/run.ts
 * - packages/emulator/src/azure-devops/emulated-pool.ts
 * - packages/emulator/src/azure-devops/rest/agent-sessions.ts
 * - packages/emulator/src/azure-devops/rest/packages.ts
 */

import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agentWorld, until } from '../harness/agents.ts';
import { runCommand, startCommand } from '../harness/cli.ts';
import type { Variables } from '../harness/process.ts';
import { ids } from '../harness/setup.ts';

/** Tokens are shorter than the job below. */
const shortSeconds = 15;

/** A world of its own for a test, and the command that it runs there. */
async function place(seconds = 3600) {
  const world = await agentWorld({ accessTokenSeconds: seconds, podTokenSeconds: seconds });
  const { emulator, organization, pod, folder, registered, sent } = world;
  return {
    ...{ emulator, organization, started: pod, folder, registered, sent },
    pool: () => world.pool,
    processes: world.processes,
    run: (name: string, ...more: readonly string[]) => world.args(name, ...more),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

describe('fedbridge agent run', () => {
  it.concurrent('registers, runs one job that outlives every token, and removes itself', async () => {
    await using here = await place(shortSeconds);
    const { emulator, started, folder, registered, sent, pool, run } = here;
    const command = startCommand(run('one', '--once'), started.environment, folder);
    await command.says('Listening for Jobs');
    expect(pool().agents).toMatchObject([{ name: 'one', status: 'online', enabled: true }]);
    const job = pool().queue(shortSeconds + 3);
    const { exitCode, stdout, stderr } = await command.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining('Agent one is removed.') });
    expect(job).toMatchObject({ state: 'succeeded', agentName: 'one' });
    expect(registered()).toEqual([]);
    // Registering and removing, each with a token of that moment.
    const exchanges = sent().filter(({ service }) => service === 'entra');
    expect(exchanges.length).toBeGreaterThanOrEqual(2);
    for (const secret of emulator.secrets()) expect(`${stdout}${stderr}`).not.toContain(secret);
  });

  it.concurrent('sends what the documented flow says: service account token, Entra token, registered agent', async () => {
    await using here = await place();
    const { started, folder, sent, pool, run } = here;
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

  it.concurrent.each([
    ['waits for a job that runs', ['--once'], 3, 'succeeded'],
    ['waits for a job of an agent that goes on', [], 3, 'succeeded'],
    ['but not for ever', ['--drain-timeout', '1'], 600, 'canceled'],
  ])('SIGTERM: %s', async (_title, more, seconds, state) => {
    await using here = await place();
    const { started, folder, registered, pool, processes, run } = here;
    const command = startCommand(run('three', ...more), started.environment, folder);
    await command.says('Listening for Jobs');
    const job = pool().queue(seconds);
    await until(() => job.state === 'running');
    command.child.kill('SIGTERM');
    const { exitCode } = await command.ended;
    expect(job.state).toBe(state);
    expect(exitCode).toBe(0);
    expect(registered()).toEqual([]);
    expect(processes()).toEqual([]);
  });

  it.concurrent('SIGTERM with nothing to do ends it at once', async () => {
    await using here = await place();
    const { started, folder, registered, run } = here;
    const command = startCommand(run('idle'), started.environment, folder);
    await command.says('Listening for Jobs');
    command.child.kill('SIGTERM');
    const { exitCode, stderr } = await command.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.not.stringContaining('A job runs') });
    expect(registered()).toEqual([]);
  });

  it.concurrent('SIGTERM: an agent that does not end is killed with all that it started', async () => {
    await using here = await place();
    const { started, folder, pool, processes, run } = here;
    const first = startCommand(run('deaf', '--once'), started.environment, folder);
    await first.says('Listening for Jobs');
    pool().queue(0);
    await first.ended;
    const [version = ''] = readdirSync(join(folder, 'deaf'));
    const agentFile = join(folder, 'deaf', version, 'bin', 'agent.mjs');
    const agent = readFileSync(agentFile, 'utf8');
    expect(agent).toContain('stop.abort()');
    writeFileSync(agentFile, agent.replace('stop.abort()', 'undefined'));
    const command = startCommand(run('deaf', '--log-format', 'json'), started.environment, folder);
    await command.says('Listening for Jobs');
    expect(processes()).toHaveLength(1);
    command.child.kill('SIGTERM');
    expect((await command.ended).exitCode).toBe(0);
    expect(processes()).toEqual([]);
  });

  it.concurrent('a registration that fails is tried again', async () => {
    await using here = await place();
    const { emulator, started, folder, pool, run } = here;
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

  it.concurrent('an identity that is not known everywhere yet is tried again, from the first look-up on', async () => {
    await using here = await place();
    const { emulator, started, folder, pool, run } = here;
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

  it.concurrent('reports what is demanded as capabilities, and runs such a job', async () => {
    await using here = await place();
    const { started, folder, pool, run } = here;
    const demands = ['--demand', 'docker', '--demand', 'size=large'];
    const command = startCommand(run('able', '--once', ...demands), started.environment, folder);
    await command.says('Listening for Jobs');
    expect(pool().agents).toMatchObject([{ name: 'able', userCapabilities: { docker: 'true', size: 'large' } }]);
    const job = pool().queue(0, ['docker', 'size -equals large']);
    expect((await command.ended).exitCode).toBe(0);
    expect(job).toMatchObject({ state: 'succeeded', agentName: 'able' });
  });

  it.concurrent('--log-format json writes an object a line, of its own and of the agent', async () => {
    await using here = await place();
    const { started, folder, pool, run } = here;
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

  it.concurrent.each([
    ['looks up its pool', { path: /\/pools$/, times: 100, fault: { status: 401 } }, 'Trying again'],
    ['fetches the agent', { path: /^\/download\//, fault: { dripMs: 500 } }, 'is fetched from'],
  ])('SIGTERM while it %s: ends, and leaves nothing', async (_title, rule, said) => {
    await using here = await place();
    const { emulator, started, folder, registered, run } = here;
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
    const agentFolder = join(folder, 'early');
    expect(existsSync(agentFolder) ? readdirSync(agentFolder) : []).toEqual([]);
  });

  it.concurrent('SIGTERM while it registers: what was registered is removed', async () => {
    await using here = await place();
    const { emulator, started, folder, registered, sent, run } = here;
    emulator.inject({ service: 'azureDevOps', method: 'POST', path: /\/agents$/, times: 1, fault: { delayMs: 1_500 } });
    const command = startCommand(run('midway'), started.environment, folder);
    await until(() => sent().some(({ method, path }) => method === 'POST' && path.endsWith('/agents')));
    command.child.kill('SIGTERM');
    const { exitCode } = await command.ended;
    expect(exitCode).toBe(0);
    expect(registered()).not.toContain('midway');
  });

  it.concurrent('after a crash the next start replaces the agent', async () => {
    await using here = await place();
    const { started, folder, registered, pool, run } = here;
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

  it.concurrent('a package that is not the published one is thrown away', async () => {
    await using here = await place();
    const { emulator, started, folder, registered, run } = here;
    const body = 'not the agent';
    emulator.inject({ service: 'azureDevOps', path: /^\/download\//, fault: { status: 200, body } });
    const { exitCode, stderr } = await runCommand(run('seven'), started.environment, folder);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining(
        'The agent that was fetched is not the one that was published. [EXCHANGE_REJECTED]',
      ),
    });
    expect(readdirSync(join(folder, 'seven'))).toEqual([]);
    expect(registered()).toEqual([]);
  });

  it.concurrent.each([
    [{ value: [] }, {}, 'names no agent for linux'],
    [{ hashValue: 'abc' }, {}, 'with its hash. [ANSWER_MALFORMED]'],
    [{ version: { major: '../4', minor: 1, patch: 1 } }, {}, 'The version of the agent is not one. [ANSWER_MALFORMED]'],
    [{}, { status: 404 }, 'gives no agent (HTTP 404). [UNAVAILABLE]'],
    [{}, { status: 200, body: 'no archive' }, 'The agent could not be unpacked. [DELIVERY_FAILED]'],
  ])('a package that is published as %j and fetched as %j: %s', async (published, fetched, told) => {
    await using here = await place();
    const { emulator, started, folder, registered, run } = here;
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
    expect(existsSync(join(folder, 'bad')) ? readdirSync(join(folder, 'bad')) : []).toEqual([]);
    expect(registered()).not.toContain('bad');
  });

  it.concurrent.each([
    ['looking it up', { method: 'GET', path: /\/pools$/ }],
    ['disabling it', { method: 'PATCH', path: /\/agents\/\d+$/ }],
    ['asking for its job', { method: 'GET', path: /\/agents\/\d+$/ }],
  ])('SIGTERM: %s is tried again, and an agent with nothing to do ends', async (_title, call) => {
    await using here = await place();
    const { emulator, started, folder, registered, sent, run } = here;
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

  it.concurrent('an agent whose job cannot be seen has its time, and ends', async () => {
    await using here = await place();
    const { emulator, started, folder, pool, run } = here;
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

  it.concurrent('tells a pool that is not there, and an identity that may not', async () => {
    await using here = await place();
    const { emulator, started, folder, run } = here;
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

  it.concurrent('hands the token over where other users cannot read it, and jobs find nothing of the identity', async () => {
    await using here = await place();
    const { started, folder, pool, run } = here;
    // Put in the place of the agent's own scripts, once it is unpacked.
    const first = startCommand(run('ten', '--once'), started.environment, folder);
    await first.says('Listening for Jobs');
    pool().queue(0);
    await first.ended;
    const [version = ''] = readdirSync(join(folder, 'ten'));
    const spy = '#!/bin/sh\necho "$0 $*" >>"$HOME/seen"; env >>"$HOME/seen.env"; touch "$(dirname "$0")/.agent"\n';
    for (const script of ['config.sh', 'bin/Agent.Listener']) {
      const path = join(folder, 'ten', version, script);
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
