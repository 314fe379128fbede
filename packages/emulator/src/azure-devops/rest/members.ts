import type { Directory } from '../../entra/directory.ts';
import { AzureDevOpsProblem } from '../azure-devops-problem.ts';
import type { Member } from '../organization-state.ts';
import { type Callers, denied, jsonBody } from './callers.ts';

const base = '/:organization/_apis';
const entitlements = `${base}/serviceprincipalentitlements`;

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
    if (!state.isAdministrator(member)) throw denied(member, 'add users');
    type Body = { accessLevel?: { accountLicenseType?: string }; servicePrincipal?: { originId?: string } };
    const { accessLevel, servicePrincipal } = jsonBody<Body>(request);
    const found = directory.byObjectId(servicePrincipal?.originId ?? '');
    if (!found) return notFound;
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
  callers.route('GET', `${base}/memberentitlements`, async (_request, { state }) => ({
    items: [...state.members.values()].map(entitlementJson),
    totalCount: state.members.size,
  }));
}

/** With HTTP 200. */
const notFound = {
  isSuccess: false,
  operationResult: {
    isSuccess: false,
    errors: [{ key: 5001, value: 'VS403283: The service principal could not be found in the tenant.' }],
  },
};

const entitlementJson = ({ id, objectId, clientId, license }: Member) => ({
  id,
  accessLevel: { accountLicenseType: license, status: 'active' },
  member: { subjectKind: 'servicePrincipal', origin: 'aad', originId: objectId, applicationId: clientId },
});
