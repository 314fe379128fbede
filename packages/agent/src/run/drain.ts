import type { AgentOptions, AgentWorld } from './agent-options.ts';
import { again } from './patience.ts';
import { PoolAgents } from './pool-agents.ts';
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
  const bounds = () => world.outbound(Math.min(callMs, Math.max(1, until - system.now())));
  try {
    const found = await again(trying, async () => {
      if (isOver()) return undefined;
      const agents = await PoolAgents.of(options, world.accessToken, bounds);
      const agent = await agents.named(options.name);
      // In this order: a job that is given to it in between is seen.
      if (agent) await agents.disable(agent);
      return agent && { agents, agent };
    });
    if (!found) return;
    const { agents, agent } = found;
    for (let isReported = false; !isOver() && system.now() < until; isReported = true) {
      if (!(await again(trying, async () => !isOver() && agents.isBusy(agent)))) return;
      if (!isReported) log(`A job runs: it has up to ${Math.round((until - system.now()) / 1000)} s to end.`);
      await system.sleep(watchMs);
    }
    if (!isOver()) log('The time of the job is over: it is canceled.');
  } catch (error) {
    log(`Whether a job runs is not known: ${shortMessage(error)} The agent has its time to end.`);
    while (!isOver() && system.now() < until) await system.sleep(watchMs);
  }
}
