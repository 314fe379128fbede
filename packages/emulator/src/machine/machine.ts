import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { accessTokenClaims, accessTokenSeconds } from '../entra/access-token.ts';
import type { Directory, Registered } from '../entra/directory.ts';
import { tokenExchange } from '../entra/token-exchange.ts';
import type { TokenIssuer } from '../server/issuer.ts';
import type { World } from '../server/service.ts';
import { serveAzureArc } from './azure-arc.ts';

/** A machine of Azure with managed identities. */
export interface Machine {
  /** The client id of the machine's own identity. */
  readonly systemAssigned?: string;
  /** Client ids of identities that were assigned to it. */
  readonly userAssigned?: readonly string[];
  /** How it hands out tokens: a virtual machine's IMDS by default. */
  readonly form?: 'imds' | 'app-service' | 'azure-arc' | 'cloud-shell';
  /** Of Azure Arc: what the agent names as its key in place of one that it wrote. */
  readonly challenge?: string;
  /** Of Azure Arc: an agent from before assigned identities. */
  readonly isOld?: boolean;
}

export interface StartedMachine {
  /** What leads clients to it. */
  readonly environment: Readonly<Record<string, string>>;
}

interface Served {
  readonly directory: Directory;
  readonly issuer: TokenIssuer;
  readonly world: World;
  /** Of Entra. */
  readonly entra: string;
  /** Of this machine. */
  readonly url: string;
}

/**
 * Source: Microsoft Learn, "How to use managed identities for Azure resources on an Azure VM to acquire an access token"
 * and "Use managed identities for App Service".
 */
export function serveMachine(app: FastifyInstance, machine: Machine, served: Served): StartedMachine {
  const { directory, issuer, world, entra, url } = served;
  const header = randomBytes(24).toString('hex');
  type Route = { Querystring: Readonly<Record<string, string | undefined>> };

  if (machine.form === 'app-service') {
    world.secrets.add(header);
    app.get<Route>('/msi/token', async (request, reply) => {
      if (request.headers['x-identity-header'] !== header) {
        return reply.code(403).send({ statusCode: 403, message: 'Invalid identity header.' });
      }
      if (request.query['api-version'] !== '2019-08-01') {
        return reply.code(400).send({ statusCode: 400, message: 'Unsupported api-version.' });
      }
      const { client_id, principal_id, mi_res_id } = request.query;
      const found = find(client_id, principal_id, mi_res_id);
      if (!found)
        return reply.code(400).send({
          statusCode: 400,
          message:
            'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
        });
      return answer(found, request, reply, 'app-service');
    });
    return { environment: { IDENTITY_ENDPOINT: `${url}/msi/token`, IDENTITY_HEADER: header } };
  }

  if (machine.form === 'azure-arc') {
    const { challenge, isOld } = machine;
    return { environment: serveAzureArc(app, { url, challenge, isOld, secrets: world.secrets, find, answer }) };
  }
  // It would give tokens of whoever is signed in there, by POST.
  if (machine.form === 'cloud-shell') return { environment: { MSI_ENDPOINT: `${url}/oauth2/token` } };

  app.get<Route>('/metadata/identity/oauth2/token', async (request, reply) => {
    const problem = (error: string, error_description: string) => reply.code(400).send({ error, error_description });
    if (request.headers.metadata !== 'true')
      return problem('bad_request_102', 'Required metadata header not specified');
    if (request.headers['x-forwarded-for'] !== undefined)
      return problem('bad_request', 'Forwarded requests are not answered');
    const { client_id, object_id, msi_res_id } = request.query;
    const found = find(client_id, object_id, msi_res_id);
    if (!found) return problem('invalid_request', 'Identity not found');
    return answer(found, request, reply, 'imds');
  });
  return { environment: { AZURE_POD_IDENTITY_AUTHORITY_HOST: url } };

  function find(clientId?: string, objectId?: string, resourceId?: string): Registered | undefined {
    if (clientId === undefined && objectId === undefined && resourceId === undefined) {
      const own = machine.systemAssigned ?? (machine.userAssigned?.length === 1 ? machine.userAssigned[0] : undefined);
      return own === undefined ? undefined : directory.byClientId(own);
    }
    const found =
      (clientId && directory.byClientId(clientId)) ||
      (objectId && directory.byObjectId(objectId)) ||
      (resourceId && directory.byResourceId(resourceId)) ||
      undefined;
    const has = [machine.systemAssigned, ...(machine.userAssigned ?? [])];
    return found && has.includes(found.application.clientId) ? found : undefined;
  }

  async function answer(
    found: Registered,
    request: FastifyRequest<Route>,
    reply: FastifyReply,
    form: 'imds' | 'app-service' = 'imds',
  ) {
    const { resource } = request.query;
    if (!resource) {
      return reply.code(400).send({
        error: 'invalid_resource',
        error_description: 'A resource is required',
        message: 'A resource is required.',
      });
    }
    const now = world.clock.seconds();
    const claims = accessTokenClaims(found, resource, entra, now);
    const isApplication = resource.startsWith('api://') && resource !== tokenExchange.uri;
    const token = await issuer.sign({
      ...claims,
      ...(resource === tokenExchange.uri ? { aud: tokenExchange.clientId } : {}),
      // An application's own API gets tokens of version 1 unless it asks for others.
      ...(isApplication ? { iss: `${entra}/${found.tenant.id}/`, ver: '1.0', azp: undefined } : {}),
      xms_mirid: found.application.resourceId,
    });
    world.secrets.add(token);
    const common = {
      access_token: token,
      client_id: found.application.clientId,
      expires_on: String(claims.exp),
      resource,
      token_type: 'Bearer',
    };
    if (form === 'app-service') return common;
    const seconds = String(accessTokenSeconds(found.tenant));
    return { ...common, expires_in: seconds, ext_expires_in: seconds, not_before: String(now) };
  }
}
