import type { FastifyInstance } from 'fastify';
import { type MachineOptions, resourceRequired } from './machine-identities.ts';

type Route = { Querystring: Readonly<Record<string, string | undefined>> };

/**
 * The instance metadata service of a virtual machine.
 * Source: Microsoft Learn, "How to use managed identities for Azure resources on an Azure VM to acquire an access token".
 *
 * @returns the variables that lead clients to it
 */
export function serveImds(app: FastifyInstance, { identities, url }: MachineOptions): Readonly<Record<string, string>> {
  app.get<Route>('/metadata/identity/oauth2/token', async (request, reply) => {
    const problem = (error: string, error_description: string) => reply.code(400).send({ error, error_description });
    if (request.headers.metadata !== 'true')
      return problem('bad_request_102', 'Required metadata header not specified');
    if (request.headers['x-forwarded-for'] !== undefined)
      return problem('bad_request', 'Forwarded requests are not answered');
    const { client_id: clientId, object_id: objectId, msi_res_id: resourceId, resource } = request.query;
    const identity = identities.find({ clientId, objectId, resourceId });
    if (!identity) return problem('invalid_request', 'Identity not found');
    return resource ? identities.token(identity, resource) : reply.code(400).send(resourceRequired);
  });
  return { AZURE_POD_IDENTITY_AUTHORITY_HOST: url };
}
