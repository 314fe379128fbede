import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { TokenIssuer } from '../server/issuer.ts';
import type { RelyingParty } from '../server/relying-party.ts';
import type { World } from '../server/service.ts';
import { accessTokenClaims, accessTokenSeconds } from './access-token.ts';
import { acceptAssertion } from './assertion.ts';
import type { Directory } from './directory.ts';
import { EntraProblem } from './problem.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface Answer {
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly ext_expires_in: number;
  readonly access_token: string;
}

interface EntraAddresses {
  /** Of the issuer of its tokens. */
  readonly url: string;
  /** Of the clouds that it stands for, at the usual port. */
  readonly hostnames: readonly string[];
}

/** Entra's issuer and token endpoint. Source: Microsoft Learn, "Client credentials flow", third case. */
export function serveEntra(
  app: FastifyInstance,
  directory: Directory,
  issuer: TokenIssuer,
  relyingParty: RelyingParty,
  world: World,
  { url, hostnames }: EntraAddresses,
): void {
  const issuerOf = (path: string, host: string) => {
    const tenant = directory.tenant(path.split('/')[1] ?? '');
    // A client holds a cloud's Entra to the name that it has asked for.
    return tenant && `${hostnames.includes(host) ? `https://${host}` : url}/${tenant.id}/v2.0`;
  };
  // The issuer of tokens of version 1, which ends with a slash.
  issuer.publish(app, '/:tenant', (path) => {
    const tenant = directory.tenant(path.split('/')[1] ?? '');
    return tenant && `${url}/${tenant.id}/`;
  });
  issuer.publish(app, '/:tenant/v2.0', issuerOf, (name) => {
    const base = name.replace(/\/v2\.0$/, '/oauth2/v2.0');
    return {
      token_endpoint: `${base}/token`,
      authorization_endpoint: `${base}/authorize`,
      end_session_endpoint: `${base}/logout`,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    };
  });

  app.post<{ Params: { tenant: string } }>('/:tenant/oauth2/v2.0/token', async (request, reply) => {
    reply.header('cache-control', 'no-store, no-cache').header('x-ms-request-id', randomUUID());
    try {
      return await answer(request.params.tenant, new URLSearchParams(String(request.body ?? '')));
    } catch (error) {
      if (error instanceof EntraProblem) return reply.code(error.status).send(error.body(world.clock.now()));
      throw error;
    }
  });

  async function answer(tenantName: string, form: URLSearchParams): Promise<Answer> {
    const tenant = directory.tenant(tenantName);
    if (!tenant) throw noTenant(tenantName);
    if (required(form, 'grant_type') !== 'client_credentials') {
      throw new EntraProblem(70003, 'unsupported_grant_type', 'The app requested an unsupported grant type.');
    }
    const clientId = required(form, 'client_id');
    const registered = directory.byClientId(clientId, tenant);
    if (!registered) {
      throw new EntraProblem(
        700016,
        'unauthorized_client',
        `Application with identifier '${clientId}' was not found in the directory '${tenant.id}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
      );
    }
    const resource = resourceOf(required(form, 'scope'));
    if (form.get('client_assertion_type') !== assertionType) {
      throw new EntraProblem(
        7000218,
        'invalid_client',
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      );
    }
    await acceptAssertion(required(form, 'client_assertion'), registered, relyingParty, world.clock.seconds());
    const accessToken = await issuer.sign(accessTokenClaims(registered, resource, url, world.clock.seconds()));
    world.secrets.add(accessToken);
    const lifetime = accessTokenSeconds(tenant);
    return {
      token_type: 'Bearer',
      expires_in: lifetime,
      ext_expires_in: lifetime,
      access_token: accessToken,
    };
  }
}

/** Source of the first text: caddy-dns/azure#3. */
function noTenant(name: string): EntraProblem {
  const couldBeOne = name.includes('.') || /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(name);
  return couldBeOne
    ? new EntraProblem(
        90002,
        'invalid_request',
        `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
      )
    : new EntraProblem(
        900023,
        'invalid_request',
        `Specified tenant identifier '${name}' is neither a valid DNS name, nor a valid external domain.`,
      );
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value) return value;
  throw new EntraProblem(
    900144,
    'invalid_request',
    `The request body must contain the following parameter: '${name}'.`,
  );
}

function resourceOf(scope: string): string {
  // The clients' libraries ask for further scopes, which mean nothing in this grant.
  const wanted = scope.split(' ').filter((one) => !['openid', 'profile', 'offline_access'].includes(one));
  const resource = /^(.+)\/\.default$/.exec(wanted[0] ?? '')?.[1];
  if (resource !== undefined && wanted.length === 1) return resource;
  throw new EntraProblem(
    1002012,
    'invalid_scope',
    `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  );
}
