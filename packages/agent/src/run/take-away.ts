import { FedbridgeError } from '@fedbridge/core';
import type { AgentOptions, AgentWorld } from './agent-options.ts';
import { type AgentPlace, isConfigured, remove } from './agent-scripts.ts';
import { again } from './patience.ts';
import { PoolAgent } from './pool-agent.ts';
import { shortMessage } from './short-message.ts';

/** How long removing may take, with retries, in ms. */
const removalMs = 120_000;
/** How long a job may be an agent's that is gone, in ms. Source: what agents log, in microsoft/azure-pipelines-agent#4813, #4939: ten minutes. */
const lostMs = 12 * 60_000;

/** How an agent ended. */
interface Ended {
  /** Whether this process, or one before it, registered it. */
  readonly isRegistered: boolean;
  /** Undefined if it was not started. */
  readonly exitCode: number | undefined;
}

/** What became of an agent that is to be removed; the agent, where it has a job. */
type Removal = 'removed' | 'was not there' | PoolAgent;

/**
 * Removes the agent, by its own means where it is configured, else what a registration that broke off may have left.
 *
 * @returns whether it was left in the pool for a job that it was given as it ended
 */
export async function takeAway(
  place: AgentPlace,
  ended: Ended,
  { once }: AgentOptions,
  world: AgentWorld,
): Promise<boolean> {
  const { system, stop } = world.waits;
  const { log } = world.outbound(0);
  const within = (ms: number) => ({ until: system.now() + ms, system, log });
  try {
    let removal = await again(within(removalMs), () => removed(place, ended, world));
    if (removal instanceof PoolAgent) {
      if (ended.exitCode === 0 && !stop.aborted) return true;
      const isLost = once && !stop.aborted;
      if (isLost)
        log(
          'It had a job, which Azure DevOps gives up ten minutes after it last heard of the agent. It is removed then.',
        );
      // Another start of an agent that stays takes its place sooner.
      const trying = isLost ? { ...within(lostMs), stop } : within(removalMs);
      removal = await again(trying, () => removedOrDisabled(place, ended, world));
    }
    if (removal === 'removed') log(`Agent ${place.name} is removed.`);
    else if (removal === undefined) log(`Agent ${place.name} stays in its pool, offline: its job is not given up yet.`);
  } catch (error) {
    // The next agent of this name replaces it.
    log(`Agent ${place.name} stays in its pool, offline: ${shortMessage(error)}`);
  }
  return false;
}

/** @throws FedbridgeError `EXCHANGE_REJECTED` while it has a job, and then nobody who has its key is given another by it */
async function removedOrDisabled(place: AgentPlace, ended: Ended, world: AgentWorld): Promise<Removal> {
  const removal = await removed(place, ended, world);
  if (!(removal instanceof PoolAgent)) return removal;
  await removal.enable(false);
  throw new FedbridgeError('EXCHANGE_REJECTED', `Agent ${place.name} has a job.`, { recovery: 'transient' });
}

async function removed(place: AgentPlace, { isRegistered }: Ended, world: AgentWorld): Promise<Removal> {
  if (await isConfigured(place.folder)) {
    try {
      await remove(place, world.accessToken, world.waits.system);
      return 'removed';
    } catch (error) {
      const agent = await PoolAgent.find(place, world);
      if (agent && (await agent.isBusy())) return agent;
      throw error;
    }
  }
  const agent = await PoolAgent.find(place, world);
  // One that is online may be another process's.
  if (!agent || !(isRegistered || agent.isOffline)) return 'was not there';
  if (await agent.isBusy()) return agent;
  await agent.remove();
  return 'removed';
}
