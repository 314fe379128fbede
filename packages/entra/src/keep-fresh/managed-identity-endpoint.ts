import { type Lease, parseEndpoint } from '@fedbridge/core';
import type { Acquisition, Answer, CredentialEndpoint, Route } from '@fedbridge/identity';
import type { AccessToken } from '../access-token.ts';
import { exchangeForAccessToken } from '../exchange.ts';
import { type ClientId, parseResource, type Resource } from '../ids.ts';
import { machineAccessToken } from '../machine-access-token.ts';
import { type FreshAccessTokens, managedIdentityPath } from './order.ts';

/** So many resources can be asked for; a job has a handful. */
const mostResources = 64;

type Get = () => Promise<Lease<string>>;

/**
 * Access tokens as App Service gives them, for any resource and for this one identity.
 * Source: Microsoft Learn, "Use managed identities for App Service", REST endpoint reference, 2019-08-01.
 */
export const managedIdentityEndpoint: CredentialEndpoint<FreshAccessTokens> = {
  name: 'entra',
  routes: ({ from, clientId, leases }, keepFresh) => {
    const tokens = new Map<Resource, Get>();
    const add = (resource: Resource, lease?: Lease<string>) => {
      const get = keepFresh(async (acquisition) => {
        const token = await acquire(from, resource, acquisition);
        return { value: token.reveal(), expiresAt: token.expiresAt };
      }, lease);
      tokens.set(resource, get);
      return get;
    };
    for (const { resource, ...lease } of leases) add(resource, lease);
    return [routeOf(clientId, tokens, add)];
  },
};

async function acquire(
  from: FreshAccessTokens['from'],
  resource: Resource,
  { identity, idToken, outbound }: Acquisition,
): Promise<AccessToken> {
  if (from === 'machine') return (await machineAccessToken(identity, resource)).token;
  const { audience, ...request } = from;
  // As JSON it is a text.
  const authority = parseEndpoint(String(request.authority), 'the authority host');
  return exchangeForAccessToken({ ...request, authority, resource }, idToken(audience), outbound);
}

function routeOf(clientId: ClientId | undefined, tokens: Map<Resource, Get>, add: (resource: Resource) => Get): Route {
  return {
    path: managedIdentityPath,
    secretIn: (headers) => headers['x-identity-header'],
    denied: () => problem(401, 'X-IDENTITY-HEADER is not the right one.'),
    answer: async (query) => {
      if (query.get('api-version') !== '2019-08-01') return problem(400, 'api-version must be 2019-08-01.');
      const asked = query.get('client_id') ?? clientId ?? '';
      const others = ['principal_id', 'object_id', 'mi_res_id'].filter((name) => query.has(name));
      if (asked.toLowerCase() !== (clientId ?? '').toLowerCase() || others.length > 0) {
        return problem(
          400,
          `There is one identity here: ${clientId ? `the client id ${clientId}` : "the machine's own"}.`,
        );
      }
      const resource = parseResource(query.get('resource') ?? '');
      const known = tokens.get(resource);
      if (!known && tokens.size >= mostResources) return problem(400, 'Too many resources.');
      const { value, expiresAt } = await (known ?? add(resource))();
      return {
        status: 200,
        body: {
          access_token: value,
          client_id: clientId,
          expires_on: String(Math.floor(expiresAt / 1000)),
          resource,
          token_type: 'Bearer',
        },
      };
    },
    failed: ({ code, message }) => problem(passes(code) ? 503 : 400, `${message} [${code}]`),
  };
}

/** Whether clients should ask again. */
function passes(code: string): boolean {
  return code === 'UNAVAILABLE' || code === 'INTERNAL' || code.startsWith('HTTP');
}

function problem(statusCode: number, message: string): Answer {
  return { status: statusCode, body: { statusCode, message } };
}
