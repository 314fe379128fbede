import type { AgentOptions, AgentWorld } from './agent-options.ts';
import { pause } from './patience.ts';
import { PoolAgent } from './pool-agent.ts';

const callMs = 10_000;
/** Between questions, in ms: an agent of one job is mostly started for one that waits. */
const waitMs = { first: 2_000, longest: 30_000 };

/**
 * Lets no further job begin on an agent of one job once that has begun. Whatever a job can read of its agent, its key among it, is worth no
 * other job then.
 *
 * @param isOver - whether the agent has ended
 */
export async function noSecondJob(options: AgentOptions, world: AgentWorld, isOver: () => boolean): Promise<void> {
  let agent: PoolAgent | undefined;
  for (let ms = waitMs.first; ; ms = Math.min(2 * ms, waitMs.longest)) {
    await pause(world.waits.system, ms, isOver);
    if (isOver()) return;
    try {
      agent ??= await PoolAgent.find(options, world, () => callMs);
      if (!(await agent?.isBusy())) continue;
      await agent?.enable(false);
      return;
    } catch {
      // What cannot be asked now is asked again.
    }
  }
}
