import type { ScaledJobSpec } from './chart.ts';

/** What a version of KEDA does, as `test/schemas/keda-azure-pipelines.json` has it. */
export interface KedaVersion {
  readonly source: string;
  /** The names of a trigger's metadata that it reads. */
  readonly metadata: readonly string[];
  readonly counts: string;
  readonly accurateKeepsPendingBelowMaximum: boolean;
}

/** Seconds from the start of an agent's pod to each of its states, and how long a job of a pipeline takes. */
export interface Times {
  readonly untilRunning: number;
  readonly untilRegistered: number;
  readonly job: number;
  readonly untilGone: number;
}

interface Agent {
  readonly startedAt: number;
  receivedAt?: number;
}

/** What came of a queue. */
export interface Scaled {
  readonly started: number;
  readonly finishedJobs: number;
  readonly mostAtOnce: number;
  /** Seconds until the last job had finished. */
  readonly seconds: number;
}

/**
 * KEDA's loop over a pool, second by second: what the scaler counts, what the strategy makes of it, and agents that take one job each.
 * Source: kedacore/keda, `pkg/scalers/azure_pipelines_scaler.go`, `pkg/scaling/executor/scale_jobs.go` (`getScalingDecision`, the
 * strategies, `createJobs`, `getPendingJobCount`), `pkg/scaling/scaledjob/metrics.go`.
 *
 * @param arrivals - when each job is queued, in seconds
 * @param within - seconds after which it is given up
 */
export function scale(
  spec: ScaledJobSpec,
  version: KedaVersion,
  arrivals: readonly number[],
  times: Times,
  within: number,
): Scaled {
  const agents: Agent[] = [];
  const waiting: number[] = [];
  let arrived = 0;
  let finishedJobs = 0;
  let mostAtOnce = 0;
  let lastEnd = 0;
  const [trigger] = spec.triggers;
  const metadata = Object.fromEntries(
    Object.entries(trigger?.metadata ?? {}).filter(([name]) => version.metadata.includes(name)),
  );
  const countsInFlight =
    version.counts !== 'unreceived' &&
    !(version.counts.includes('scaleOnInFlight') && metadata.scaleOnInFlight === 'false');
  const endOf = ({ receivedAt }: Agent) =>
    receivedAt === undefined ? Number.POSITIVE_INFINITY : receivedAt + times.job;

  for (let now = 0; now < within && finishedJobs < arrivals.length; now += 1) {
    for (; arrived < arrivals.length && (arrivals[arrived] ?? 0) <= now; arrived += 1) waiting.push(arrived);
    for (const agent of agents) {
      const registered = now >= agent.startedAt + times.untilRegistered;
      if (registered && agent.receivedAt === undefined && waiting.shift() !== undefined) agent.receivedAt = now;
      if (endOf(agent) === now) {
        finishedJobs += 1;
        lastEnd = now;
      }
    }
    const there = agents.filter((agent) => now < endOf(agent) + times.untilGone);
    mostAtOnce = Math.max(mostAtOnce, there.length);
    if (now % spec.pollingInterval !== 0) continue;

    const inFlight = agents.filter((agent) => agent.receivedAt !== undefined && now < endOf(agent)).length;
    const queue = waiting.length + (countsInFlight ? inFlight : 0);
    const isReadyOnly = spec.scalingStrategy.pendingPodConditions?.includes('Ready') ?? false;
    const pending = there.filter(({ startedAt, receivedAt }) =>
      isReadyOnly ? receivedAt === undefined : now < startedAt + times.untilRunning,
    ).length;
    const wanted = effective(spec, version, Math.min(queue, spec.maxReplicaCount), there.length, pending);
    const more = queue > 0 ? Math.max(0, Math.min(queue, wanted)) : 0;
    for (let made = 0; made < more; made += 1) agents.push({ startedAt: now });
  }
  return { started: agents.length, finishedJobs, mostAtOnce, seconds: lastEnd };
}

function effective(spec: ScaledJobSpec, version: KedaVersion, max: number, running: number, pending: number): number {
  const { strategy } = spec.scalingStrategy;
  if (strategy === 'default') return max - running;
  if (strategy !== 'accurate') throw new Error(`no formula of the strategy ${strategy}`);
  const planned = max + running - (version.accurateKeepsPendingBelowMaximum ? pending : 0);
  return planned > spec.maxReplicaCount ? spec.maxReplicaCount - running : max - pending;
}
