import { FedbridgeError } from '@fedbridge/core';
import { isNotThere, listOf } from '../azure-devops-rest.ts';
import { poolUrl } from '../find-pool.ts';
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
 * @throws FedbridgeError `ANSWER_MALFORMED`, and what a call throws
 */
export async function ensurePool(
  { organization, pool, allProjects }: PoolOptions,
  calls: SetupCalls,
): Promise<number | undefined> {
  const pools = `${organization}/_apis/distributedtask/pools`;
  const known = await poolIdOf({ organization, pool }, calls);
  const created = await calls.ensure(`pool ${pool}`, known !== undefined, 'azureDevOps', {
    method: 'POST',
    url: `${pools}?api-version=7.1`,
    body: { name: pool, autoProvision: allProjects },
  });
  const id = known ?? (created as { id?: number } | undefined)?.id;
  if (id !== undefined || calls.dryRun) return id;
  throw new FedbridgeError('ANSWER_MALFORMED', `${organization} names no id of pool ${pool}.`);
}

/** @throws what a call throws */
export async function poolIdOf(
  name: Pick<PoolOptions, 'organization' | 'pool'>,
  calls: SetupCalls,
): Promise<number | undefined> {
  return listOf<{ id: number }>(await calls.get('azureDevOps', poolUrl(name)))[0]?.id;
}

/**
 * Source: Azure DevOps REST API, Security Roles, "Role Assignments".
 *
 * @throws FedbridgeError `EXCHANGE_REJECTED` where it is not to be seen, and what a call throws
 */
export async function ensureAdministrator(options: RoleOptions, calls: SetupCalls): Promise<void> {
  const { pool, userId = notYet } = options;
  const what = `role Administrator of pool ${pool}`;
  const request = {
    method: 'PUT' as const,
    url: assignmentsUrl(options),
    body: [{ roleName: 'Administrator', userId }],
  };
  if (await isAdministrator(options, calls)) return calls.confirm(what);
  if (!calls.dryRun) {
    let notFound: unknown;
    const given = await calls.until('the role is given', async () => {
      try {
        await calls.send('azureDevOps', request);
        notFound = undefined;
      } catch (error) {
        // A user who is new is not found by every part of the service yet.
        if (!isNotThere(error)) throw error;
        notFound = error;
        return undefined;
      }
      return (await isAdministrator(options, calls)) || undefined;
    });
    if (!given) {
      if (notFound) throw notFound;
      throw new FedbridgeError('EXCHANGE_REJECTED', `The role Administrator of pool ${pool} is not to be seen there.`, {
        hint: 'Run this again; what is there is left alone.',
      });
    }
  }
  calls.did(what, request);
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
