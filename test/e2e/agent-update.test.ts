/**
 * An agent that updates itself, as Azure DevOps has it do before a job that demands a newer one: it ends, a script puts the other version in
 * its place, and it must be started again.
 *
 * Tests as well:
 * - packages/agent/src/run/listen.ts
 * - packages/emulator/src/azure-devops/agent-package.ts
 */
import { describe, expect, it } from 'vitest';
import { agentWorld, until } from '../harness/agents.ts';

const newer = '4.270.0';

describe('an agent that updates itself', () => {
  it.concurrent.each([
    ['stays', []],
    ['runs one job', ['--once']],
  ])('and %s: it is started again, and runs a job that came meanwhile', async (_title, more) => {
    await using world = await agentWorld();
    const { pool, registered } = world;
    const command = world.start('old', more);
    await command.says('Listening for Jobs');
    pool.update(newer);
    await command.says('Agent will exit shortly for update');
    const job = pool.queue(0);
    await Promise.race([until(() => job.state === 'succeeded'), command.ended]);
    expect(job.state).toBe('succeeded');
    // A job is over before the agent that ran it has left.
    if (more.length === 0) {
      expect(pool.agents).toMatchObject([{ name: 'old', version: newer, status: 'online' }]);
      command.child.kill('SIGTERM');
    }
    const { exitCode, stderr } = await command.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining('Agent old updates itself') });
    expect([registered(), world.processes()]).toEqual([[], []]);
  });

  it.concurrent('SIGTERM meanwhile: it is not started again, and leaves nothing', async () => {
    await using world = await agentWorld();
    const command = world.start('midway');
    await command.says('Listening for Jobs');
    world.pool.update(newer);
    await command.says('updates itself');
    command.child.kill('SIGTERM');
    const { exitCode, stdout } = await command.ended;
    expect({ exitCode, started: stdout.match(/Listening for Jobs/g)?.length }).toEqual({ exitCode: 0, started: 1 });
    expect([world.registered(), world.processes()]).toEqual([[], []]);
  });
});
