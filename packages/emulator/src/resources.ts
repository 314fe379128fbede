import type { FastifyInstance } from 'fastify';
import type { JWTPayload } from 'jose';
import type { Tenant } from './entra/config.ts';
import type { RelyingParty } from './server/relying-party.ts';
import type { World } from './server/service.ts';

/** APIs that an Entra access token opens: they verify it as a real one does, and tell whose it is. */
export function serveResources(
  app: FastifyInstance,
  tenants: readonly Tenant[],
  relyingParty: RelyingParty,
  world: World,
  entra: string,
): void {
  app.get('/whoami', async (request, reply) => {
    const claims = await bearer(request.headers.authorization);
    if (!claims) return reply.code(401).header('www-authenticate', 'Bearer error="invalid_token"').send();
    const { appid, tid, oid, aud, exp } = claims;
    return { appid, tid, oid, aud, exp };
  });

  app.get('/subscriptions', async (request, reply) => {
    const claims = await bearer(request.headers.authorization);
    if (claims?.aud !== 'https://management.azure.com') {
      const code = claims ? 'InvalidAuthenticationTokenAudience' : 'InvalidAuthenticationToken';
      return reply.code(401).send({ error: { code, message: 'The access token is invalid.' } });
    }
    return { value: [], count: { type: 'Total', value: 0 } };
  });

  async function bearer(authorization = ''): Promise<JWTPayload | undefined> {
    const token = /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1];
    if (!token) return undefined;
    for (const { id } of tenants) {
      try {
        const claims = await relyingParty.verify(token, `${entra}/${id}/v2.0`);
        return (claims.exp ?? 0) > world.clock.seconds() ? claims : undefined;
      } catch {
        // Another tenant may have signed it.
      }
    }
    return undefined;
  }
}
