import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccessTokenVerifier } from '../entra/access-token-verifier.ts';
import { CredentialProblem } from '../entra/credential-problem.ts';
import type { Directory, Registered } from '../entra/directory.ts';
import type { FederatedCredential } from '../entra/federated-credential.ts';
import { bodyText, pathOf } from '../server/record.ts';
import { type Caller, type ResourceManager, refuseOthers } from './callers.ts';
import { isForResourceManager, resourceManagerProblem as problem } from './resource-manager.ts';
import { ResourceManagerProblem } from './resource-manager-problem.ts';
import { scopeOf } from './scope.ts';

const identityPath =
  '/subscriptions/:subscription/resourceGroups/:group/providers/Microsoft.ManagedIdentity/userAssignedIdentities/:name';
const machinePath =
  '/subscriptions/:subscription/resourceGroups/:group/providers/Microsoft.Compute/virtualMachines/:name';
const systemAssigned = '/providers/Microsoft.ManagedIdentity/identities/default';
const credentialsPath = `${identityPath}/federatedIdentityCredentials`;
const credentialPath = `${credentialsPath}/:credential`;

type Route = { Params: { credential: string } };

/** Source: Azure REST API, Managed Identity, "User Assigned Identities", "System Assigned Identities" and "Federated Identity Credentials". */
export function serveManagedIdentities(
  app: FastifyInstance,
  manager: ResourceManager,
  verifier: AccessTokenVerifier,
): void {
  const { directory } = manager;
  const answered = (answer: (found: Registered, request: FastifyRequest<Route>, reply: FastifyReply) => unknown) => {
    return async (request: FastifyRequest<Route>, reply: FastifyReply) => {
      if (!isForResourceManager(await verifier.bearerOf(request.headers.authorization))) {
        return reply.code(401).send(problem('InvalidAuthenticationToken', 'The access token is invalid.'));
      }
      const id = decodeURIComponent(request.url.split('?')[0] ?? '')
        .replace(/\/federatedIdentityCredentials.*$/, '')
        .replace(systemAssigned, '');
      const found = directory.byResourceId(id);
      if (found) return answer(found, request, reply);
      return reply.code(404).send(problem('ResourceNotFound', `The Resource '${id}' was not found.`));
    };
  };
  app.get<Route>(identityPath, answered(identityJson));
  app.get<Route>(`${machinePath}${systemAssigned}`, answered(systemAssignedJson));
  app.get<Route>(credentialsPath, answered(listCredentials));
  app.get<Route>(credentialPath, answered(getCredential));
  app.put<Route>(credentialPath, answered(putCredential));
  manager.route(app, 'PUT', identityPath, async (request, caller) => putIdentity(request, caller, directory));
}

/** Creates it, or leaves the one that is there as it is. */
function putIdentity(request: FastifyRequest, caller: Caller, directory: Directory) {
  const id = decodeURIComponent(pathOf(request));
  const [, scope = '', name = ''] = /^(.+)\/providers\/.+\/([^/]+)$/.exec(id) ?? [];
  scopeOf(scope, caller.tenant, directory);
  refuseOthers(caller, 'Microsoft.ManagedIdentity/userAssignedIdentities/write', id);
  const known = directory.byResourceId(id);
  if (known) return { status: 200, body: identityJson(known) };
  if (!/^[A-Za-z\d][\w-]{2,127}$/.test(name)) {
    const message = `The name '${name}' is not one: 3 to 128 letters, digits, - and _, the first a letter or a digit.`;
    throw new ResourceManagerProblem(400, 'InvalidResourceName', message);
  }
  const { location } = JSON.parse(bodyText(request) || '{}') as { readonly location?: string };
  if (!location) {
    const message = 'The location property is required for this definition.';
    throw new ResourceManagerProblem(400, 'LocationRequired', message);
  }
  return {
    status: 201,
    body: identityJson(directory.create(caller.tenant, { clientId: randomUUID(), resourceId: id })),
  };
}

function listCredentials(found: Registered) {
  return { value: found.federatedCredentials.map((one) => credentialJson(found, one)) };
}

function getCredential(found: Registered, { params }: FastifyRequest<Route>, reply: FastifyReply): unknown {
  const known = found.federatedCredentials.find(({ name }) => name === params.credential);
  if (known) return credentialJson(found, known);
  return reply.code(404).send(problem('NotFound', 'The federated identity credential was not found.'));
}

function putCredential(found: Registered, { params, body }: FastifyRequest<Route>, reply: FastifyReply): unknown {
  const { properties } = JSON.parse(String(body)) as { properties: Omit<FederatedCredential, 'name'> };
  const credential = { ...properties, name: params.credential };
  const isNew = found.federatedCredentials.every(({ name }) => name !== credential.name);
  try {
    found.put(credential);
  } catch (error) {
    if (!(error instanceof CredentialProblem)) throw error;
    return reply.code(error.status).send(problem(error.code, error.message));
  }
  return reply.code(isNew ? 201 : 200).send(credentialJson(found, credential));
}

const identityJson = ({ application, objectId, tenant }: Registered) => ({
  id: application.resourceId,
  name: application.resourceId?.split('/').at(-1),
  type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
  properties: { clientId: application.clientId, principalId: objectId, tenantId: tenant.id },
});

const systemAssignedJson = ({ application, objectId, tenant }: Registered) => ({
  id: `${application.resourceId}${systemAssigned}`,
  name: 'default',
  type: 'Microsoft.ManagedIdentity/identities',
  properties: { clientId: application.clientId, principalId: objectId, tenantId: tenant.id },
});

const credentialJson = ({ application }: Registered, { name, ...properties }: FederatedCredential) => ({
  id: `${application.resourceId}/federatedIdentityCredentials/${name}`,
  name,
  properties,
});
