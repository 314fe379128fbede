import type { ChildProcess } from 'node:child_process';
import { backoff, explain, FedbridgeError, type Outbound, type System } from '@fedbridge/core';
import { type AgentPlace, configure, remove, startAgent } from './agent-scripts.ts';
import { callRest, type GetAccessToken, listOf } from './azure-devops-rest.ts';
import type { Organization } from './organization.ts';
import { provideAgent } from './provide-agent.ts';

/** An agent to run. */
export interface AgentOptions {
  readonly organization: Organization;
  readonly pool: string;
  readonly name: string;
  /** The folder that agents are unpacked below. */
  readonly folder: string;
  readonly work: string;
  readonly platform: string;
  /** Whether it ends after one job. */
  readonly once: boolean;
  /** Whether jobs find the variables that this process gets its identity by. */
  readonly shareIdentity: boolean;
  /** How long registering may take, with retries, in ms. */
  readonly registrationMs: number;
  /** How long a job that runs may take yet when the agent is asked to end, in ms. */
  readonly drainMs: number;
}

/** What a run works with: a token that is new whenever it is asked for, and bounds that are new for each piece of work. */
export interface AgentWorld {
  readonly system: System;
  readonly accessToken: GetAccessToken;
  /** @param ms - how long all attempts may take */
  outbound(ms: number): Outbound;
}

const callMs = 60_000;
/** How long removing may take, with retries, in ms. */
const removalMs = 120_000;
/** How long an agent that is asked to end may take, in ms. */
const endMs = 20_000;
const watchMs = 2_000;

/**
 * An agent from nothing to nothing: fetched, registered, run, and removed again with a token of that moment.
 *
 * @param stop - asks for the end: a job that runs is waited for
 * @returns the agent's exit code; 0 if it was asked to end
 * @throws FedbridgeError `INPUT_INVALID`, `DELIVERY_FAILED`, `ANSWER_MALFORMED`, `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `UNAVAILABLE`,
 *   `HTTP_*`, and what `accessToken` throws
 */
export async function runAgent(options: AgentOptions, world: AgentWorld, stop: AbortSignal): Promise<number> {
  const { organization, platform, folder, once, shareIdentity } = options;
  const { system, accessToken } = world;
  await poolOf(options, world, options.registrationMs);
  const agentFolder = await provideAgent(organization, platform, folder, accessToken, world.outbound(15 * 60_000));
  const place: AgentPlace = { ...options, folder: agentFolder };
  try {
    await again(options.registrationMs, world, stop, () => configure(place, accessToken, system));
    if (stop.aborted) return 0;
    world.outbound(0).log(`Agent ${place.name} is in pool ${place.pool}.`);
    return await untilItEnds(await startAgent(place, once, shareIdentity, system.environment), options, world, stop);
  } finally {
    await again(removalMs, world, undefined, () => remove(place, accessToken, system)).then(
      () => world.outbound(0).log(`Agent ${place.name} is removed.`),
      // The next agent of this name replaces it.
      (error) => world.outbound(0).log(`Agent ${place.name} stays in its pool, offline: ${shortMessage(error)}`),
    );
  }
}

async function untilItEnds(
  child: ChildProcess,
  options: AgentOptions,
  world: AgentWorld,
  stop: AbortSignal,
): Promise<number> {
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
  const stopped = new Promise<'stopped'>((resolve) => {
    if (stop.aborted) resolve('stopped');
    stop.addEventListener('abort', () => resolve('stopped'));
  });
  const first = await Promise.race([ended, stopped]);
  if (first !== 'stopped') return first;
  let isOver = false;
  ended.then(() => {
    isOver = true;
  });
  await drain(options, world, () => isOver);
  if (!isOver) child.kill('SIGINT');
  const { system } = world;
  for (const until = system.now() + endMs; !isOver && system.now() < until; ) await system.sleep(watchMs / 10);
  if (!isOver) child.kill('SIGKILL');
  await ended;
  return 0;
}

/** Lets no further job begin, and waits for the one that runs. */
async function drain(options: AgentOptions, world: AgentWorld, isOver: () => boolean): Promise<void> {
  const { system } = world;
  const { log } = world.outbound(0);
  const until = system.now() + options.drainMs;
  try {
    const pool = await poolOf(options, world, options.drainMs);
    const agents = `${options.organization}/_apis/distributedtask/pools/${pool}/agents`;
    const call = (method: 'GET' | 'PATCH', path: string, body?: unknown) =>
      callRest(
        { method, url: `${agents}${path}api-version=7.1`, ...(body === undefined ? {} : { body }) },
        world.accessToken,
        world.outbound(Math.min(callMs, until - system.now())),
      );
    const [agent] = listOf<{ id: number }>(await call('GET', `?agentName=${encodeURIComponent(options.name)}&`));
    if (!agent) return;
    await call('PATCH', `/${agent.id}?`, { id: agent.id, enabled: false });
    for (let isReported = false; !isOver() && system.now() < until; isReported = true) {
      const now = (await call('GET', `/${agent.id}?includeAssignedRequest=true&`)) as
        | { assignedRequest?: unknown }
        | undefined;
      if (!now?.assignedRequest) return;
      if (!isReported) log(`A job runs: it has up to ${Math.round((until - system.now()) / 1000)} s to end.`);
      await system.sleep(watchMs);
    }
  } catch (error) {
    log(`Whether a job runs is not known: ${shortMessage(error)} The agent has its time to end.`);
    while (!isOver() && system.now() < until) await system.sleep(watchMs);
  }
}

/** The id of the pool. @throws FedbridgeError `INPUT_INVALID` if there is none */
async function poolOf({ organization, pool }: AgentOptions, world: AgentWorld, withinMs: number): Promise<number> {
  const url = `${organization}/_apis/distributedtask/pools?poolName=${encodeURIComponent(pool)}&api-version=7.1`;
  const answer = await callRest({ method: 'GET', url }, world.accessToken, world.outbound(withinMs));
  const [found] = listOf<{ id: number }>(answer);
  if (found) return found.id;
  throw new FedbridgeError('INPUT_INVALID', `${organization} has no agent pool "${pool}" that this identity may see.`, {
    hint: 'Create it and give the identity its role with "fedbridge agent setup".',
  });
}

/** Until it succeeds, time is up or the end is asked for; waits grow from a second to half a minute. */
async function again(
  withinMs: number,
  world: AgentWorld,
  stop: AbortSignal | undefined,
  attempt: () => Promise<void>,
): Promise<void> {
  const { system } = world;
  const until = system.now() + withinMs;
  for (let failures = 1; !stop?.aborted; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      const waitMs = backoff(failures, system.random(), { first: 1_000, longest: 30_000 });
      if (!(error instanceof FedbridgeError) || system.now() + waitMs > until) throw error;
      world.outbound(0).log(`${shortMessage(error)} Trying again in ${(waitMs / 1000).toFixed(1)} s.`);
      await system.sleep(waitMs);
    }
  }
}

function shortMessage(error: unknown): string {
  return error instanceof FedbridgeError ? explain(error).split('\n').slice(0, 2).join(' ') : 'an unforeseen error.';
}
