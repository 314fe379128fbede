import { AzureDevOpsProblem } from '../azure-devops-problem.ts';
import type { AgentQueue, Pool } from '../pool.ts';
import { type Callers, jsonBody, list, needsManage, same } from './callers.ts';
import { projectOf } from './service-endpoints.ts';

const queues = '/:organization/:project/_apis/distributedtask/queues';

/** Which pools a project may use. Source: Azure DevOps REST API, Distributed Task, "Queues - Get Agent Queues" and "Queues - Add". */
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
}

const queueJson = ({ id }: AgentQueue, { id: poolId, name }: Pool, projectId: string) => ({
  ...{ id, projectId, name },
  pool: { id: poolId, name, isHosted: false, poolType: 'automation' },
});
