import type { Registered } from '../entra/directory.ts';
import { filtered } from './filter.ts';
import { badRequest, GraphProblem, notFound } from './graph-problem.ts';
import type { GraphAnswer, GraphRequest } from './graph-request.ts';

/** Source: Microsoft Graph REST API v1.0, "List servicePrincipals", "Create serviceprincipal", "List owners": those here have none. */
export function answerPrincipals(request: GraphRequest): GraphAnswer {
  const { method, key, filter } = request;
  const all = principalsOf(request);
  if (key === undefined && method === 'GET') return { status: 200, body: { value: filtered(all, filter) } };
  if (key === undefined && method === 'POST') return create(request);
  const wanted = key?.value.toLowerCase();
  const found = all.find(({ id, appId }) => (key?.by === 'appId' ? appId : id).toLowerCase() === wanted);
  if (!found) throw notFound(key?.value ?? '');
  if (method === 'GET' && request.isOfOwners) return { status: 200, body: { value: [] } };
  if (method === 'GET') return { status: 200, body: found };
  throw badRequest('Specified HTTP method is not allowed for the request target.');
}

/** Source: Microsoft Graph REST API v1.0, "directoryObject: getByIds". */
export function principalsByIds(request: GraphRequest): GraphAnswer {
  const { ids } = request.body;
  if (!Array.isArray(ids)) throw badRequest("Property 'ids' is required.");
  const value = principalsOf(request).filter(({ id }) => ids.includes(id));
  return {
    status: 200,
    body: { value: value.map((one) => ({ '@odata.type': '#microsoft.graph.servicePrincipal', ...one })) },
  };
}

function create({ directory, tenant, body }: GraphRequest): GraphAnswer {
  const { appId } = body;
  const found = typeof appId === 'string' ? directory.byClientId(appId, tenant) : undefined;
  if (!found || found.application.resourceId !== undefined)
    throw badRequest(`The appId '${appId}' of the service principal does not reference a valid application object.`);
  if (found.hasServicePrincipal)
    throw new GraphProblem(
      409,
      'Request_MultipleObjectsWithSameKeyValue',
      // Source: Azure/reliable-web-app-pattern-java#185.
      `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
    );
  directory.createServicePrincipal(found);
  return { status: 201, body: principalJson(found) };
}

function principalsOf({ directory, tenant }: GraphRequest) {
  return directory
    .registered(tenant)
    .filter(({ hasServicePrincipal }) => hasServicePrincipal)
    .map(principalJson);
}

function principalJson({ application, objectId, tenant }: Registered) {
  const { clientId, displayName = clientId, resourceId } = application;
  const isIdentity = resourceId !== undefined;
  return {
    id: objectId,
    appId: clientId,
    displayName: isIdentity ? (resourceId.split('/').at(-1) ?? '') : displayName,
    accountEnabled: true,
    appOwnerOrganizationId: tenant.id,
    servicePrincipalType: isIdentity ? 'ManagedIdentity' : 'Application',
    ...{ keyCredentials: [], passwordCredentials: [] },
    servicePrincipalNames: [clientId],
    alternativeNames: isIdentity ? ['isExplicit=True', resourceId] : [],
  };
}
