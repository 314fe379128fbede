/**
 * The end of a pod, in which the tokens are those that there are.
 *
 * Tests as well:
 * - packages/agent/src/run/drain.ts
 * - packages/agent/src/run/lasting-token.ts
 */
import { expect, it } from 'vitest';
import { agentWorld, until } from '../harness/agents.ts';

// Source: kubernetes/kubernetes#116481, #122102: the kubelet does not renew the token of a pod that is to end.
it('a job that ends after the token of its pod, and after the access token of before: the agent is removed', async () => {
  await using world = await agentWorld({ podTokenSeconds: 1000, accessTokenSeconds: 1500, startedAgo: 900 });
  const { emulator, pod, pool } = world;
  const command = world.start('slow', ['--once']);
  await command.says('Listening for Jobs');
  const job = pool.queue(15);
  await until(() => job.state === 'running');
  /** Lets time pass as it does: the agent renews its job meanwhile. */
  const pass = async (seconds: number) => {
    for (let left = seconds; left > 0; left -= 300) {
      const { lockedUntil } = job;
      emulator.clock.advance(Math.min(left, 300));
      await until(() => job.state !== 'running' || job.lockedUntil !== lockedUntil);
    }
  };
  await pass(900);
  await pod.rotate();
  pod.terminate();
  command.child.kill('SIGTERM');
  await command.says('A job runs');
  await pass(1200);
  const { exitCode, stderr } = await command.ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining('Agent slow is removed.') });
  expect([job.state, world.registered()]).toEqual(['succeeded', []]);
});
