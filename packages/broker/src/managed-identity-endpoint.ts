import { FedbridgeError } from '@fedbridge/core';
import { type ClientId, parseResource, type Resource } from '@fedbridge/entra';
import type { Fresh } from './fresh.ts';
import { isSecret } from './guard.ts';
import { reason } from './reason.ts';
import type { Answer, Route } from './server.ts';

export const managedIdentityPath = '/msi/token';

/** So many resources can be asked for; a job has a handful. */
const mostResources = 64;

/**
 * Access tokens as App Service gives them, for any resource and for this one identity.
 * Source: Microsoft Learn, "Use managed identities for App Service", REST endpoint reference, 2019-08-01.
 */
export function managedIdentityEndpoint(
  clientId: ClientId | undefined,
  tokens: Map<Resource, Fresh<string>>,
  add: (resource: Resource) => Fresh<string>,
  header: string,
): Route {
  return {
    path: managedIdentityPath,
    deny: ({ headers }) =>
      isSecret(headers['x-identity-header'], header)
        ? undefined
        : problem(401, 'X-IDENTITY-HEADER is not the right one.'),
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
      try {
        const resource = parseResource(query.get('resource') ?? '');
        const known = tokens.get(resource);
        if (!known && tokens.size >= mostResources) return problem(400, 'Too many resources.');
        const { value, expiresAt } = await (known ?? add(resource)).get();
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
      } catch (error) {
        const refused =
          error instanceof FedbridgeError && error.code !== 'UNAVAILABLE' && !error.code.startsWith('HTTP');
        const { code, message } = reason(error);
        return problem(refused ? 400 : 503, `${message} [${code}]`);
      }
    },
  };
}

function problem(statusCode: number, message: string): Answer {
  return { status: statusCode, body: { statusCode, message } };
}
