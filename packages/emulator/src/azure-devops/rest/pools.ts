import { AzureDevOpsProblem } from '../azure-devops-problem.ts';
import type { Pool } from '../pool.ts';
import { type Callers, jsonBody, list, needsManage, same } from './callers.ts';

/** Below it is what is about agents. */
export const pools = '/:organization/_apis/distributedtask/pools';

/** Source: Azure DevOps REST API, Distributed Task, "Pools". */
export function servePools(callers: Callers): void {
  callers.route('GET', pools, async ({ query }, { state }) =>
    list(
      [...state.pools.values()]
        .filter(({ name }) => query.poolName === undefined || same(name, query.poolName))
        .filter(({ id }) => query.poolID === undefined || id === Number(query.poolID))
        .map(poolJson),
    ),
  );
  callers.route('POST', pools, async (request, { state, member }) => {
    if (!state.isAdministrator(member)) throw needsManage(member);
    const { name, autoProvision } = jsonBody<{ name?: string; autoProvision?: boolean }>(request);
    if (!name)
      throw new AzureDevOpsProblem(400, 'ArgumentNullException', 'Value cannot be null. Parameter name: pool.Name');
    return poolJson(state.addPool(name, autoProvision));
  });
  callers.route('GET', `${pools}/:pool`, async ({ params }, { state }) => poolJson(state.pool(params.pool)));
}

const poolJson = ({ id, name, agents, autoProvision, createdOn }: Pool) => ({
  ...{ id, name, createdOn, autoProvision, autoUpdate: true, autoSize: true, targetSize: null, agentCloudId: null },
  ...{ poolType: 'automation', isHosted: false, isLegacy: false, options: 'none', size: agents.size },
});
