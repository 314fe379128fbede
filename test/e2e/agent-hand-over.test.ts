/**
 * An agent that one container registers and another one runs, as the chart has them: jobs are where no identity is.
 *
 * Tests as well:
 * - packages/agent/src/run/copy-agent.ts
 * - packages/agent/src/run/hand-over.ts
 * - packages/agent/src/run/hand-over-protocol.ts
 * - packages/agent/src/run/one-job.ts
 * - packages/agent/src/run/run-handed-over.ts
 * - packages/cli/src/commands/agent/agent-log.ts
 * - packages/cli/src/commands/agent/listen.ts
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agentWorld, until } from '../harness/agents.ts';
import { startCommand } from '../harness/cli.ts';

const minutes = 60;

/** A pod with both containers. */
async function twoContainers(...more: readonly string[]) {
  const world = await agentWorld();
  const shared = join(world.folder, 'shared');
  const jobs = join(world.folder, 'jobs');
  const register = () => world.start('one', ['--hand-over', shared, ...more]);
  const listen = (...options: readonly string[]) =>
    startCommand(['agent', 'listen', '--hand-over', shared, '--folder', jobs, ...options], {}, world.folder);
  /** The folder of the agent that jobs run in. */
  const handedOver = () => join(jobs, readdirSync(jobs).find((name) => /^\d/.test(name)) ?? '');
  const registrations = () => world.sent().filter(({ method, path }) => method === 'POST' && path.endsWith('/agents'));
  const here = { world, shared, jobs, register, listen, handedOver, registrations };
  return { ...here, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

/** The same with a job that runs. */
async function withJob(seconds: number, ...more: readonly string[]) {
  const here = await twoContainers(...more);
  const registering = here.register();
  const listening = here.listen();
  await listening.says('Listening for Jobs');
  const job = here.world.pool.queue(seconds);
  await until(() => job.receiveTime !== undefined);
  return { ...here, registering, listening, job };
}

/** What the container that registers answers. */
function post(shared: string, path: string, said: string) {
  return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const sent = request({ socketPath: join(shared, 'fedbridge.sock'), path, method: 'POST' }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve({ status: response.statusCode, text });
    });
    sent.on('error', reject).end(said);
  });
}

