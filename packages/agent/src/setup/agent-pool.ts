import { listOf } from '../azure-devops-rest.ts';
import type { Organization } from '../organization.ts';
import type { SetupCalls } from './setup-calls.ts';

interface Assignment {
  readonly identity?: { readonly id?: string };
  readonly role?: { readonly name?: string };
}

/** A pool of self-hosted agents to be. */
export interface PoolOptions {
  readonly organization: Organization;
  readonly pool: string;
  /** Whether every project may use a pool that is created. */
  readonly allProjects: boolean;
}

/** Who shall be Administrator of which pool; without an id what a dry run would have made. */
export interface RoleOptions {
  readonly organization: Organization;
  readonly pool: string;
  readonly poolId: number | undefined;
  readonly userId: string | undefined;
}

/** In a dry run the id of what is not there yet. */
const notYet = '<id>';

/**
 * Source: Azure DevOps REST API, Distributed Task, "Pools".
 *
 * @returns the pool's id; undefined in a dry run that would make it
 * @throws what a call throws
 */
export async function ensurePool(
  { organization, pool, allProjects }: PoolOptions,
  calls: SetupCalls,
): Promise<number | undefined> {
  const pools = `${organization}/_apis/distributedtask/pools`;
  const byName = `${pools}?poolName=${encodeURIComponent(pool)}&api-version=7.1`;
  const known = listOf<{ id: number }>(await calls.get('azureDevOps', byName))[0]?.id;
  const created = await calls.ensure(`pool ${pool}`, known !== undefined, 'azureDevOps', {
    method: 'POST',
    url: `${pools}?api-version=7.1`,
    body: { name: pool, autoProvision: allProjects },
  });
  return known ?? (created as { id?: number } | undefined)?.id;
}

/**
 * Source: Azure DevOps REST API, Security Roles, "Role Assignments".
 *
 * @throws what a call throws
 */
export async function ensureAdministrator(options: RoleOptions, calls: SetupCalls): Promise<void> {
  const { pool, userId = notYet } = options;
  await calls.ensure(`role Administrator of pool ${pool}`, await isAdministrator(options, calls), 'azureDevOps', {
    method: 'PUT',
    url: assignmentsUrl(options),
    body: [{ roleName: 'Administrator', userId }],
  });
}

/** @throws what a call throws */
export async function isAdministrator(options: RoleOptions, calls: SetupCalls): Promise<boolean> {
  if (options.poolId === undefined) return false;
  const assignments = listOf<Assignment>(await calls.get('azureDevOps', assignmentsUrl(options)));
  return assignments.some(
    ({ identity, role }) => identity?.id === (options.userId ?? notYet) && role?.name === 'Administrator',
  );
}

function assignmentsUrl({ organization, poolId = notYet }: Pick<RoleOptions, 'organization'> & { poolId?: unknown }) {
  return `${organization}/_apis/securityroles/scopes/distributedtask.agentpoolrole/roleassignments/resources/${poolId}?api-version=7.1-preview.1`;
}
