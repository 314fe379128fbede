import { AzureDevOpsProblem } from '../azure-devops-problem.ts';
import type { OrganizationState } from '../organization-state.ts';
import type { AgentQueue, Pool } from '../pool.ts';
import { type Callers, jsonBody, list, needsManage, type Request, same } from './callers.ts';
import { projectOf } from './service-endpoints.ts';

const queues = '/:organization/:project/_apis/distributedtask/queues';

const permissions = '/:organization/:project/_apis/pipelines/pipelinepermissions/queue/:id';

/**
 * Which pools a project may use, and which of its pipelines may.
 * Sources: Azure DevOps REST API, Distributed Task, "Queues - Get Agent Queues" and "Queues - Add"; Approvals and Checks, "Pipeline Permissions".
 */
export function serveQueues(callers: Callers): void {
  callers.route('GET', queues, async ({ params, query }, { state }) => {
    const project = projectOf(state, params.project);
    const names = query.queueNames?.split(',');
    return list(
      [...state.pools.values()].flatMap((pool) => {
        const queue = pool.queues.get(project);
        const isNamed = names === undefined || names.some((name) => same(name, pool.name));
        return queue && isNamed ? [queueJson(queue, pool, project.id)] : [];
      }),
    );
  });
  callers.route('POST', queues, async (request, { state, member }) => {
    const project = projectOf(state, request.params.project);
    if (!state.isAdministrator(member)) throw needsManage(member);
    const { pool: wanted } = jsonBody<{ pool?: { id?: number } }>(request);
    if (wanted?.id === undefined)
      throw new AzureDevOpsProblem(400, 'ArgumentNullException', 'Value cannot be null. Parameter name: queue.Pool');
    const pool = state.pool(String(wanted.id));
    return queueJson(pool.open(project, request.query.authorizePipelines === 'true'), pool, project.id);
  });
  callers.route('GET', permissions, async ({ params }, { state }) => permissionsJson(queueOf(params, state)));
  callers.route('PATCH', permissions, async (request, { state, member }) => {
    if (!state.isAdministrator(member)) throw needsManage(member);
    const queue = queueOf(request.params, state);
    const { allPipelines } = jsonBody<{ allPipelines?: { authorized?: boolean } }>(request);
    queue.allPipelines = allPipelines?.authorized ?? queue.allPipelines;
    return permissionsJson(queue);
  });
}

function queueOf({ project, id }: Request['params'], state: OrganizationState): AgentQueue {
  const found = [...state.pools.values()]
    .map(({ queues: of }) => of.get(projectOf(state, project)))
    .find((queue) => queue?.id === Number(id));
  if (found) return found;
  throw new AzureDevOpsProblem(404, 'TaskAgentQueueNotFoundException', `No agent queue found with identifier ${id}.`);
}

/** What is not authorized is left out. */
const permissionsJson = ({ id, allPipelines }: AgentQueue) => ({
  resource: { type: 'queue', id: String(id) },
  ...(allPipelines ? { allPipelines: { authorized: true } } : {}),
  pipelines: [],
});

const queueJson = ({ id }: AgentQueue, { id: poolId, name }: Pool, projectId: string) => ({
  ...{ id, projectId, name },
  pool: { id: poolId, name, isHosted: false, poolType: 'automation' },
});
