import { FedbridgeError, firstSentence } from '@fedbridge/core';
import type { RestCall } from '../azure-devops-rest.ts';
import { entitlementsUrl, type Organization } from '../organization.ts';
import type { Principal } from './agent-identity.ts';
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

/** With HTTP 200. Source: microsoft/terraform-provider-azuredevops, which tries it again. */
const notThereYet = /VS403283/;

/** Of a hundred users each. */
const mostPages = 500;

/**
 * Adds a service principal to an organization.
 * Source: Azure DevOps REST API, Member Entitlement Management, "Service Principal Entitlements".
 *
 * @param license - the type of its access level, such as `express`
 * @returns the user's id; undefined in a dry run that would add it
 * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, and what a call throws
 */
export async function ensureUser(
  organization: Organization,
  principal: Principal,
  license: string,
  calls: SetupCalls,
): Promise<string | undefined> {
  const { clientId, principalId } = principal;
  const what = `user ${clientId} with license ${license}`;
  const known = await findUser(organization, principal, calls);
  if (known) {
    calls.confirm(what);
    return known.id;
  }
  const request = {
    method: 'POST' as const,
    url: `${entitlementsUrl(organization)}/_apis/serviceprincipalentitlements?api-version=7.1-preview.1`,
    body: {
      accessLevel: { accountLicenseType: license },
      servicePrincipal: { origin: 'aad', originId: principalId, subjectKind: 'servicePrincipal' },
    },
  };
  if (!calls.dryRun) await add(request, organization, principal, calls);
  calls.did(what, request);
  if (calls.dryRun) return undefined;
  const added = await calls.until('the user is seen', () => findUser(organization, principal, calls));
  if (added) return added.id;
  throw new FedbridgeError(
    'EXCHANGE_REJECTED',
    `${clientId} was added to ${organization}, and is not to be seen there.`,
    {
      hint: 'Run this again, or with a longer --wait; what is there is left alone.',
    },
  );
}

/** @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED` */
async function add(
  request: RestCall,
  organization: Organization,
  { clientId }: Principal,
  calls: SetupCalls,
): Promise<void> {
  let reason: string | undefined;
  const added = await calls.until(`Azure DevOps finds ${clientId}`, async () => {
    const { isSuccess, operationResult } = ((await calls.send('azureDevOps', request)) ?? {}) as AddedUser;
    if (isSuccess !== false) return true;
    reason = operationResult?.errors?.[0]?.value ?? 'no reason';
    return notThereYet.test(reason) ? undefined : false;
  });
  if (added) return;
  const detail = { answer: reason && firstSentence(reason) };
  if (/access denied/i.test(reason ?? '')) {
    throw new FedbridgeError('EXCHANGE_REFUSED', `Whoever sets up may not add users to ${organization}.`, {
      ...detail,
      hint: 'It takes an administrator of the organization (Project Collection Administrators).',
    });
  }
  throw new FedbridgeError('EXCHANGE_REJECTED', `${clientId} could not be added to ${organization}.`, {
    ...detail,
    hint: notThereYet.test(reason ?? '')
      ? 'A new identity takes some minutes: run this again, or with a longer --wait. The organization must be connected to the tenant that the identity is of.'
      : 'The organization must be connected to the tenant that the identity is of.',
  });
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
