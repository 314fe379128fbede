import type { Capabilities } from './demands.ts';
import type { OrganizationState } from './organization-state.ts';
import type { PoolJob } from './pool.ts';

/** A pool of self-hosted agents as it is now. */
export interface EmulatedPool {
  readonly id: number;
  readonly agents: readonly {
    readonly name: string;
    readonly version: string;
    readonly status: string;
    readonly enabled: boolean;
    readonly userCapabilities: Capabilities;
  }[];
  readonly jobs: readonly Readonly<PoolJob>[];
  /** The projects that may use it, and whether each of their pipelines may without being permitted first. */
  readonly projects: Readonly<Record<string, 'all pipelines' | 'permitted pipelines'>>;
  /**
   * Has a job wait for an agent.
   *
   * @param seconds - how long it takes
   * @param demands - each `NAME`, `NAME -equals VALUE` or `NAME -gtVersion VERSION`
   * @throws Error in the service's words, where no agent of the pool, offline ones included, has what is demanded
   */
  queue(seconds: number, demands?: readonly string[]): Readonly<PoolJob>;
  /** Gives a job to an agent that does not ask for one, as the service does with one that was about to end. @throws Error for no such agent */
  give(job: Readonly<PoolJob>, agent: string): void;
  /** Has every agent take another version, as "Update all agents" does, or a job that demands a newer one. */
  update(version: string): void;
}

/** @throws Error for a pool that the organization does not have */
export function emulatedPool(state: OrganizationState | undefined, organization: string, name: string): EmulatedPool {
  const pool = [...(state?.pools.values() ?? [])].find((one) => one.name === name);
  if (!pool) throw new Error(`no pool ${name} in ${organization}`);
  return {
    id: pool.id,
    get agents() {
      pool.settle();
      return [...pool.agents.values()].map((agent) => ({
        ...{ name: agent.name, version: agent.version, status: pool.statusOf(agent) },
        ...{ enabled: agent.enabled, userCapabilities: agent.userCapabilities },
      }));
    },
    get jobs() {
      pool.settle();
      return pool.jobs;
    },
    get projects() {
      return Object.fromEntries(
        [...pool.queues].map(([{ name: project }, { allPipelines }]) => [
          project,
          allPipelines ? 'all pipelines' : 'permitted pipelines',
        ]),
      ) as EmulatedPool['projects'];
    },
    queue: (seconds, demands = []) => pool.queue(seconds, demands),
    give(job, agent) {
      const known = [...pool.agents.values()].find((one) => one.name === agent);
      const own = pool.jobs.find((one) => one === job);
      if (!known || !own) throw new Error(`no agent ${agent} or no such job in pool ${name}`);
      pool.assign(own, known);
    },
    update(version) {
      for (const agent of pool.agents.values()) agent.updateTo = version;
    },
  };
}
