import { FedbridgeError, type Outbound } from '@fedbridge/core';
import { callRest, type GetAccessToken, listOf } from './azure-devops-rest.ts';
import type { Organization } from './organization.ts';

/** A pool of an organization, by its name. */
export interface PoolName {
  readonly organization: Organization;
  readonly pool: string;
}

/** Where a pool is looked up. Source: Azure DevOps REST API, Distributed Task, "Pools - Get Agent Pools". */
export const poolUrl = ({ organization, pool }: PoolName) =>
  `${organization}/_apis/distributedtask/pools?poolName=${encodeURIComponent(pool)}&api-version=7.1`;

/**
 * @returns the pool's id
 * @throws FedbridgeError `INPUT_INVALID` if there is none, or a role that was given moments ago is not known everywhere yet;
 *   `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
 */
export async function findPool(name: PoolName, accessToken: GetAccessToken, outbound: Outbound): Promise<number> {
  const answer = await callRest({ method: 'GET', url: poolUrl(name) }, accessToken, outbound);
  const [found] = listOf<{ id: number }>(answer);
  if (found) return found.id;
  const { organization, pool } = name;
  throw new FedbridgeError('INPUT_INVALID', `${organization} has no agent pool "${pool}" that this identity may see.`, {
    recovery: 'denial',
    hint: 'Create it and give the identity its role with "fedbridge agent setup".',
  });
}
