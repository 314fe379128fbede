import { listOf } from '../azure-devops-rest.ts';
import { type Demand, formatDemand } from '../demand.ts';
import type { AgentFinding, CheckWorld } from './finding.ts';

/** A job that waits for an agent, or has one. Source: kedacore/keda, `azure_pipelines_scaler.go`. */
interface JobRequest {
  readonly requestId?: number;
  readonly queueTime?: string;
  readonly assignTime?: string | null;
  readonly result?: string | null;
  readonly demands?: readonly string[];
  readonly definition?: { readonly name?: string };
  /** Who has it. */
  readonly reservedAgent?: { readonly name?: string; readonly status?: string };
  readonly matchedAgents?: readonly { readonly name?: string; readonly status?: string; readonly enabled?: boolean }[];
}

/** How long a job may wait until it is said that nothing starts an agent, in ms: several polls, and the start of a pod. */
const longWaitMs = 3 * 60_000;
const mostShown = 5;

/** What waits in the pool, and why. @throws what a call throws */
export async function queueFindings(
  { options, calls, now }: CheckWorld,
  poolId: number,
): Promise<{ readonly findings: readonly AgentFinding[] }> {
  const url = `${options.organization}/_apis/distributedtask/pools/${poolId}/jobrequests?completedRequestCount=0`;
  const all = listOf<JobRequest>(await calls.get('azureDevOps', url)).filter(({ result }) => result == null);
  const waiting = all.filter(({ assignTime }) => assignTime == null);
  const running = all.filter(({ assignTime }) => assignTime != null);
  const counts = `${waiting.length} waiting, ${running.length} running.`;
  const findings: AgentFinding[] = [{ check: 'queue', state: 'ok', detail: counts }];
  const told = [
    ...running.flatMap(whetherItRuns),
    ...waiting.map((request) => whyItWaits(request, options.demands, now)),
  ];
  const problems = told.filter(isProblem);
  const sorted = [...problems, ...told.filter((one) => !isProblem(one))];
  findings.push(...sorted.slice(0, mostShown), ...summaryOf(sorted.slice(mostShown)));
  return { findings };
}

const isProblem = ({ state }: AgentFinding) => state === 'problem';

/** Of those that are not shown one by one. */
function summaryOf(rest: readonly AgentFinding[]): readonly AgentFinding[] {
  if (rest.length === 0) return [];
  const problems = rest.filter(isProblem).length;
  const detail = `${rest.length} more wait${problems > 0 ? `, ${problems} of them with a problem` : ''}.`;
  return [{ check: 'queue', state: problems > 0 ? 'problem' : 'ok', detail }];
}

/** Source: what agents log of their jobs, in microsoft/azure-pipelines-agent#4813, #4939. */
function whetherItRuns({ requestId, definition, reservedAgent }: JobRequest): readonly AgentFinding[] {
  if (reservedAgent?.status !== 'offline') return [];
  const detail = `Of ${definition?.name ?? 'a pipeline'}: ${reservedAgent.name} has it, and is offline.`;
  const fix =
    'Its pod was ended, or lost its network: kubectl get events. Azure DevOps gives the job up ten minutes after it last heard of the agent ("We stopped hearing from agent"): run it again.';
  return [{ check: `request ${requestId}`, state: 'problem', detail, fix }];
}

function whyItWaits(request: JobRequest, ours: readonly Demand[], now: number): AgentFinding {
  const { requestId, queueTime = '', definition, demands = [], matchedAgents } = request;
  const waitedMs = now - Date.parse(queueTime);
  const since = Number.isNaN(waitedMs) ? '' : `, for ${Math.max(0, Math.round(waitedMs / 1000))} s`;
  const job = `request ${requestId}`;
  const what = `Of ${definition?.name ?? 'a pipeline'}${since}`;
  const others = notOurs(demands, ours);
  if (others.length > 0) {
    return {
      ...{
        check: job,
        state: 'problem',
        detail: `${what}: it demands ${others.join(', ')}, which --demand does not name.`,
      },
      fix: 'KEDA starts no agent for it. Name that in the scaler (pool.demands of the chart) and for the placeholder.',
    };
  }
  const able = matchedAgents ?? [];
  const online = able.filter(({ status, enabled }) => status === 'online' && enabled !== false);
  if (matchedAgents && able.length === 0) {
    return {
      ...{ check: job, state: 'problem', detail: `${what}: no agent of the pool satisfies ${demands.join(', ')}.` },
      fix: 'Make an offline agent with it: fedbridge agent placeholder --demand NAME=VALUE',
    };
  }
  if (online.length > 0) {
    return { check: job, state: 'ok', detail: `${what}: ${online.map(({ name }) => name).join(', ')} can run it.` };
  }
  if (waitedMs < longWaitMs) return { check: job, state: 'ok', detail: `${what}: an agent is yet to start for it.` };
  return {
    ...{ check: job, state: 'problem', detail: `${what}: nothing starts an agent for it.` },
    fix: "See what KEDA says: kubectl describe scaledjob, and its operator's log. Where agents do start, see the log of their pods, container registration. Parallel jobs of the organization may be used up: Organization settings > Parallel jobs.",
  };
}

/**
 * The demands that a scaler which is told ours does not count a request by: it compares texts, and is told of `gpu=a100` that there is `gpu`,
 * too. Source: kedacore/keda, `getCanAgentDemandFulfilJob`.
 */
function notOurs(demands: readonly string[], ours: readonly Demand[]): readonly string[] {
  if (ours.length === 0) return [];
  const known = new Set(ours.flatMap((one) => [one.name, formatDemand(one)]));
  return demands.filter((one) => !one.startsWith('Agent.Version') && !known.has(one));
}
