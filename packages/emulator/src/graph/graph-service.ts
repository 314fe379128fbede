import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccessTokenVerifier } from '../entra/access-token-verifier.ts';
import { CredentialProblem } from '../entra/credential-problem.ts';
import type { Directory } from '../entra/directory.ts';
import type { Tenant } from '../entra/tenant.ts';
import { bodyText, pathOf } from '../server/record.ts';
import type { World } from '../server/service.ts';
import { answerApplications } from './applications.ts';
import { answerCredentials } from './credentials.ts';
import { badRequest, GraphProblem, notFound } from './graph-problem.ts';
import type { GraphAnswer, GraphRequest } from './graph-request.ts';
import { answerPrincipals, principalsByIds } from './service-principals.ts';

interface GraphOptions {
  readonly directory: Directory;
  readonly verifier: AccessTokenVerifier;
  readonly world: World;
  /** The origin that Graph has here. */
  readonly url: string;
}

/**
 * Microsoft Graph as far as `az ad` and Terraform need it to have an application trust an issuer.
 * Source: Microsoft Graph REST API v1.0, application, servicePrincipal and federatedIdentityCredential; what the Azure CLI sends: its
 * `command_modules/role/_msgrpah/_graph_client.py` and `custom.py`.
 */
export function serveGraph(app: FastifyInstance, options: GraphOptions): void {
  for (const version of ['v1.0', 'beta']) {
    app.route({
      method: ['GET', 'POST', 'PATCH'],
      url: `/${version}/*`,
      handler: async (request, reply) => {
        try {
          const { status, body } = answer(await requestOf(request, options), pathOf(request).split('/')[2] ?? '');
          return reply.code(status).send(body);
        } catch (error) {
          if (error instanceof CredentialProblem) return send(reply, error, options.world);
          if (error instanceof GraphProblem) return send(reply, error, options.world);
          throw error;
        }
      },
    });
  }
}

function answer(request: GraphRequest, segment: string): GraphAnswer {
  const [name = ''] = segment.split('(');
  if (name === 'applications')
    return request.below === undefined ? answerApplications(request) : answerCredentials(request);
  if (name === 'servicePrincipals' && request.below === undefined) return answerPrincipals(request);
  if (name === 'directoryObjects' && request.method === 'POST' && request.key?.value === 'getByIds')
    return principalsByIds(request);
  throw badRequest(`Resource not found for the segment '${name}'.`);
}

const path =
  /^\/[^/]+\/\w+(?:\(appId='([^']+)'\)|\/([^/]+))?(?:\/owners|\/federatedIdentityCredentials(?:\/([^/]+)|\(name='([^']+)'\))?)?$/;

async function requestOf(request: FastifyRequest, options: GraphOptions): Promise<GraphRequest> {
  const { directory, world } = options;
  const tenant = await tenantOf(request, options);
  const whole = decodeURIComponent(pathOf(request));
  const [found, appId, id, key, name] = path.exec(whole) ?? [];
  if (found === undefined) throw notFound(whole);
  const value = appId ?? id;
  return {
    ...{ directory, tenant, method: request.method },
    key: value === undefined ? undefined : { by: appId === undefined ? 'id' : 'appId', value },
    below: whole.includes('/federatedIdentityCredentials') ? (key ?? name ?? '') : undefined,
    isOfOwners: whole.endsWith('/owners'),
    filter: (request.query as Readonly<Record<string, string | undefined>>).$filter,
    body: bodyOf(request),
    now: new Date(world.clock.now()).toISOString(),
  };
}

/** The tenant of the token, whose bearer may administer it. @throws GraphProblem */
async function tenantOf({ headers }: FastifyRequest, { directory, verifier, url }: GraphOptions): Promise<Tenant> {
  const claims = await verifier.bearerOf(headers.authorization);
  if (!claims)
    throw new GraphProblem(401, 'InvalidAuthenticationToken', 'Access token is empty or cannot be validated.');
  const audiences = ['https://graph.microsoft.com', '00000003-0000-0000-c000-000000000000', url];
  if (!audiences.includes(String(claims.aud).replace(/\/$/, '')))
    throw new GraphProblem(401, 'InvalidAuthenticationToken', 'Access token validation failure. Invalid audience.');
  const tenant = directory.tenant(String(claims.tid));
  if (tenant?.administrators?.includes(String(claims.appid))) return tenant;
  throw new GraphProblem(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
}

function bodyOf(request: FastifyRequest): GraphRequest['body'] {
  if (bodyText(request) === '') return {};
  try {
    const body: unknown = JSON.parse(bodyText(request));
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as GraphRequest['body'];
  } catch {
    // Said below.
  }
  throw new GraphProblem(
    400,
    'BadRequest',
    'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
  );
}

function send(reply: FastifyReply, { status, code, message }: GraphProblem | CredentialProblem, { clock }: World) {
  const id = randomUUID();
  const date = new Date(clock.now()).toISOString().slice(0, 19);
  const innerError = { date, 'request-id': id, 'client-request-id': id };
  return reply.code(status).send({ error: { code, message, innerError } });
}
