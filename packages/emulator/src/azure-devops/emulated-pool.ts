import type { OrganizationState, PoolJob } from './organization-state.ts';

/** A pool of self-hosted agents as it is now. */
export interface EmulatedPool {
  readonly agents: readonly { readonly name: string; readonly status: string; readonly enabled: boolean }[];
  readonly jobs: readonly Readonly<PoolJob>[];
  /** Has a job wait for an agent. @param seconds - how long it takes */
  queue(seconds: number): Readonly<PoolJob>;
}

/** @throws Error for a pool that the organization does not have */
export function emulatedPool(state: OrganizationState | undefined, organization: string, name: string): EmulatedPool {
  const pool = [...(state?.pools.values() ?? [])].find((one) => one.name === name);
  if (!state || !pool) throw new Error(`no pool ${name} in ${organization}`);
  return {
    get agents() {
      return [...pool.agents.values()].map(({ name: agent, status, enabled }) => ({ name: agent, status, enabled }));
    },
    jobs: pool.jobs,
    queue: (seconds) => state.queue(pool, seconds),
  };
}
