/**
 * Agents that are gone without a word, and jobs that they had: what the pool says, what `agent check` says, and what `agent run` does.
 *
 * Tests as well:
 * - packages/agent/src/check/queue-check.ts
 * - packages/agent/src/run/run-agent.ts
 * - packages/agent/src/run/take-away.ts
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agentWorld, until } from '../harness/agents.ts';
import { runCommand } from '../harness/cli.ts';

const minutes = 60;

/** A world with an agent that has a job. */
async function withJob(more: readonly string[]) {
  const world = await agentWorld();
  const command = world.start('gone', more);
  await command.says('Listening for Jobs');
  const job = world.pool.queue(600);
  await until(() => job.receiveTime !== undefined);
  return { world, command, job };
}

describe('an agent that was killed with its pod', () => {
  it.concurrent('is offline when its session is over, and its job given up when nobody renewed it for ten minutes', async () => {
    const { world, command, job } = await withJob(['--once']);
    await using _ = world;
    const { emulator, pool } = world;
    command.child.kill('SIGKILL');
    world.killAgents();
    await command.ended;
    // The service does not know yet.
    expect(pool.agents).toMatchObject([{ name: 'gone', status: 'online' }]);
    const check = ['agent', 'check', '--url', world.organization, '--pool', 'kubernetes', '--as', 'kubernetes'];
    const checked = () => runCommand(check, world.pod.environment, world.folder);
    emulator.clock.advance(5 * minutes);
    expect([pool.agents[0]?.status, job.state]).toEqual(['offline', 'running']);
    expect(await checked()).toMatchObject({
      exitCode: 3,
      stdout: expect.stringMatching(
        /^problem {2}request \d+: Of release: gone has it, and is offline\.\n.*ten minutes/m,
      ),
    });
    emulator.clock.advance(6 * minutes);
    const issue = expect.stringContaining('We stopped hearing from agent gone.');
    expect(pool.jobs).toMatchObject([{ state: 'abandoned', agentName: 'gone', issue }]);
    expect((await checked()).stdout).not.toContain('gone has it');
    // It stays in the pool until another one of its name comes.
    expect(pool.agents).toMatchObject([{ name: 'gone', status: 'offline' }]);
    const next = world.start('gone', ['--once']);
    await next.says('Listening for Jobs');
    pool.queue(0);
    expect((await next.ended).exitCode).toBe(0);
    expect(world.registered()).toEqual([]);
  });
});

describe('an agent whose place is taken', () => {
  // Source: microsoft/azure-pipelines-agent, `ConfigurationManager.UpdateExistingAgent`: what is replaced stays as it was.
  it.concurrent('gets jobs, though the one before was drained and killed', async () => {
    const { world, command } = await withJob([]);
    await using _ = world;
    const { emulator, pool } = world;
    command.child.kill('SIGTERM');
    await command.says('A job runs');
    command.child.kill('SIGKILL');
    world.killAgents();
    await command.ended;
    expect(pool.agents).toMatchObject([{ enabled: false }]);
    emulator.clock.advance(11 * minutes);
    const next = world.start('gone', ['--once']);
    await next.says('Listening for Jobs');
    const job = pool.queue(0);
    expect((await next.ended).exitCode).toBe(0);
    expect(job.state).toBe('succeeded');
  });
});

describe('an agent that lost its settings', () => {
  it.concurrent('is removed by who registered it, online as it is', async () => {
    await using world = await agentWorld();
    const command = world.start('lost');
    await command.says('Listening for Jobs');
    const [version = ''] = readdirSync(join(world.folder, 'lost'));
    rmSync(join(world.folder, 'lost', version, '.agent'));
    world.killAgents();
    expect(await command.ended).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Agent lost is removed.'),
    });
    expect(world.registered()).toEqual([]);
  });
});

describe('an agent that ends by itself while it has a job', () => {
  it.concurrent('is removed when Azure DevOps has given its job up', async () => {
    const { world, command, job } = await withJob(['--once']);
    await using _ = world;
    world.killAgents();
    await command.says('It had a job, which Azure DevOps gives up ten minutes after it last heard of the agent.');
    expect([job.state, world.registered()]).toEqual(['running', ['gone']]);
    world.emulator.clock.advance(11 * minutes);
    const { exitCode, stderr } = await command.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('Agent gone is removed.') });
    expect(stderr).toContain('Agent gone ended by itself, with exit code 1.');
    expect([job.state, world.registered(), world.processes()]).toEqual(['abandoned', [], []]);
  });

  it.concurrent('SIGTERM meanwhile: it is left, and that is told', async () => {
    const { world, command } = await withJob(['--once']);
    await using _ = world;
    world.killAgents();
    await command.says('It had a job');
    command.child.kill('SIGTERM');
    const { exitCode, stderr } = await command.ended;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining('stays in its pool, offline: its job is not given up yet.'),
    });
  });
});

// Source: microsoft/azure-pipelines-agent#3994.
it.concurrent('an agent that is given another job as it ends runs that one too', async () => {
  await using world = await agentWorld();
  const { emulator, pool } = world;
  const command = world.start('last', ['--once']);
  await command.says('Listening for Jobs');
  emulator.inject({
    service: 'azureDevOps',
    method: 'DELETE',
    path: /\/sessions\//,
    times: 1,
    fault: { delayMs: 2_000 },
  });
  const first = pool.queue(0);
  await until(() => first.state === 'succeeded');
  const second = pool.queue(0);
  pool.give(second, 'last');
  const { exitCode, stderr } = await command.ended;
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: expect.stringContaining('was given another job as it ended'),
  });
  expect([second.state, world.registered()]).toEqual(['succeeded', []]);
});
