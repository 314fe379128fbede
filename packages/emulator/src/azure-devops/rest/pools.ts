import { AzureDevOpsProblem } from '../azure-devops-problem.ts';
import type { Pool } from '../organization-state.ts';
import { type Callers, denied, jsonBody, list, same } from './callers.ts';

/** Below it is what is about agents. */
export const pools = '/:organization/_apis/distributedtask/pools';

/** Source: Azure DevOps REST API, Distributed Task, "Pools". */
export function servePools(callers: Callers): void {
  callers.route('GET', pools, async ({ query }, { state }) =>
    list(
      [...state.pools.values()]
        .filter(({ name }) => query.poolName === undefined || same(name, query.poolName))
        .map(poolJson),
    ),
  );
  callers.route('POST', pools, async (request, { state, member }) => {
    if (!state.isAdministrator(member)) throw denied(member, 'create pools');
    const { name } = jsonBody<{ name?: string }>(request);
    if (!name)
      throw new AzureDevOpsProblem(400, 'ArgumentNullException', 'Value cannot be null. Parameter name: pool.Name');
    return poolJson(state.addPool(name));
  });
}

const poolJson = ({ id, name, agents }: Pool) => ({
  id,
  name,
  poolType: 'automation',
  isHosted: false,
  size: agents.size,
});
