import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Directory } from '../entra/directory.ts';
import type { RelyingParty } from '../server/relying-party.ts';
import type { World } from '../server/service.ts';
import { agentVersion, standInPackage } from './agent-package.ts';
import type { Agent, Member, OrganizationState, Pool, PoolJob, PoolRole } from './pools.ts';
import { AzureDevOpsProblem, problem } from './problem.ts';

const resource = '499b84ac-1321-427f-aa17-267ca6975798';
const commit = '9d2f6c1b7a5e4f3d8c0b1a2e3f4d5c6b7a8e9f01';

type Params = Readonly<Record<'organization' | 'pool' | 'agent' | 'job' | 'project' | 'repository', string>>;
type Query = Readonly<Record<string, string | undefined>>;
type Request = FastifyRequest<{ Params: Params; Querystring: Query }>;

export interface RestOptions {
  readonly states: ReadonlyMap<string, OrganizationState>;
  readonly directory: Directory;
  readonly relyingParty: RelyingParty;
  readonly world: World;
  readonly urls: { readonly entra: string; readonly azureDevOps: string };
}

/**
 * Azure DevOps' REST as far as self-hosted agents need it, opened by Entra access tokens, also in the place of a PAT.
 * Sources: Microsoft Learn, "Azure DevOps REST API", Distributed Task, Member Entitlement Management and Security Roles;
 * microsoft/azure-pipelines-agent.
 */
