import type { AgentOptions, AgentWorld } from './agent-options.ts';
import { PoolAgent } from './pool-agent.ts';

const callMs = 10_000;
/** Between questions, in ms: an agent of one job is mostly started for one that waits. */
const waitMs = { first: 2_000, longest: 30_000 };
/** How soon the end is noticed during a wait, in ms. */
const sliceMs = 200;

/**
 * Lets no further job begin on an agent of one job once that has begun. Whatever a job can read of its agent, its key among it, is worth no
 * other job then.
 *
 * @param isOver - whether the agent has ended
 */
export async function noSecondJob(options: AgentOptions, world: AgentWorld, isOver: () => boolean): Promise<void> {
  const { waits, accessToken } = world;
  const { system } = waits;
  let agent: PoolAgent | undefined;
  for (let ms = waitMs.first; ; ms = Math.min(2 * ms, waitMs.longest)) {
    for (const end = system.now() + ms; !isOver() && system.now() < end; ) await system.sleep(sliceMs);
    if (isOver()) return;
    try {
      agent ??= await PoolAgent.find(options, accessToken, () => world.outbound(callMs));
      if (!(await agent?.isBusy())) continue;
      await agent?.enable(false);
      return;
    } catch {
      // What cannot be asked now is asked again.
    }
  }
}
