import { FedbridgeError, firstSentence } from '@fedbridge/core';
import { entitlementsUrl, type Organization } from '../organization.ts';
import type { Principal } from './managed-identity.ts';
import type { SetupCalls } from './setup-calls.ts';

/** A user of an organization. */
export interface OrganizationUser {
  readonly id: string;
  readonly member?: { readonly originId?: string };
  readonly accessLevel?: { readonly status?: string };
}

interface UserPage {
  readonly items?: readonly OrganizationUser[];
  readonly continuationToken?: string | null;
}

interface AddedUser {
  readonly isSuccess?: boolean;
  readonly operationResult?: { readonly errors?: readonly { readonly value?: string }[] };
}

/** Of a hundred users each. */
const mostPages = 500;

/**
 * Adds a service principal to an organization.
 * Source: Azure DevOps REST API, Member Entitlement Management, "Service Principal Entitlements".
 *
 * @param license - the type of its access level, such as `express`
 * @returns the user's id; undefined in a dry run that would add it
 * @throws FedbridgeError `EXCHANGE_REJECTED`, and what a call throws
 */
export async function ensureUser(
  organization: Organization,
  principal: Principal,
  license: string,
  calls: SetupCalls,
): Promise<string | undefined> {
  const { clientId, principalId } = principal;
  const known = await findUser(organization, principal, calls);
  const added = (await calls.ensure(`user ${clientId} with license ${license}`, known !== undefined, 'azureDevOps', {
    method: 'POST',
    url: `${entitlementsUrl(organization)}/_apis/serviceprincipalentitlements?api-version=7.1-preview.1`,
    body: {
      accessLevel: { accountLicenseType: license },
      servicePrincipal: { origin: 'aad', originId: principalId, subjectKind: 'servicePrincipal' },
    },
  })) as AddedUser | undefined;
  if (added?.isSuccess === false) {
    const reason = added.operationResult?.errors?.[0]?.value;
    throw new FedbridgeError('EXCHANGE_REJECTED', `${clientId} could not be added to ${organization}.`, {
      answer: reason && firstSentence(reason),
      hint: 'The organization must be connected to the tenant that the identity is of.',
    });
  }
  return (known ?? (await findUser(organization, principal, calls)))?.id;
}

/**
 * Source: Azure DevOps REST API, Member Entitlement Management, "Member Entitlements - Search".
 *
 * @throws what a call throws
 */
export async function findUser(
  organization: Organization,
  { principalId }: Principal,
  calls: SetupCalls,
): Promise<OrganizationUser | undefined> {
  const users = `${entitlementsUrl(organization)}/_apis/memberentitlements?api-version=7.1-preview.2`;
  for (let page = '', pages = 0; pages < mostPages; pages += 1) {
    const { items, continuationToken } = ((await calls.get('azureDevOps', `${users}${page}`)) ?? {}) as UserPage;
    const found = items?.find(({ member }) => member?.originId === principalId);
    if (found || !continuationToken) return found;
    page = `&continuationToken=${encodeURIComponent(continuationToken)}`;
  }
  return undefined;
}
