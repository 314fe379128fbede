import type { Directory } from '../../entra/directory.ts';
import { AzureDevOpsProblem } from '../azure-devops-problem.ts';
import type { Member } from '../organization-state.ts';
import { type Callers, jsonBody } from './callers.ts';

const base = '/:organization/_apis';
const entitlements = `${base}/serviceprincipalentitlements`;

/** Source: Azure DevOps REST API, Member Entitlement Management, "Member Entitlements - Search". */
const pageSize = 100;

/** Who the caller is, and who is in the organization. Source: Azure DevOps REST API, Member Entitlement Management. */
export function serveMembers(callers: Callers, directory: Directory): void {
  callers.route('GET', `${base}/connectionData`, async (_request, { member, state }) => ({
    authenticatedUser: {
      id: member.id,
      descriptor: `Microsoft.VisualStudio.Services.Claims.AadServicePrincipal;${member.objectId}`,
      subjectDescriptor: `aadsp.${member.objectId}`,
      providerDisplayName: member.clientId,
      isActive: true,
    },
    instanceId: state.organization.id,
    deploymentType: 'hosted',
  }));
  callers.route('POST', entitlements, async (request, { state, member }) => {
    type Body = { accessLevel?: { accountLicenseType?: string }; servicePrincipal?: { originId?: string } };
    const { accessLevel, servicePrincipal } = jsonBody<Body>(request);
    const originId = servicePrincipal?.originId ?? '';
    if (!state.isAdministrator(member)) return notAdded(5032, needsAddUsers(member));
    const found = directory.byObjectId(originId);
    if (!found || !state.hasSpread(found))
      return notAdded(5000, `VS403283: Could not add user '${originId}' at this time.`);
    const added = state.addMember(found, accessLevel?.accountLicenseType ?? 'express');
    return {
      isSuccess: true,
      operationResult: { isSuccess: true, servicePrincipalId: added.id, result: entitlementJson(added) },
      servicePrincipalEntitlement: entitlementJson(added),
    };
  });
  callers.route('GET', `${entitlements}/:id`, async ({ params: { id } }, { state }) => {
    const found = [...state.members.values()].find((one) => one.id === id);
    if (!found) throw new AzureDevOpsProblem(404, 'IdentityNotFoundException', `No service principal ${id}.`);
    return entitlementJson(found);
  });
  callers.route('GET', `${base}/memberentitlements`, async ({ query }, { state }) => {
    const begin = Number(query.continuationToken ?? 0);
    const end = begin + pageSize;
    return {
      items: [...state.members.values()].slice(begin, end).map(entitlementJson),
      totalCount: state.members.size,
      continuationToken: end < state.members.size ? String(end) : null,
    };
  });
}

/** With HTTP 200. Source: microsoft/terraform-provider-azuredevops, `ErrorResponse` of service principal entitlements. */
const notAdded = (key: number, value: string) => ({
  isSuccess: false,
  operationResult: { isSuccess: false, errors: [{ key, value }] },
});

/** Source: microsoft/terraform-provider-azuredevops#86. */
const needsAddUsers = ({ clientId }: Member) =>
  `Access Denied: ${clientId} needs the following permission(s) on the resource Users to perform this action: Add Users`;

const entitlementJson = ({ id, objectId, clientId, license }: Member) => ({
  id,
  accessLevel: { accountLicenseType: license, status: 'active' },
  member: { subjectKind: 'servicePrincipal', origin: 'aad', originId: objectId, applicationId: clientId },
});
