import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { grantClientCredentials, type TokenEndpoint } from './client-credentials.ts';
import { EntraProblem } from './entra-problem.ts';

interface EntraOptions extends TokenEndpoint {
  /** Names of the clouds that it stands for, at the usual port. */
  readonly hostnames: readonly string[];
}

/** Entra's issuers, and its token endpoint. */
export function serveEntra(app: FastifyInstance, options: EntraOptions): void {
  publishIssuers(app, options);
  app.post<{ Params: { tenant: string } }>('/:tenant/oauth2/v2.0/token', async (request, reply) => {
    reply.header('cache-control', 'no-store, no-cache').header('x-ms-request-id', randomUUID());
    try {
      const form = new URLSearchParams(String(request.body ?? ''));
      return await grantClientCredentials(request.params.tenant, form, options);
    } catch (error) {
      if (error instanceof EntraProblem) return reply.code(error.status).send(error.body(options.world.clock.now()));
      throw error;
    }
  });
}

/**
 * In the place of a tenant: the issuer has a placeholder there.
 * Source: https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration
 */
const anyTenant = /^\/(common|organizations)\//;

/** A tenant's issuer of tokens of version 1, which ends with a slash, and the one of version 2. */
function publishIssuers(app: FastifyInstance, { directory, issuer, names, hostnames }: EntraOptions): void {
  const tenantOf = (path: string) => directory.tenant(path.split('/')[1] ?? '');
  issuer.publish(app, '/:tenant', (path) => {
    const tenant = tenantOf(path);
    return tenant && names.entraV1(tenant.id);
  });
  const issuerOf = (path: string, host: string) => {
    const id = anyTenant.test(path) ? '{tenantid}' : tenantOf(path)?.id;
    // A client holds a cloud's Entra to the name that it has asked for.
    return id && (hostnames.includes(host) ? `https://${host}/${id}/v2.0` : names.entra(id));
  };
  issuer.publish(app, '/:tenant/v2.0', issuerOf, (name) => {
    const base = name.replace(/\/v2\.0$/, '/oauth2/v2.0');
    return {
      token_endpoint: `${base}/token`,
      authorization_endpoint: `${base}/authorize`,
      end_session_endpoint: `${base}/logout`,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    };
  });
}
