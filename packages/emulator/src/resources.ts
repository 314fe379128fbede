import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CredentialProblem } from './entra/credential-problem.ts';
import type { Directory, Registered } from './entra/directory.ts';
import type { FederatedCredential } from './entra/federated-credential.ts';
import type { Claims } from './server/jwt.ts';
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
  directory: Directory,
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
    const tenant = directory.tenant(String(claims?.tid));
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

  serveManagedIdentities();

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

  /** Source: Azure REST API, Managed Identity, "User Assigned Identities" and "Federated Identity Credentials". */
  function serveManagedIdentities(): void {
    const identity =
      '/subscriptions/:subscription/resourceGroups/:group/providers/Microsoft.ManagedIdentity/userAssignedIdentities/:name';
    const credential = `${identity}/federatedIdentityCredentials/:credential`;
    type Route = { Params: { credential: string } };
    const problem = (code: string, message: string) => ({ error: { code, message } });
    const found = async ({ url, headers }: FastifyRequest, reply: FastifyReply): Promise<Registered | undefined> => {
      const claims = await bearer(headers.authorization);
      if (!resourceManagerAudiences.includes(String(claims?.aud))) {
        await reply.code(401).send(problem('InvalidAuthenticationToken', 'The access token is invalid.'));
        return undefined;
      }
      const id = decodeURIComponent(url.split('?')[0] ?? '').replace(/\/federatedIdentityCredentials.*$/, '');
      const one = directory.byResourceId(id);
      if (!one) await reply.code(404).send(problem('ResourceNotFound', `The Resource '${id}' was not found.`));
      return one;
    };
    const json = (one: Registered, { name, ...properties }: FederatedCredential) => ({
      id: `${one.application.resourceId}/federatedIdentityCredentials/${name}`,
      name,
      properties,
    });

    app.get(identity, async (request, reply) => {
      const one = await found(request, reply);
      if (!one) return reply;
      const { application, objectId, tenant } = one;
      return {
        id: application.resourceId,
        properties: { clientId: application.clientId, principalId: objectId, tenantId: tenant.id },
      };
    });
    app.get<Route>(credential, async (request, reply) => {
      const one = await found(request, reply);
      if (!one) return reply;
      const known = one.federatedCredentials.find(({ name }) => name === request.params.credential);
      if (known) return json(one, known);
      return reply.code(404).send(problem('NotFound', 'The federated identity credential was not found.'));
    });
    app.put<Route>(credential, async (request, reply) => {
      const one = await found(request, reply);
      if (!one) return reply;
      const { properties } = JSON.parse(String(request.body)) as { properties: Omit<FederatedCredential, 'name'> };
      const { credential: name } = request.params;
      const isNew = one.federatedCredentials.every((known) => known.name !== name);
      try {
        one.put({ ...properties, name });
      } catch (error) {
        if (!(error instanceof CredentialProblem)) throw error;
        return reply.code(error.status).send(problem(error.code, error.message));
      }
      return reply.code(isNew ? 201 : 200).send(json(one, { ...properties, name }));
    });
  }

  async function bearer(authorization = ''): Promise<Claims | undefined> {
    const token = /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1];
    if (!token) return undefined;
    // Either version of tokens.
    const issuers = directory.tenants.flatMap(({ id }) => [`${urls.entra}/${id}/v2.0`, `${urls.entra}/${id}/`]);
    const claims = await relyingParty.claimsOf(token, issuers);
    return (claims?.exp ?? 0) > world.clock.seconds() ? claims : undefined;
  }
}
