import { capabilitiesFor } from '../demand.ts';
import { findPool } from '../find-pool.ts';
import type { AgentOptions, AgentWorld } from './agent-options.ts';
import { type AgentPlace, configure, isConfigured, remove } from './agent-scripts.ts';
import { drain } from './drain.ts';
import { lastingToken } from './lasting-token.ts';
import { type ListenWorld, listen } from './listen.ts';
import { again, mayPass } from './patience.ts';
import { PoolAgents } from './pool-agents.ts';
import { provideAgent, publishedAgent } from './provide-agent.ts';
import { shortMessage } from './short-message.ts';

const callMs = 60_000;
const fetchMs = 15 * 60_000;
/** How long removing may take, with retries, in ms. */
const removalMs = 120_000;
/** How long a job may be an agent's that is gone, in ms. Source: what agents log, in microsoft/azure-pipelines-agent#4813, #4939: ten minutes. */
const lostMs = 12 * 60_000;

/** Where a registered agent runs. */
export interface AgentHost {
  /** The folder of an agent that a process before this one has registered, and that runs there already. */
  readonly runsIn?: string | undefined;
  /**
   * Runs the agent until it ends or is asked to.
   *
   * @returns its exit code; 0 if it was asked to end
   */
  run(place: AgentPlace, world: ListenWorld): Promise<number>;
}

/**
 * An agent from nothing to nothing: fetched, registered, run, and removed again with a token of that moment. What is refused before it is
 * registered is tried again: an identity, a role or a federated credential that was made moments ago is not known everywhere yet.
 *
 * @param host - this process by default
 * @returns the agent's exit code; 0 if it was asked to end
 * @throws FedbridgeError `INPUT_INVALID`, `DELIVERY_FAILED`, `ANSWER_MALFORMED`, `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `UNAVAILABLE`,
 *   `HTTP_*`, and what `accessToken` throws
 */
export async function runAgent(
  options: AgentOptions,
  given: AgentWorld,
  host: AgentHost = { run: (place, world) => listen(place, options, world) },
): Promise<number> {
  const world = { ...given, accessToken: lastingToken(given, given.waits) };
  const { waits } = world;
  const { log } = world.outbound(0);
  let prepared: Prepared | undefined;
  try {
    prepared = host.runsIn ? { place: { ...options, folder: host.runsIn }, until: 0 } : await prepare(options, world);
  } catch (error) {
    if (!waits.stop.aborted) throw error;
  }
  if (!prepared || waits.stop.aborted) {
    log('Asked to end before the agent was registered: nothing is left of it.');
    return 0;
  }
  waits.finish();
  const { place, until } = prepared;
  const listening: ListenWorld = { waits, log, drain: (isOver) => drain(options, world, isOver) };
  for (let isRegistered = host.runsIn !== undefined; ; ) {
    let exitCode: number | undefined;
    let hasJob = false;
    try {
      isRegistered ||= await register(place, until, options, world);
      exitCode = isRegistered ? await host.run(place, listening) : 0;
    } finally {
      hasJob = await takeAway(place, exitCode, options, world);
    }
    if (!hasJob) return exitCode;
    log(`Agent ${place.name} was given another job as it ended, and runs it.`);
  }
}

interface Prepared {
  readonly place: AgentPlace;
  /** Until when registering may be tried, in ms since 1970-01-01 UTC. */
  readonly until: number;
}

/** Sees that the pool is there, and fetches the agent. @returns undefined where the end was asked for */
async function prepare(options: AgentOptions, world: AgentWorld): Promise<Prepared | undefined> {
  const { organization, platform, folder, registrationMs } = options;
  const { waits, accessToken } = world;
  const { system, stop } = waits;
  const { log } = world.outbound(0);
  const until = system.now() + registrationMs;
  const trying = { until, system, log, stop, mayPass };
  const bounds = () => world.outbound(Math.min(callMs, Math.max(1, until - system.now())));
  const found = await again(trying, async () => {
    await findPool(options, accessToken, bounds());
    return publishedAgent(organization, platform, accessToken, bounds());
  });
  if (!found) return undefined;
  const began = system.now();
  const agentFolder = await provideAgent(found, folder, world.outbound(fetchMs), stop);
  return { place: { ...options, folder: agentFolder }, until: until + system.now() - began };
}

/** @returns false where the end was asked for */
async function register(place: AgentPlace, until: number, options: AgentOptions, world: AgentWorld): Promise<boolean> {
  const { name, pool, demands } = options;
  const { accessToken } = world;
  const { system, stop } = world.waits;
  const { log } = world.outbound(0);
  const trying = { until, system, log, stop };
  await again(trying, () => configure(place, accessToken, system));
  if (demands.length > 0) await again(trying, () => reportCapabilities(options, world));
  if (stop.aborted) return false;
  log(`Agent ${name} is in pool ${pool}.`);
  return true;
}

async function reportCapabilities(options: AgentOptions, world: AgentWorld): Promise<void> {
  const agents = await PoolAgents.of(options, world.accessToken, () => world.outbound(callMs));
  const agent = await agents.named(options.name);
  if (agent) await agents.setCapabilities(agent, capabilitiesFor(options.demands));
}

/** What became of an agent that is to be removed. */
type Removal = 'removed' | 'was not there' | 'has a job';

/**
 * Removes the agent, by its own means where it is configured, else what a registration that broke off may have left.
 *
 * @param exitCode - how the agent ended; undefined if it was not started
 * @returns whether it was left in the pool for a job that it was given as it ended
 */
async function takeAway(
  place: AgentPlace,
  exitCode: number | undefined,
  { once }: AgentOptions,
  world: AgentWorld,
): Promise<boolean> {
  const { waits, accessToken } = world;
  const { system, stop } = waits;
  const { log } = world.outbound(0);
  const within = (ms: number) => ({ until: system.now() + ms, system, log });
  try {
    let removal = await again(within(removalMs), () => removed(place, world));
    if (removal === 'has a job') {
      if (exitCode === 0 && !stop.aborted) return true;
      const isLost = once && !stop.aborted;
      if (isLost)
        log(
          'It had a job, which Azure DevOps gives up ten minutes after it last heard of the agent. It is removed then.',
        );
      // Another start of an agent that stays takes its place sooner.
      const trying = isLost ? { ...within(lostMs), stop } : within(removalMs);
      removal = await again(trying, () => remove(place, accessToken, system).then(() => 'removed' as const));
    }
    if (removal === 'removed') log(`Agent ${place.name} is removed.`);
    else if (removal === undefined) log(`Agent ${place.name} stays in its pool, offline: its job is not given up yet.`);
  } catch (error) {
    // The next agent of this name replaces it.
    log(`Agent ${place.name} stays in its pool, offline: ${shortMessage(error)}`);
  }
  return false;
}

async function removed(place: AgentPlace, world: AgentWorld): Promise<Removal> {
  const { accessToken, waits } = world;
  const poolAgents = () => PoolAgents.of(place, accessToken, () => world.outbound(callMs));
  if (await isConfigured(place.folder)) {
    try {
      await remove(place, accessToken, waits.system);
      return 'removed';
    } catch (error) {
      const agents = await poolAgents();
      const agent = await agents.named(place.name);
      if (agent && (await agents.isBusy(agent))) return 'has a job';
      throw error;
    }
  }
  const agents = await poolAgents();
  const agent = await agents.named(place.name);
  if (agent?.status !== 'offline') return 'was not there';
  await agents.remove(agent);
  return 'removed';
}
