import type { FastifyInstance } from 'fastify';
import type { AccessTokenVerifier } from '../entra/access-token-verifier.ts';
import type { Directory } from '../entra/directory.ts';
import { serveGraph } from '../graph/graph-service.ts';
import type { World } from '../server/service.ts';
import { serveAuthorization } from './authorization.ts';
import { ResourceManager } from './callers.ts';
import { serveManagedIdentities } from './managed-identities.ts';
import { serveCloudMetadata, serveSubscriptions } from './resource-manager.ts';
import { RoleAssignments } from './role-assignments.ts';

interface ResourcesOptions {
  readonly directory: Directory;
  readonly verifier: AccessTokenVerifier;
  readonly world: World;
  readonly urls: { readonly entra: string; readonly resources: string };
}

/** APIs that an Entra access token opens: they verify it as real ones do. */
export function serveResources(app: FastifyInstance, options: ResourcesOptions): void {
  const { directory, verifier, world, urls } = options;
  const assignments = new RoleAssignments(world.state);
  const manager = new ResourceManager({ directory, verifier, assignments, world });
  serveWhoAmI(app, verifier);
  serveSubscriptions(app, directory, verifier, assignments);
  serveManagedIdentities(app, manager, verifier);
  serveAuthorization(app, manager);
  serveGraph(app, { directory, verifier, world, url: urls.resources });
  serveCloudMetadata(app, urls);
}

/** An API of the emulator's own, for any audience: it answers whose the token is. */
function serveWhoAmI(app: FastifyInstance, verifier: AccessTokenVerifier): void {
  app.get('/whoami', async (request, reply) => {
    const claims = await verifier.bearerOf(request.headers.authorization);
    if (!claims) return reply.code(401).header('www-authenticate', 'Bearer error="invalid_token"').send();
    const { appid, tid, oid, aud, exp } = claims;
    return { appid, tid, oid, aud, exp };
  });
}
