import type { FastifyInstance } from 'fastify';
import type { JWTPayload } from 'jose';
import type { Tenant } from './entra/config.ts';
import type { RelyingParty } from './server/relying-party.ts';
import type { World } from './server/service.ts';

/** With and without a slash at the end, as clients ask for it. */
const resourceManagerAudiences = [
  'https://management.azure.com',
  'https://management.azure.com/',
  'https://management.core.windows.net',
  'https://management.core.windows.net/',
];

/** APIs that an Entra access token opens: they verify it as a real one does, and tell whose it is. */
export function serveResources(
  app: FastifyInstance,
  tenants: readonly Tenant[],
  relyingParty: RelyingParty,
  world: World,
  urls: { readonly entra: string; readonly resources: string },
): void {
  app.get('/whoami', async (request, reply) => {
    const claims = await bearer(request.headers.authorization);
    if (!claims) return reply.code(401).header('www-authenticate', 'Bearer error="invalid_token"').send();
    const { appid, tid, oid, aud, exp } = claims;
    return { appid, tid, oid, aud, exp };
  });

  app.get('/subscriptions', async (request, reply) => {
    const claims = await bearer(request.headers.authorization);
    if (!resourceManagerAudiences.includes(String(claims?.aud))) {
      const code = claims ? 'InvalidAuthenticationTokenAudience' : 'InvalidAuthenticationToken';
      return reply.code(401).send({ error: { code, message: 'The access token is invalid.' } });
    }
    const tenant = tenants.find(({ id }) => id === claims?.tid);
    const value = (tenant?.subscriptions ?? []).map(({ id, name }) => ({
      id: `/subscriptions/${id}`,
      subscriptionId: id,
      tenantId: claims?.tid,
      displayName: name,
      state: 'Enabled',
      authorizationSource: 'RoleBased',
    }));
    return { value, count: { type: 'Total', value: value.length } };
  });

  // What the Azure CLI and others learn a cloud's addresses from; ARM_CLOUD_METADATA_URL names it to them.
  app.get('/metadata/endpoints', async () => [
    {
      name: 'AzureCloud',
      portal: urls.resources,
      authentication: {
        loginEndpoint: urls.entra,
        audiences: ['https://management.core.windows.net/', 'https://management.azure.com/'],
        tenant: 'common',
        identityProvider: 'AAD',
      },
      resourceManager: urls.resources,
      graph: 'https://graph.windows.net/',
      microsoftGraphResourceId: 'https://graph.microsoft.com/',
      suffixes: {
        storage: 'core.windows.net',
        keyVaultDns: 'vault.azure.net',
        sqlServerHostname: 'database.windows.net',
      },
    },
  ]);

  async function bearer(authorization = ''): Promise<JWTPayload | undefined> {
    const token = /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1];
    if (!token) return undefined;
    for (const { id } of tenants) {
      try {
        const claims = await relyingParty.verify(token, `${urls.entra}/${id}/v2.0`);
        return (claims.exp ?? 0) > world.clock.seconds() ? claims : undefined;
      } catch {
        // Another tenant may have signed it.
      }
    }
    return undefined;
  }
}