export function serveAzureDevOpsRest(app: FastifyInstance, options: RestOptions): void {
  const { states, directory, relyingParty, world, urls } = options;
  const base = '/:organization/_apis';
  const pools = `${base}/distributedtask/pools`;

  route('GET', `${base}/connectionData`, async (_request, { member, state }) => ({
    authenticatedUser: {
      id: member.id,
      descriptor: `Microsoft.VisualStudio.Services.Claims.AadServicePrincipal;${member.objectId}`,
      subjectDescriptor: `aadsp.${member.objectId}`,
      providerDisplayName: member.clientId,
      isActive: true,
    },
    instanceId: state.organization.id,
    deploymentType: 'hosted',
  }));

  route('GET', pools, async ({ query }, { state }) =>
    list(
      [...state.pools.values()]
        .filter(({ name }) => query.poolName === undefined || same(name, query.poolName))
        .map(poolJson),
    ),
  );
  route('POST', pools, async (request, { state, member }) => {
    if (!state.isAdministrator(member)) throw denied(member, 'create pools');
    const { name } = bodyOf<{ name?: string }>(request);
    if (!name)
      throw new AzureDevOpsProblem(400, 'ArgumentNullException', 'Value cannot be null. Parameter name: pool.Name');
    return poolJson(state.addPool(name));
  });

  route('GET', `${base}/distributedtask/packages/agent`, async ({ query }) => {
    const { platform = 'linux-x64' } = query;
    const { hash } = await standInPackage();
    const [major, minor, patch] = agentVersion.split('.').map(Number);
    const filename = `vsts-agent-${platform}-${agentVersion}.tar.gz`;
    return list([
      {
        type: 'agent',
        platform,
        createdOn: '2026-10-01T00:00:00.000Z',
        version: { major, minor, patch },
        downloadUrl: `${urls.azureDevOps}/download/agent/${agentVersion}/${filename}`,
        hashValue: hash,
        filename,
      },
    ]);
  });
  app.get('/download/agent/:version/:file', async (_request, reply) =>
    reply.type('application/gzip').send((await standInPackage()).archive),
  );

  route('GET', `${pools}/:pool/agents`, async ({ params, query }, { state }) => {
    const all = [...state.pool(params.pool).agents.values()];
    return list(all.filter(({ name }) => query.agentName === undefined || same(name, query.agentName)).map(agentJson));
  });
  route('POST', `${pools}/:pool/agents`, async (request, { state, member }) => {
    const pool = administered(state, member, request.params.pool);
    const { name = '', version = '' } = bodyOf<{ name?: string; version?: string }>(request);
    return registered(state.register(pool, name, version));
  });
  route('PUT', `${pools}/:pool/agents/:agent`, async (request, { state, member }) => {
    const pool = administered(state, member, request.params.pool);
    const { name = '', version = '' } = bodyOf<{ name?: string; version?: string }>(request);
    return registered(state.register(pool, name, version, agentOf(pool, request.params.agent)));
  });
  route('GET', `${pools}/:pool/agents/:agent`, async ({ params }, { state }) =>
    agentJson(agentOf(state.pool(params.pool), params.agent)),
  );
  route('PATCH', `${pools}/:pool/agents/:agent`, async (request, { state, member }) => {
    const agent = agentOf(administered(state, member, request.params.pool), request.params.agent);
    agent.enabled = bodyOf<{ enabled?: boolean }>(request).enabled ?? agent.enabled;
    return agentJson(agent);
  });
  route('DELETE', `${pools}/:pool/agents/:agent`, async (request, { state, member, reply }) => {
    const pool = administered(state, member, request.params.pool);
    const agent = agentOf(pool, request.params.agent);
    if (agent.job) {
      throw new AzureDevOpsProblem(400, 'TaskAgentJobStillRunningException', `Agent ${agent.name} is running a job.`);
    }
    pool.agents.delete(agent.id);
    return reply.code(204).send();
  });

  // What an agent calls once it is registered, with a token of its own.
  ofAgent('POST', `${pools}/:pool/sessions`, async (_request, { agent }) => {
    agent.status = 'online';
    return { sessionId: randomUUID(), agent: { id: agent.id, name: agent.name } };
  });
  ofAgent('GET', `${pools}/:pool/messages`, async (_request, { agent, pool, reply }) => {
    const until = Date.now() + 2_000;
    // An agent that was replaced or removed meanwhile gets no job any more.
    while (Date.now() < until && pool.agents.get(agent.id) === agent) {
      const job = agent.enabled && !agent.job ? pool.jobs.find(({ state }) => state === 'queued') : undefined;
      if (job) {
        Object.assign(job, { state: 'running', agentName: agent.name });
        agent.job = job;
        return {
          messageId: job.id,
          messageType: 'PipelineAgentJobRequest',
          body: JSON.stringify({ seconds: job.seconds }),
        };
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return reply.code(202).send();
  });
  ofAgent('PATCH', `${pools}/:pool/jobrequests/:job`, async (request, { agent }) => {
    const { result } = bodyOf<{ result?: PoolJob['state'] }>(request);
    if (agent.job?.id !== Number(request.params.job))
      throw new AzureDevOpsProblem(404, 'TaskAgentJobNotFoundException', 'No such job.');
    agent.job.state = result ?? 'succeeded';
    agent.job = undefined;
    return { requestId: Number(request.params.job), result };
  });
  ofAgent('DELETE', `${pools}/:pool/sessions/:session`, async (_request, { agent, reply }) => {
    agent.status = 'offline';
    return reply.code(204).send();
  });

  const entitlements = `${base}/serviceprincipalentitlements`;
  route('POST', entitlements, async (request, { state, member }) => {
    if (!state.isAdministrator(member)) throw denied(member, 'add users');
    type Body = { accessLevel?: { accountLicenseType?: string }; servicePrincipal?: { originId?: string } };
    const { accessLevel, servicePrincipal } = bodyOf<Body>(request);
    const found = directory.byObjectId(servicePrincipal?.originId ?? '');
    if (!found) {
      return {
        isSuccess: false,
        operationResult: {
          isSuccess: false,
          errors: [{ key: 5001, value: 'VS403283: The service principal could not be found in the tenant.' }],
        },
      };
    }
    const added = state.addMember(found, accessLevel?.accountLicenseType ?? 'express');
    return {
      isSuccess: true,
      operationResult: { isSuccess: true, servicePrincipalId: added.id, result: entitlementJson(added) },
      servicePrincipalEntitlement: entitlementJson(added),
    };
  });
  route('GET', `${entitlements}/:id`, async (request, { state }) => {
    const { id } = request.params as unknown as { id: string };
    const found = [...state.members.values()].find((one) => one.id === id);
    if (!found) throw new AzureDevOpsProblem(404, 'IdentityNotFoundException', `No service principal ${id}.`);
    return entitlementJson(found);
  });
  route('GET', `${base}/memberentitlements`, async (_request, { state }) => ({
    items: [...state.members.values()].map(entitlementJson),
    totalCount: state.members.size,
  }));

  const roles = `${base}/securityroles/scopes/distributedtask.agentpoolrole/roleassignments/resources/:pool`;
  route('GET', roles, async ({ params }, { state }) => list(assignments(state, state.pool(params.pool))));
  route('PUT', roles, async (request, { state, member }) => {
    const pool = administered(state, member, request.params.pool);
    for (const { userId, roleName } of bodyOf<{ userId: string; roleName: PoolRole }[]>(request)) {
      if (![...state.members.values()].some(({ id }) => id === userId)) {
        throw new AzureDevOpsProblem(
          404,
          'IdentityNotFoundException',
          `VS403283: Could not add the identity ${userId}.`,
        );
      }
      pool.roles.set(userId, roleName);
    }
    return list(assignments(state, pool));
  });

  // What `git ls-remote` asks: one branch. Source: git, "HTTP transfer protocols".
  route('GET', '/:organization/:project/_git/:repository/info/refs', async (_request, { reply }) => {
    const line = (text: string) => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
    const lines = [line('# service=git-upload-pack\n'), '0000', line(`${commit} refs/heads/main\0\n`), '0000'];
    return reply.type('application/x-git-upload-pack-advertisement').send(lines.join(''));
  });

  interface Caller {
    readonly state: OrganizationState;
    readonly member: Member;
    readonly reply: FastifyReply;
  }

  function route(method: string, url: string, answer: (request: Request, caller: Caller) => Promise<unknown>): void {
    handle(method, url, async (request, reply, state) => {
      const member = await memberOf(request, state);
      if (!member) return unauthorized(reply);
      return answer(request, { state, member, reply });
    });
  }

  function ofAgent(
    method: string,
    url: string,
    answer: (
      request: Request,
      caller: { readonly agent: Agent; readonly pool: Pool; readonly reply: FastifyReply },
    ) => Promise<unknown>,
  ): void {
    handle(method, url, async (request, reply, state) => {
      const pool = state.pool(request.params.pool);
      const agent = [...pool.agents.values()].find(({ token }) => request.headers.authorization === `Bearer ${token}`);
      if (!agent) return unauthorized(reply);
      return answer(request, { agent, pool, reply });
    });
  }

  function handle(
    method: string,
    url: string,
    answer: (request: Request, reply: FastifyReply, state: OrganizationState) => Promise<unknown>,
  ): void {
    app.route<{ Params: Params; Querystring: Query }>({
      method: method as 'GET',
      url,
      handler: async (request, reply) => {
        try {
          const state = states.get(request.params.organization.toLowerCase());
          if (!state)
            throw new AzureDevOpsProblem(
              404,
              'OrganizationNotFoundException',
              `The organization ${request.params.organization} does not exist.`,
            );
          return await answer(request, reply, state);
        } catch (error) {
          if (!(error instanceof AzureDevOpsProblem)) throw error;
          return reply.code(error.status).send(problem(error.type, error.message));
        }
      },
    });
  }

  /** The bearer of a token, or of one in the place of a PAT. */
  async function memberOf({ headers }: Request, state: OrganizationState): Promise<Member | undefined> {
    const [, bearer] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
    const [, basic = ''] = /^Basic (\S+)$/i.exec(headers.authorization ?? '') ?? [];
    const token = bearer ?? Buffer.from(basic, 'base64').toString().split(':').slice(1).join(':');
    const issuers = directory.tenants.map(({ id }) => `${urls.entra}/${id}/v2.0`);
    const claims = await relyingParty.claimsOf(token, issuers);
    if (claims?.aud !== resource || (claims.exp ?? 0) <= world.clock.seconds()) return undefined;
    const member = state.members.get(String(claims.oid));
    if (member) return member;
    throw new AzureDevOpsProblem(
      401,
      'UnauthorizedRequestException',
      `TF400813: The user '${claims.oid}' is not authorized to access this resource.`,
    );
  }

  function registered(agent: Agent) {
    world.secrets.add(agent.token);
    return {
      ...agentJson(agent),
      authorization: { authorizationUrl: `${urls.azureDevOps}/_oauth`, token: agent.token },
    };
  }
}

function unauthorized(reply: FastifyReply) {
  return reply.code(401).header('www-authenticate', 'Basic realm="Azure DevOps"').send();
}

function administered(state: OrganizationState, member: Member, id: string): Pool {
  const pool = state.pool(id);
  if (state.isAdministrator(member, pool)) return pool;
  throw denied(member, `administer pool ${pool.name}`);
}

function denied({ clientId }: Member, what: string): AzureDevOpsProblem {
  return new AzureDevOpsProblem(
    403,
    'AccessDeniedException',
    `Access denied. ${clientId} needs permissions to ${what}.`,
  );
}

function agentOf(pool: Pool, id: string): Agent {
  const agent = pool.agents.get(Number(id));
  if (agent) return agent;
  throw new AzureDevOpsProblem(404, 'TaskAgentNotFoundException', `No agent found with identifier ${id}.`);
}

const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
const list = <T>(value: readonly T[]) => ({ count: value.length, value });
const poolJson = ({ id, name, agents }: Pool) => ({
  id,
  name,
  poolType: 'automation',
  isHosted: false,
  size: agents.size,
});
const agentJson = ({ id, name, version, enabled, status, job }: Agent) => ({
  id,
  name,
  version,
  enabled,
  status,
  ...(job ? { assignedRequest: { requestId: job.id } } : {}),
});
const entitlementJson = ({ id, objectId, clientId, license }: Member) => ({
  id,
  accessLevel: { accountLicenseType: license, status: 'active' },
  member: { subjectKind: 'servicePrincipal', origin: 'aad', originId: objectId, applicationId: clientId },
});

function assignments(state: OrganizationState, pool: Pool) {
  return [...pool.roles].map(([userId, name]) => ({
    access: 'assigned',
    identity: { id: userId, displayName: [...state.members.values()].find(({ id }) => id === userId)?.clientId },
    role: { name, scope: 'distributedtask.agentpoolrole' },
  }));
}

function bodyOf<T>({ body }: FastifyRequest): T {
  try {
    return JSON.parse(String(body ?? '')) as T;
  } catch {
    throw new AzureDevOpsProblem(400, 'VssPropertyValidationException', 'The body is not JSON.');
  }
}
