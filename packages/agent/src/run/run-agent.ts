import { shortestAttempt } from '@fedbridge/core';
import { capabilitiesFor } from '../demand.ts';
import { findPool } from '../find-pool.ts';
import type { AgentOptions, AgentWorld } from './agent-options.ts';
import { type AgentPlace, configure } from './agent-scripts.ts';
import { drain } from './drain.ts';
import { lastingToken } from './lasting-token.ts';
import { type ListenWorld, listen } from './listen.ts';
import { noSecondJob } from './one-job.ts';
import { again, mayPass } from './patience.ts';
import { PoolAgent } from './pool-agent.ts';
import { provideAgent, publishedAgent } from './provide-agent.ts';
import { shortMessage } from './short-message.ts';
import { takeAway } from './take-away.ts';

const callMs = 60_000;
const fetchMs = 15 * 60_000;

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
  let isRegistered = host.runsIn !== undefined;
  if (isRegistered) await completeEarlier(options, world);
  for (;;) {
    let exitCode: number | undefined;
    let hasJob = false;
    try {
      isRegistered ||= await register(place, until, options, world);
      exitCode = isRegistered ? await runIn(host, place, listening, options, world) : 0;
    } finally {
      hasJob = await takeAway(place, { isRegistered, exitCode }, options, world);
    }
    if (!hasJob) return exitCode;
    log(`Agent ${place.name} was given another job as it ended, and runs it.`);
  }
}

async function runIn(
  host: AgentHost,
  place: AgentPlace,
  listening: ListenWorld,
  options: AgentOptions,
  world: AgentWorld,
): Promise<number> {
  let isOver = false;
  const watched = options.once ? noSecondJob(options, world, () => isOver) : undefined;
  try {
    return await host.run(place, listening);
  } finally {
    isOver = true;
    await watched;
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
  const bounds = () => world.outbound(Math.min(callMs, Math.max(shortestAttempt, until - system.now())));
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
  const { name, pool } = options;
  const { accessToken } = world;
  const { system, stop } = world.waits;
  const { log } = world.outbound(0);
  const trying = { until, system, log, stop };
  await again(trying, () => configure(place, accessToken, system));
  await again(trying, () => complete(options, world, true));
  if (stop.aborted) return false;
  log(`Agent ${name} is in pool ${pool}.`);
  return true;
}

/**
 * What registering leaves as it was where there was an agent of the same name: one that was drained and killed stays disabled.
 * Source: microsoft/azure-pipelines-agent, `ConfigurationManager.UpdateExistingAgent`.
 *
 * @param isNew - whether no job can have begun on it
 */
async function complete({ demands, ...options }: AgentOptions, world: AgentWorld, isNew: boolean): Promise<void> {
  const agent = await PoolAgent.find(options, world);
  if (isNew && agent?.isEnabled === false) await agent.enable(true);
  if (demands.length > 0) await agent?.setCapabilities(capabilitiesFor(demands));
}

/** Of an agent that a process before this one has registered, and perhaps no more than that. */
async function completeEarlier(options: AgentOptions, world: AgentWorld): Promise<void> {
  const { log } = world.outbound(0);
  if (options.demands.length === 0) return;
  await complete(options, world, false).catch((error: unknown) =>
    log(`What agent ${options.name} satisfies could not be reported: ${shortMessage(error)}`),
  );
}
