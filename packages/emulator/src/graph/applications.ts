import { randomUUID } from 'node:crypto';
import { guidOf, type Registered } from '../entra/directory.ts';
import { filtered } from './filter.ts';
import { badRequest, notFound } from './graph-problem.ts';
import type { GraphAnswer, GraphRequest } from './graph-request.ts';

/** Source: Microsoft Graph REST API v1.0, "List applications", "Create application", "Update application". */
export function answerApplications(request: GraphRequest): GraphAnswer {
  const { method, key, filter } = request;
  if (key === undefined && method === 'GET')
    return { status: 200, body: { value: filtered(applicationsOf(request).map(applicationJson), filter) } };
  if (key === undefined && method === 'POST') return create(request);
  const found = applicationOf(request);
  if (method === 'GET' && request.isOfOwners) return ownersJson(found);
  if (method === 'GET') return { status: 200, body: applicationJson(found) };
  if (method === 'PATCH') return update(found, request);
  throw badRequest('Specified HTTP method is not allowed for the request target.');
}

/** Who may change one. Source: Microsoft Graph REST API v1.0, "List owners". */
function ownersJson({ application: { owners = [] } }: Registered): GraphAnswer {
  const value = owners.map((userPrincipalName) => ({
    ...{ '@odata.type': '#microsoft.graph.user', id: guidOf(`user/${userPrincipalName}`) },
    ...{ displayName: userPrincipalName.split('@')[0], userPrincipalName },
  }));
  return { status: 200, body: { value } };
}

/** The application that the path names. @throws GraphProblem */
export function applicationOf({ key, ...request }: GraphRequest): Registered {
  const wanted = key?.value.toLowerCase();
  const found = applicationsOf(request).find((one) => {
    const of = key?.by === 'appId' ? one.application.clientId : idOf(one);
    return of.toLowerCase() === wanted;
  });
  if (found) return found;
  throw notFound(key?.value ?? '');
}

function applicationsOf({ directory, tenant }: Pick<GraphRequest, 'directory' | 'tenant'>): readonly Registered[] {
  return directory.registered(tenant).filter(({ application }) => application.resourceId === undefined);
}

const longestName = 256;
const audiences = [
  ...['AzureADMyOrg', 'AzureADMultipleOrgs', 'AzureADandPersonalMicrosoftAccount', 'PersonalMicrosoftAccount'],
];

function create({ directory, tenant, body, now }: GraphRequest): GraphAnswer {
  const { displayName, signInAudience } = body;
  if (typeof displayName !== 'string' || displayName === '')
    throw badRequest("Property 'displayName' is required and must be non-null or non-empty.");
  if (displayName.length > longestName)
    throw badRequest(`Invalid value specified for property 'displayName' of resource 'Application'.`);
  checkMembers(body);
  const registered = directory.create(tenant, {
    clientId: randomUUID(),
    displayName,
    createdDateTime: now,
    ...(typeof signInAudience === 'string' ? { signInAudience } : {}),
  });
  return { status: 201, body: applicationJson(registered) };
}

/** `az ad app create` updates an application of the same name instead of creating another. Nothing but that is known here. */
function update({ application }: Registered, { body }: GraphRequest): GraphAnswer {
  checkMembers(body);
  const { displayName = application.displayName ?? application.clientId, signInAudience } = body;
  const isSame =
    displayName === (application.displayName ?? application.clientId) &&
    (signInAudience === undefined || signInAudience === (application.signInAudience ?? 'AzureADMyOrg'));
  if (isSame) return { status: 204 };
  throw badRequest('The emulator changes no application: name another.');
}

function checkMembers(body: GraphRequest['body']): void {
  const { signInAudience, ...rest } = body;
  if (signInAudience !== undefined && !audiences.includes(String(signInAudience)))
    throw badRequest(`Invalid value specified for property 'signInAudience' of resource 'Application'.`);
  const alien = Object.entries(rest).find(([name, value]) => name !== 'displayName' && !isEmpty(value));
  if (alien) throw badRequest(`The emulator's applications have no property '${alien[0]}'.`);
}

/** What a client sends of what it was not told. */
const isEmpty = (value: unknown) =>
  value === null || value === false || (typeof value === 'object' && Object.values(value).every(isEmpty));

/** The object id: another than the service principal's. */
const idOf = ({ tenant, application }: Registered) => guidOf(`application/${tenant.id}/${application.clientId}`);

function applicationJson(registered: Registered) {
  const { clientId, displayName = clientId, signInAudience = 'AzureADMyOrg', createdDateTime } = registered.application;
  const { secrets = [], certificates = [] } = registered.application;
  return {
    id: idOf(registered),
    appId: clientId,
    displayName,
    signInAudience,
    createdDateTime: createdDateTime ?? '2026-01-01T00:00:00Z',
    identifierUris: [],
    keyCredentials: certificates.map((endDateTime, index) => ({
      ...{ keyId: guidOf(`certificate/${clientId}/${index}`), endDateTime, key: null },
      ...{ type: 'AsymmetricX509Cert', usage: 'Verify' },
    })),
    passwordCredentials: secrets.map((endDateTime, index) => ({
      ...{ keyId: guidOf(`secret/${clientId}/${index}`), endDateTime, secretText: null, hint: 'abc' },
    })),
    requiredResourceAccess: [],
  };
}
