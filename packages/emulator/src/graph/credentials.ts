import { wordsOfApplications } from '../entra/credential-problem.ts';
import { guidOf, type Registered } from '../entra/directory.ts';
import type { FederatedCredential } from '../entra/federated-credential.ts';
import { applicationOf } from './applications.ts';
import { filtered } from './filter.ts';
import { badRequest, notFound } from './graph-problem.ts';
import type { GraphAnswer, GraphRequest } from './graph-request.ts';

/** Source: Microsoft Graph REST API v1.0, "Create federatedIdentityCredential" and those beside it; expressions are in beta alone. */
export function answerCredentials(request: GraphRequest): GraphAnswer {
  const { method, below, filter } = request;
  const application = applicationOf(request);
  const all = application.federatedCredentials.map((one) => credentialJson(application, one));
  if (below === '' && method === 'GET') return { status: 200, body: { value: filtered(all, filter) } };
  if (below === '' && method === 'POST') return create(application, request);
  const found = all.find(({ id, name }) => id === below || name === below);
  if (!found) throw notFound(below ?? '');
  if (method === 'GET') return { status: 200, body: found };
  if (method === 'PATCH') return update(application, found, request);
  throw badRequest('Specified HTTP method is not allowed for the request target.');
}

function create(application: Registered, { body }: GraphRequest): GraphAnswer {
  const credential = credentialOf(body);
  const { federatedCredentials: all } = application;
  if (all.some(({ name }) => name === credential.name)) throw wordsOfApplications.sameName(credential.name);
  application.put(credential);
  return { status: 201, body: credentialJson(application, credential) };
}

/** The name does not change. */
function update(application: Registered, { name, ...known }: FederatedCredential, { body }: GraphRequest): GraphAnswer {
  if (body.name !== undefined && body.name !== name)
    throw badRequest("Property 'name' is read-only and cannot be set.");
  application.put(credentialOf({ ...known, ...body, name }));
  return { status: 204 };
}

function credentialOf(body: GraphRequest['body']): FederatedCredential {
  const { name, issuer, subject, audiences, claimsMatchingExpression, description } = body;
  const isText = (value: unknown): value is string => typeof value === 'string';
  const isList = Array.isArray(audiences) && audiences.every(isText);
  if (!isText(name) || !isText(issuer) || !isList || (subject !== null && subject !== undefined && !isText(subject)))
    throw badRequest(
      "The request format was unexpected. Federated Identity Credential must specify 'issuer', 'subject' and 'audience'.",
    );
  const expression = (claimsMatchingExpression ?? undefined) as FederatedCredential['claimsMatchingExpression'];
  return {
    ...{ name, issuer, audiences },
    ...(isText(subject) ? { subject } : {}),
    ...(expression === undefined ? {} : { claimsMatchingExpression: expression }),
    ...(isText(description) ? { description } : {}),
  };
}

function credentialJson({ tenant, application }: Registered, credential: FederatedCredential) {
  const { name, issuer, subject = null, audiences, claimsMatchingExpression, description = null } = credential;
  return {
    id: guidOf(`credential/${tenant.id}/${application.clientId}/${name}`),
    ...{ name, issuer, subject, audiences, description },
    ...(claimsMatchingExpression ? { claimsMatchingExpression } : {}),
  };
}