describe.skipIf(process.platform !== 'linux')('an agent that is handed over', () => {
  it.concurrent('runs one job where no identity is, and is removed by the container that has it', async () => {
    await using here = await twoContainers('--once');
    const { world, jobs } = here;
    const registering = here.register();
    const listening = here.listen();
    await listening.says('Listening for Jobs');
    const job = world.pool.queue(1);
    await until(() => job.state === 'running');
    const [agent = ''] = world.processes().filter((line) => line.includes(`${jobs}/`));
    expect(agent).toContain('run --once');
    const pid = /\d+/.exec(spawnedBy(listening.child.pid))?.[0];
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    expect(environment).not.toMatch(/AZURE|FEDERATED|VSTS_AGENT_INPUT_TOKEN=/);
    const { exitCode, stderr, stdout } = await listening.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining('Agent one is handed over.') });
    expect([job.state, world.registered()]).toEqual(['succeeded', []]);
    // It would be started again, and register another one.
    expect(registering.child.exitCode).toBe(null);
    registering.child.kill('SIGTERM');
    const ended = await registering.ended;
    expect(ended).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Agent one is removed.') });
    expect(here.registrations()).toHaveLength(1);
    const said = `${stdout}${stderr}${ended.stdout}${ended.stderr}`;
    for (const secret of world.emulator.secrets()) expect(said).not.toContain(secret);
  });

  it.concurrent('is disabled once its one job has begun, which goes on: its key is worth no other', async () => {
    await using here = await withJob(6, '--once');
    const { world, registering, listening, job } = here;
    await until(() => world.pool.agents[0]?.enabled === false);
    expect(job.state).toBe('running');
    expect((await listening.ended).exitCode).toBe(0);
    expect([job.state, world.registered()]).toEqual(['succeeded', []]);
    registering.child.kill('SIGTERM');
    await registering.ended;
  });

  it.concurrent('has its job waited for when its container is to end, and is given no other', async () => {
    await using here = await withJob(3);
    const { world, registering, listening, job } = here;
    listening.child.kill('SIGTERM');
    await registering.says('A job runs');
    expect(world.pool.agents).toMatchObject([{ name: 'one', enabled: false }]);
    expect(await listening.ended).toMatchObject({ exitCode: 0 });
    expect([job.state, world.registered()]).toEqual(['succeeded', []]);
    expect(await registering.ended).toMatchObject({ exitCode: 0 });
  });

  it.concurrent('ends at once where it has no job, and where there is none yet', async () => {
    await using here = await twoContainers('--once');
    const { world, register, listen } = here;
    const early = listen();
    await early.says('Waits for an agent');
    early.child.kill('SIGTERM');
    expect((await early.ended).exitCode).toBe(0);
    const registering = register();
    const listening = listen();
    await listening.says('Listening for Jobs');
    listening.child.kill('SIGTERM');
    expect(await listening.ended).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('A job runs') });
    expect(world.registered()).toEqual([]);
    registering.child.kill('SIGTERM');
    expect((await registering.ended).exitCode).toBe(0);
  });

  // Source: microsoft/azure-pipelines-agent#3994.
  it.concurrent('runs another job that it is given as it ends', async () => {
    await using here = await twoContainers('--once');
    const { world, register, listen } = here;
    const { emulator, pool } = world;
    const registering = register();
    const listening = listen();
    await listening.says('Listening for Jobs');
    const fault = { delayMs: 2_000 };
    emulator.inject({ service: 'azureDevOps', method: 'DELETE', path: /\/sessions\//, times: 1, fault });
    const first = pool.queue(0);
    await until(() => first.state === 'succeeded');
    const second = pool.queue(0);
    pool.give(second, 'one');
    expect((await listening.ended).exitCode).toBe(0);
    expect([second.state, world.registered()]).toEqual(['succeeded', []]);
    registering.child.kill('SIGTERM');
    expect((await registering.ended).stderr).toContain('was given another job as it ended');
  });

  it.concurrent.each([
    ['the agent dies', () => {}],
    [
      'its whole container does',
      ({ listening }: Awaited<ReturnType<typeof withJob>>) => listening.child.kill('SIGKILL'),
    ],
  ])('%s in the middle of a job: it is removed when that is given up', async (_title, andTheContainer) => {
    await using here = await withJob(600, '--once');
    const { world, shared, registering, listening, job } = here;
    andTheContainer(here);
    world.killAgents();
    if (listening.child.killed) {
      await listening.ended;
      registering.child.kill('SIGTERM');
      await registering.says('ended without a word');
    }
    await registering.says('It had a job, which Azure DevOps gives up');
    await until(() => world.pool.agents[0]?.enabled === false);
    world.emulator.clock.advance(11 * minutes);
    if (!listening.child.killed) {
      expect((await listening.ended).exitCode).toBe(1);
      registering.child.kill('SIGTERM');
    }
    expect(await registering.ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is removed.') });
    expect([job.state, world.registered(), existsSync(join(shared, 'fedbridge.sock'))]).toEqual([
      'abandoned',
      [],
      false,
    ]);
  });

  it.concurrent('is still removed where the container that registered it was started again', async () => {
    await using here = await withJob(4, '--once');
    const { world, register, registering, listening, job } = here;
    registering.child.kill('SIGKILL');
    await registering.ended;
    const again = register();
    expect((await listening.ended).exitCode).toBe(0);
    expect([job.state, world.registered(), here.registrations().length]).toEqual(['succeeded', [], 1]);
    again.child.kill('SIGTERM');
    expect((await again.ended).exitCode).toBe(0);
  });

  it.concurrent('registers no other one where that container ends after its job, before it could tell', async () => {
    await using here = await withJob(0, '--once');
    const { register, registering, listening } = here;
    expect((await listening.ended).exitCode).toBe(0);
    registering.child.kill('SIGKILL');
    await registering.ended;
    const again = register();
    expect((await here.listen().ended).exitCode).toBe(0);
    again.child.kill('SIGTERM');
    expect((await again.ended).exitCode).toBe(0);
    expect([here.world.registered(), here.registrations().length]).toEqual([[], 1]);
  });

  it.concurrent('has its capabilities where that container ended before it could report them', async () => {
    await using here = await twoContainers('--once', '--demand', 'docker');
    const { world, register, registrations } = here;
    const { emulator, pool } = world;
    const fault = { delayMs: 60_000 };
    emulator.inject({ service: 'azureDevOps', method: 'PUT', path: /\/usercapabilities/, times: 1, fault });
    const killed = register();
    await until(() => world.sent().some(({ path }) => path.endsWith('/usercapabilities')));
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(pool.agents).toMatchObject([{ userCapabilities: {} }]);
    const registering = register();
    const listening = here.listen();
    await listening.says('Listening for Jobs');
    const job = pool.queue(0, ['docker']);
    expect((await listening.ended).exitCode).toBe(0);
    expect([job.state, registrations().length]).toEqual(['succeeded', 1]);
    registering.child.kill('SIGTERM');
    await registering.ended;
  });

  it.concurrent('is registered and handed over anew where it ended by itself and stays', async () => {
    await using here = await twoContainers();
    const { world, register, listen, handedOver } = here;
    const [registering, listening] = [register(), listen()];
    await listening.says('Listening for Jobs');
    writeFileSync(join(handedOver(), 'of-a-job'), '');
    world.killAgents();
    expect([(await listening.ended).exitCode, (await registering.ended).exitCode]).toEqual([1, 1]);
    const [registeringAgain, listeningAgain] = [register(), listen('--log-format', 'json')];
    await listeningAgain.says('Listening for Jobs');
    expect(existsSync(join(handedOver(), 'of-a-job'))).toBe(false);
    listeningAgain.child.kill('SIGTERM');
    const { stdout, stderr } = await listeningAgain.ended;
    expect(stdout).toBe('');
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual({ time: expect.any(String), source: 'agent', message: 'Listening for Jobs' });
    expect((await registeringAgain.ended).exitCode).toBe(0);
    expect(world.registered()).toEqual([]);
  });

  it.concurrent('cannot be registered: its container ends too, with what was said where the identity is', async () => {
    await using here = await twoContainers('--once', '--registration-timeout', '1');
    const listening = here.listen();
    const fault = { status: 401, body: '{"error":"unauthorized_client"}' };
    here.world.emulator.inject({ service: 'entra', times: 1_000, fault });
    // As a kubelet does: what stays beside another container is started again until that one has ended.
    let isOver = false;
    const listened = listening.ended.finally(() => {
      isOver = true;
    });
    while (!isOver)
      expect(await here.register().ended).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('unauthorized_client'),
      });
    expect((await listened).exitCode).toBe(1);
  });

  it.concurrent('a job that writes to it, and says what it likes, reaches nothing where the identity is', async () => {
    await using here = await withJob(4, '--once');
    const { world, shared, handedOver, registering, listening, job } = here;
    for (const file of ['config.sh', 'run.sh', 'bin/agent.mjs', '.agent'])
      writeFileSync(join(handedOver(), file), `#!/bin/sh\ntouch ${shared}/run-where-the-identity-is\n`);
    for (const said of ['', '{', '[]', 'null', '{"exitCode":"0"}', '{"exitCode":1e99}', `{"a":"${'a'.repeat(2_000)}"}`])
      expect([400, 200]).toContain(
        (await Promise.race([post(shared, '/next', said), post(shared, '/next', '{}')])).status,
      );
    expect((await post(shared, '/', '{}')).status).toBe(404);
    const many = Array.from({ length: 200 }, () => connect(join(shared, 'fedbridge.sock')).on('error', () => {}));
    await until(() => many.filter((one) => one.closed).length >= 180);
    for (const one of many) one.destroy();
    // That the agent has ended: it has a job, and is left to it.
    const forged = JSON.parse((await post(shared, '/next', '{"exitCode":0}')).text);
    expect(forged).toEqual({ agent: { name: 'one', folder: handedOver().replace('/jobs/', '/shared/'), once: true } });
    expect((await listening.ended).exitCode).toBe(0);
    expect([job.state, world.registered()]).toEqual(['succeeded', []]);
    registering.child.kill('SIGTERM');
    expect((await registering.ended).exitCode).toBe(0);
    expect(existsSync(join(shared, 'run-where-the-identity-is'))).toBe(false);
  });

  it.concurrent('can be asked for by its own user alone', async () => {
    await using here = await twoContainers();
    const registering = here.register();
    await until(() => existsSync(join(here.shared, 'fedbridge.sock')));
    await until(() => (statSync(join(here.shared, 'fedbridge.sock')).mode & 0o777) === 0o600);
    registering.child.kill('SIGTERM');
    expect(await registering.ended).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('Asked to end before the agent was registered'),
    });
  });
});

function spawnedBy(pid: number | undefined): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
}
