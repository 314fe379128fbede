import { capabilitiesFor } from '../demand.ts';
import { findPool } from '../find-pool.ts';
import type { AgentOptions, AgentWorld } from './agent-options.ts';
import { type AgentPlace, configure, isConfigured, remove } from './agent-scripts.ts';
import { lastingToken } from './lasting-token.ts';
import { listen } from './listen.ts';
import { again, mayPass } from './patience.ts';
import { PoolAgents } from './pool-agents.ts';
import { provideAgent, publishedAgent } from './provide-agent.ts';
import { shortMessage } from './short-message.ts';

const callMs = 60_000;
const fetchMs = 15 * 60_000;
/** How long removing may take, with retries, in ms. */
const removalMs = 120_000;

/**
 * An agent from nothing to nothing: fetched, registered, run, and removed again with a token of that moment. What is refused before it is
 * registered is tried again: an identity, a role or a federated credential that was made moments ago is not known everywhere yet.
 *
 * @returns the agent's exit code; 0 if it was asked to end
 * @throws FedbridgeError `INPUT_INVALID`, `DELIVERY_FAILED`, `ANSWER_MALFORMED`, `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `UNAVAILABLE`,
 *   `HTTP_*`, and what `accessToken` throws
 */
export async function runAgent(options: AgentOptions, given: AgentWorld): Promise<number> {
  const world = { ...given, accessToken: lastingToken(given, given.waits) };
  const { stop } = world.waits;
  const { log } = world.outbound(0);
  let prepared: Prepared | undefined;
  try {
    prepared = await prepare(options, world);
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  if (!prepared || stop.aborted) {
    log('Asked to end before the agent was registered: nothing is left of it.');
    return 0;
  }
  world.waits.finish();
  const { place, until } = prepared;
  try {
    return await registerAndRun(place, until, options, world);
  } finally {
    await takeAway(place, world);
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

async function registerAndRun(
  place: AgentPlace,
  until: number,
  options: AgentOptions,
  world: AgentWorld,
): Promise<number> {
  const { name, pool, demands } = options;
  const { accessToken } = world;
  const { system, stop } = world.waits;
  const { log } = world.outbound(0);
  const trying = { until, system, log, stop };
  await again(trying, () => configure(place, accessToken, system));
  if (demands.length > 0) await again(trying, () => reportCapabilities(options, world));
  if (stop.aborted) return 0;
  log(`Agent ${name} is in pool ${pool}.`);
  return listen(place, options, world);
}

async function reportCapabilities(options: AgentOptions, world: AgentWorld): Promise<void> {
  const agents = await PoolAgents.of(options, world.accessToken, () => world.outbound(callMs));
  const agent = await agents.named(options.name);
  if (agent) await agents.setCapabilities(agent, capabilitiesFor(options.demands));
}

/** Removes the agent, by its own means where it is configured, else what a registration that broke off may have left. */
async function takeAway(place: AgentPlace, world: AgentWorld): Promise<void> {
  const { accessToken } = world;
  const { system } = world.waits;
  const { log } = world.outbound(0);
  const trying = { until: system.now() + removalMs, system, log };
  try {
    const isRemoved = (await isConfigured(place))
      ? await again(trying, async () => remove(place, accessToken, system).then(() => true))
      : await removeRest(place, world);
    if (isRemoved) log(`Agent ${place.name} is removed.`);
  } catch (error) {
    // The next agent of this name replaces it.
    log(`Agent ${place.name} stays in its pool, offline: ${shortMessage(error)}`);
  }
}

async function removeRest(place: AgentPlace, world: AgentWorld): Promise<boolean> {
  const agents = await PoolAgents.of(place, world.accessToken, () => world.outbound(callMs));
  const agent = await agents.named(place.name);
  if (agent?.status !== 'offline') return false;
  await agents.remove(agent);
  return true;
}
