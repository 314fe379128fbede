/** As many agents at once as a scaler starts for a hundred jobs that wait. */
import { expect, it } from 'vitest';
import { agentWorld } from '../harness/agents.ts';
import { isSampled } from '../harness/sampled.ts';

const count = isSampled ? 20 : 100;
const rounds = isSampled ? 2 : 3;

it('many agents at once, round after round: all register, run one job and leave, on a server that throttles', async () => {
  await using world = await agentWorld();
  const { emulator, pool } = world;
  for (let round = 1; round <= rounds; round += 1) {
    for (const service of ['entra', 'azureDevOps'] as const)
      emulator.inject({ service, times: count, fault: { status: 429, headers: { 'retry-after': '1' } } });
    const commands = Array.from({ length: count }, (_, index) => world.start(`fleet-${index}`, ['--once']));
    await Promise.all(commands.map((command) => command.says('Listening for Jobs')));
    expect(pool.agents).toHaveLength(count);
    const jobs = commands.map(() => pool.queue(0));
    const ended = await Promise.all(commands.map((command) => command.ended));
    expect(ended.filter(({ exitCode }) => exitCode !== 0).map(({ stderr }) => stderr)).toEqual([]);
    expect(new Set(jobs.map(({ agentName }) => agentName)).size).toBe(count);
    expect(jobs.filter(({ state }) => state !== 'succeeded')).toEqual([]);
    expect([pool.agents, world.processes()]).toEqual([[], []]);
  }
});
