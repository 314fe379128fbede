import type { FastifyInstance } from 'fastify';
import type { AccessTokenVerifier } from '../entra/access-token-verifier.ts';
import type { Directory } from '../entra/directory.ts';
import type { Claims } from '../server/jwt.ts';
import type { RoleAssignments } from './role-assignments.ts';

/** With and without a slash at the end, as clients ask for it. */
const audiences = [
  'https://management.azure.com',
  'https://management.azure.com/',
  'https://management.core.windows.net',
  'https://management.core.windows.net/',
];

/** Whether an access token is for Azure Resource Manager. */
export function isForResourceManager(claims: Claims | undefined): claims is Claims {
  return audiences.includes(String(claims?.aud));
}

/** The body of an error of Azure Resource Manager. Source: Azure Resource Manager, "Common API details". */
export function resourceManagerProblem(code: string, message: string) {
  return { error: { code, message } };
}

/** Source: Azure REST API, Resource Management, "Subscriptions - List". */
export function serveSubscriptions(
  app: FastifyInstance,
  directory: Directory,
  verifier: AccessTokenVerifier,
  assignments: RoleAssignments,
): void {
  app.get('/subscriptions', async (request, reply) => {
    const claims = await verifier.bearerOf(request.headers.authorization);
    if (!isForResourceManager(claims)) {
      const code = claims ? 'InvalidAuthenticationTokenAudience' : 'InvalidAuthenticationToken';
      return reply.code(401).send(resourceManagerProblem(code, 'The access token is invalid.'));
    }
    const tenant = directory.tenant(String(claims.tid));
    // What the set-up has sees them all; what was created since, those that it has a role in.
    const caller = directory.byObjectId(String(claims.oid));
    const seen = (tenant?.subscriptions ?? []).filter(
      ({ id }) => !caller?.isCreated || assignments.hasAny(caller.objectId, id),
    );
    const value = seen.map(({ id, name }) => ({
      id: `/subscriptions/${id}`,
      subscriptionId: id,
      tenantId: claims.tid,
      displayName: name,
      state: 'Enabled',
      authorizationSource: 'RoleBased',
    }));
    return { value, count: { type: 'Total', value: value.length } };
  });
}

/** What the Azure CLI and others learn a cloud's addresses from; `ARM_CLOUD_METADATA_URL` names it to them. */
export function serveCloudMetadata(
  app: FastifyInstance,
  urls: { readonly entra: string; readonly resources: string },
): void {
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
      microsoftGraphResourceId: `${urls.resources}/`,
      suffixes: {
        storage: 'core.windows.net',
        keyVaultDns: 'vault.azure.net',
        sqlServerHostname: 'database.windows.net',
      },
    },
  ]);
}
