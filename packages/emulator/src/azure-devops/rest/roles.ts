import { AzureDevOpsProblem } from '../azure-devops-problem.ts';
import type { OrganizationState } from '../organization-state.ts';
import type { Pool, PoolRole } from '../pool.ts';
import { administered, type Callers, jsonBody, list } from './callers.ts';

const roles = '/:organization/_apis/securityroles/scopes/distributedtask.agentpoolrole/roleassignments/resources/:pool';

/** Who may do what with a pool. Source: Azure DevOps REST API, Security Roles. */
export function serveRoles(callers: Callers): void {
  callers.route('GET', roles, async ({ params }, { state }) => list(assignments(state, state.pool(params.pool))));
  callers.route('PUT', roles, async (request, caller) => {
    const { state } = caller;
    const pool = administered(caller, request.params.pool);
    for (const { userId, roleName } of jsonBody<{ userId: string; roleName: PoolRole }[]>(request)) {
      if (![...state.members.values()].some(({ id }) => id === userId)) {
        const message = `The identity ${userId} could not be found.`;
        throw new AzureDevOpsProblem(404, 'IdentityNotFoundException', message);
      }
      pool.roles.set(userId, roleName);
    }
    return list(assignments(state, pool));
  });
}

function assignments(state: OrganizationState, pool: Pool) {
  return [...pool.roles].map(([userId, name]) => ({
    access: 'assigned',
    identity: { id: userId, displayName: [...state.members.values()].find(({ id }) => id === userId)?.clientId },
    role: { name, scope: 'distributedtask.agentpoolrole' },
  }));
}
