import type { AgentOptions, AgentWorld } from './agent-options.ts';
import { again, pause } from './patience.ts';
import { PoolAgent } from './pool-agent.ts';
import { shortMessage } from './short-message.ts';

const callMs = 60_000;
const watchMs = 2_000;

/**
 * Lets no further job begin, and waits for the one that runs.
 *
 * @param isOver - whether the agent has ended
 */
export async function drain(options: AgentOptions, world: AgentWorld, isOver: () => boolean): Promise<void> {
  const { system } = world.waits;
  const { log } = world.outbound(0);
  const until = system.now() + options.drainMs;
  const trying = { until, system, log };
  const left = () => Math.min(callMs, Math.max(1, until - system.now()));
  try {
    const agent = await again(trying, async () => {
      if (isOver()) return undefined;
      const found = await PoolAgent.find(options, world, left);
      // In this order: a job that is given to it in between is seen.
      await found?.enable(false);
      return found;
    });
    if (!agent) return;
    for (let isReported = false; !isOver() && system.now() < until; isReported = true) {
      if (!(await again(trying, async () => !isOver() && agent.isBusy()))) return;
      if (!isReported) log(`A job runs: it has up to ${Math.round((until - system.now()) / 1000)} s to end.`);
      await system.sleep(watchMs);
    }
    if (!isOver()) log('The time of the job is over: it is canceled.');
  } catch (error) {
    log(`Whether a job runs is not known: ${shortMessage(error)} The agent has its time to end.`);
    await pause(system, until - system.now(), isOver);
  }
}
