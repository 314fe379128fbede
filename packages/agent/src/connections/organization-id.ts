import { FedbridgeError, isGuid, type Outbound } from '@fedbridge/core';
import { callRest, type GetAccessToken } from '../azure-devops-rest.ts';
import type { Organization } from '../organization.ts';

/**
 * The id of an organization by its URL. Source: Azure DevOps REST API, Location, "Connection Data - Get".
 *
 * @throws FedbridgeError `INPUT_INVALID` where there is none of that name; `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`,
 *   `UNAVAILABLE`, `HTTP_*`
 */
export async function organizationId(
  organization: Organization,
  accessToken: GetAccessToken,
  outbound: Outbound,
): Promise<string> {
  const url = `${organization}/_apis/connectionData?api-version=7.1-preview.1`;
  const whoMay = 'The identity must be a user of the organization.';
  const answer = await callRest({ method: 'GET', url }, accessToken, outbound, whoMay);
  const { instanceId } = (answer ?? {}) as { readonly instanceId?: unknown };
  if (typeof instanceId === 'string' && isGuid(instanceId)) return instanceId.toLowerCase();
  throw new FedbridgeError('INPUT_INVALID', `There is no organization ${organization}.`, {
    hint: 'Its name is the first part of the address of its pages.',
  });
}
