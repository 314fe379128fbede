import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccessTokenVerifier } from '../entra/access-token-verifier.ts';
import { CredentialProblem } from '../entra/credential-problem.ts';
import type { Directory } from '../entra/directory.ts';
import type { Tenant } from '../entra/tenant.ts';
import type { World } from '../server/service.ts';
import { isForResourceManager, resourceManagerProblem } from './resource-manager.ts';
import { authorizationFailed, ResourceManagerProblem } from './resource-manager-problem.ts';
import type { RoleAssignments } from './role-assignments.ts';

/** Who asks Azure Resource Manager. */
export interface Caller {
  readonly tenant: Tenant;
  /** Of its service principal. */
  readonly objectId: string;
  readonly isAdministrator: boolean;
  /** ISO 8601. */
  readonly now: string;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

interface ManagerOptions {
  readonly directory: Directory;
  readonly verifier: AccessTokenVerifier;
  readonly assignments: RoleAssignments;
  readonly world: World;
}

/** Azure Resource Manager's routes, each answered to those whose token is for it. */
export class ResourceManager {
  readonly directory: Directory;
  readonly assignments: RoleAssignments;
  readonly #options: ManagerOptions;

  constructor(options: ManagerOptions) {
    this.directory = options.directory;
    this.assignments = options.assignments;
    this.#options = options;
  }

  route(
    app: FastifyInstance,
    method: 'GET' | 'PUT',
    url: string,
    answer: (request: FastifyRequest, caller: Caller) => Promise<Answer>,
  ): void {
    app.route({
      method,
      url,
      handler: async (request, reply) => {
        try {
          const { status, body } = await answer(request, await this.#callerOf(request));
          return reply.code(status).send(body);
        } catch (error) {
          if (error instanceof ResourceManagerProblem || error instanceof CredentialProblem) return send(reply, error);
          throw error;
        }
      },
    });
  }

  async #callerOf({ headers, query }: FastifyRequest): Promise<Caller> {
    const { verifier, directory, world } = this.#options;
    const claims = await verifier.bearerOf(headers.authorization);
    const tenant = directory.tenant(String(claims?.tid));
    if (!isForResourceManager(claims) || !tenant) {
      const code = claims ? 'InvalidAuthenticationTokenAudience' : 'InvalidAuthenticationToken';
      throw new ResourceManagerProblem(401, code, 'The access token is invalid.');
    }
    if (!(query as Readonly<Record<string, unknown>>)['api-version']) {
      const message = 'The api-version query parameter (?api-version=) is required for all requests.';
      throw new ResourceManagerProblem(400, 'MissingApiVersionParameter', message);
    }
    return {
      tenant,
      objectId: String(claims.oid),
      isAdministrator: tenant.administrators?.includes(String(claims.appid)) === true,
      now: new Date(world.clock.now()).toISOString(),
    };
  }
}

/** @throws ResourceManagerProblem for who may not */
export function refuseOthers({ objectId, isAdministrator }: Caller, action: string, scope: string): void {
  if (!isAdministrator) throw authorizationFailed(objectId, action, scope);
}

function send(reply: FastifyReply, { status, code, message }: ResourceManagerProblem | CredentialProblem) {
  return reply.code(status).send(resourceManagerProblem(code, message));
}
