import type { OrganizationState } from '../organization-state.ts';
import type { Agent, Pool, PoolJob } from '../pool.ts';
import { type Callers, list } from './callers.ts';
import { pools } from './pools.ts';

/** How many finished ones are told of, where nothing is said. Source: Azure DevOps SDK, `GetAgentRequestsForAgentsAsync`. */
const completedByDefault = 50;

/**
 * The queue of a pool, as a scaler reads it. The service documents none of it.
 * Source: kedacore/keda, `pkg/scalers/azure_pipelines_scaler.go`, and kedacore/keda#4387: with `$top` no agents that match are named.
 */
export function serveJobRequests(callers: Callers): void {
  callers.route('GET', `${pools}/:pool/jobrequests`, async ({ params, query }, { state }) => {
    const pool = state.pool(params.pool);
    const newestFirst = pool.jobs.toReversed();
    if (query.$top !== undefined)
      return list(newestFirst.slice(0, Number(query.$top)).map((job) => requestJson(job, pool, state)));
    const completed = Number(query.completedRequestCount ?? completedByDefault);
    const finished = newestFirst.filter(isFinished).slice(0, completed);
    const told = newestFirst.filter((job) => !isFinished(job) || finished.includes(job));
    return list(
      told.map((job) => ({
        ...requestJson(job, pool, state),
        ...(job.state === 'queued'
          ? { matchedAgents: pool.matching(job.demands).map((agent) => referenceJson(agent, pool)) }
          : {}),
      })),
    );
  });
}

const isFinished = ({ state }: PoolJob) => state !== 'queued' && state !== 'running';

/** What has no value is not told: a request without `result` is not over. */
function requestJson(job: PoolJob, pool: Pool, { organization }: OrganizationState) {
  const { id, demands, jobId, planId, queueTime, assignTime, receiveTime, agentId, agentName } = job;
  const { lockedUntil, finishTime } = job;
  const agent = agentId === undefined ? undefined : pool.agents.get(agentId);
  const [project] = organization.projects;
  const [pipeline, definition] = Object.entries(project?.pipelines ?? {})[0] ?? ['pipeline', '1'];
  return {
    ...{ requestId: id, queueTime, assignTime, receiveTime, lockedUntil, finishTime },
    ...(isFinished(job) ? { result: job.state } : {}),
    ...{ serviceOwner: '00025394-6065-48ca-87d9-7f5672854ef7', hostId: organization.id, scopeId: project?.id },
    ...{ planType: 'Build', planId, jobId, demands },
    ...(agent
      ? { reservedAgent: referenceJson(agent, pool) }
      : agentName === undefined
        ? {}
        : { reservedAgent: { id: agentId, name: agentName } }),
    definition: { id: Number(definition), name: pipeline },
    owner: { id, name: `20261101.${id}` },
    data: { ParallelismTag: 'Private', IsScheduledKey: 'False' },
    ...{ poolId: pool.id, orchestrationId: `${planId}.job`, matchesAllAgentsInPool: false, priority: 0 },
  };
}

const referenceJson = (agent: Agent, pool: Pool) => ({
  ...{ id: agent.id, name: agent.name, version: agent.version, osDescription: agent.osDescription },
  ...{ enabled: agent.enabled, status: pool.statusOf(agent) },
  ...{ provisioningState: 'Provisioned', accessPoint: 'CodexAccessMapping' },
});
