import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { type MachineOptions, resourceRequired } from './machine-identities.ts';

type Route = { Querystring: Readonly<Record<string, string | undefined>> };

/**
 * The token endpoint of App Service and Functions, guarded by a header that the app's environment holds.
 * Source: Microsoft Learn, "Use managed identities for App Service".
 *
 * @returns the variables that lead clients to it
 */
export function serveAppService(app: FastifyInstance, options: MachineOptions): Readonly<Record<string, string>> {
  const { identities, world, url } = options;
  const header = randomBytes(24).toString('hex');
  world.secrets.add(header);
  app.get<Route>('/msi/token', async (request, reply) => {
    const problem = (statusCode: number, message: string) => reply.code(statusCode).send({ statusCode, message });
    if (request.headers['x-identity-header'] !== header) return problem(403, 'Invalid identity header.');
    if (request.query['api-version'] !== '2019-08-01') return problem(400, 'Unsupported api-version.');
    const { client_id: clientId, principal_id: objectId, mi_res_id: resourceId, resource } = request.query;
    const identity = identities.find({ clientId, objectId, resourceId });
    if (!identity) {
      return problem(
        400,
        'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
      );
    }
    if (!resource) return reply.code(400).send(resourceRequired);
    const { access_token, client_id, expires_on, token_type } = await identities.token(identity, resource);
    return { access_token, client_id, expires_on, resource, token_type };
  });
  return { IDENTITY_ENDPOINT: `${url}/msi/token`, IDENTITY_HEADER: header };
}
