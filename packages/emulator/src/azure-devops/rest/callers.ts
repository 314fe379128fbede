import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccessTokenVerifier } from '../../entra/access-token-verifier.ts';
import { AzureDevOpsProblem, problem } from '../azure-devops-problem.ts';
import type { JobIdentity, Member, OrganizationState } from '../organization-state.ts';
import type { Agent, Pool } from '../pool.ts';

/** What Azure DevOps is to Entra. */
const resource = '499b84ac-1321-427f-aa17-267ca6975798';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Params = Readonly<Record<'organization' | 'project' | 'pool' | 'agent' | 'job' | 'id', string>>;
type Query = Readonly<Record<string, string | undefined>>;
/** A request to any of the routes, with the parameters that they may have. */
export type Request = FastifyRequest<{ Params: Params; Querystring: Query }>;

/** Who asks: a member of the organization. */
export interface Caller {
  readonly state: OrganizationState;
  readonly member: Member;
  readonly reply: FastifyReply;
}

/** Who asks: an agent of a pool, with the token that it was registered with. */
interface AgentCaller {
  readonly agent: Agent;
  readonly pool: Pool;
  readonly reply: FastifyReply;
}

/** What a caller is recognized by. */
export interface Access {
  readonly states: ReadonlyMap<string, OrganizationState>;
  readonly verifier: AccessTokenVerifier;
  /** The job whose own token this is; undefined for any other. */
  jobOf(token: string): JobIdentity | undefined;
}

/** Routes of organizations, each answered to those who may call it. */
export class Callers {
  readonly #app: FastifyInstance;
  readonly #access: Access;

  constructor(app: FastifyInstance, access: Access) {
    this.#app = app;
    this.#access = access;
  }

  /** A route for members. */
  route(method: Method, url: string, answer: (request: Request, caller: Caller) => Promise<unknown>): void {
    this.#handle(method, url, async (request, reply, state) => {
      const member = await this.#memberOf(request, state);
      if (member) reply.headers(state.throttle.count(member.id));
      return member ? answer(request, { state, member, reply }) : unauthorized(reply);
    });
  }

  /** A route for members, and for jobs with their own token. */
  ofJob(
    method: Method,
    url: string,
    answer: (request: Request, caller: { readonly state: OrganizationState; readonly job?: JobIdentity }) => unknown,
  ): void {
    this.#handle(method, url, async (request, reply, state) => {
      const job = this.#access.jobOf(bearerOf(request));
      if (job?.organization === state.organization) return answer(request, { state, job });
      return (await this.#memberOf(request, state)) ? answer(request, { state }) : unauthorized(reply);
    });
  }

  /** A route for agents. */
  ofAgent(method: Method, url: string, answer: (request: Request, caller: AgentCaller) => Promise<unknown>): void {
    this.#handle(method, url, async (request, reply, state) => {
      const pool = state.pool(request.params.pool);
      const agent = [...pool.agents.values()].find(({ token }) => request.headers.authorization === `Bearer ${token}`);
      return agent ? answer(request, { agent, pool, reply }) : unauthorized(reply);
    });
  }

  #handle(
    method: Method,
    url: string,
    answer: (request: Request, reply: FastifyReply, state: OrganizationState) => Promise<unknown>,
  ): void {
    this.#app.route<{ Params: Params; Querystring: Query }>({
      method,
      url,
      handler: async (request, reply) => {
        try {
          if (method !== 'GET') checkVersion(request);
          return await answer(request, reply, this.#stateOf(request.params.organization));
        } catch (error) {
          if (!(error instanceof AzureDevOpsProblem)) throw error;
          return reply.code(error.status).headers(error.headers).send(problem(error.type, error.message));
        }
      },
    });
  }

  #stateOf(organization: string): OrganizationState {
    const state = this.#access.states.get(organization.toLowerCase());
    if (state) return state;
    const message = `The organization ${organization} does not exist.`;
    throw new AzureDevOpsProblem(404, 'OrganizationNotFoundException', message);
  }

  /** The bearer of a token, or of one in the place of a PAT. */
  async #memberOf(request: Request, state: OrganizationState): Promise<Member | undefined> {
    const claims = await this.#access.verifier.claimsOf(bearerOf(request));
    if (claims?.aud !== resource) return undefined;
    const member = state.members.get(String(claims.oid));
    if (member) return member;
    const message = `TF400813: The user '${claims.oid}' is not authorized to access this resource.`;
    throw new AzureDevOpsProblem(401, 'UnauthorizedRequestException', message);
  }
}

/**
 * Reading does without, whatever it is that is read. Sources: Azure DevOps SDK, `VssVersionNotSpecifiedException` and its message; Microsoft
 * Learn, "REST API versioning", for where it may be.
 */
function checkVersion({ method, query, headers }: Request): void {
  if (query['api-version'] !== undefined || /;\s*api-version=/i.test(headers.accept ?? '')) return;
  const message = `No api-version was supplied for the "${method}" request. The version must be supplied either as part of the Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").`;
  throw new AzureDevOpsProblem(400, 'VssVersionNotSpecifiedException', message);
}

/** The token that a request carries, also in the place of a PAT. */
function bearerOf({ headers }: Request): string {
  const [, bearer] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const [, basic = ''] = /^Basic (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  return bearer ?? Buffer.from(basic, 'base64').toString().split(':').slice(1).join(':');
}

/** A pool that the caller administers. @throws AzureDevOpsProblem */
export function administered({ state, member }: Caller, id: string): Pool {
  const pool = state.pool(id);
  if (state.isAdministrator(member, pool)) return pool;
  throw needsManage(member, pool);
}

/** @param what - what permissions are missing, after "permissions to" */
export function denied({ clientId }: Member, what: string): AzureDevOpsProblem {
  const message = `Access denied. ${clientId} needs permissions to ${what}.`;
  return new AzureDevOpsProblem(403, 'AccessDeniedException', message);
}

/** Source: microsoft/azure-pipelines-agent#931, MicrosoftDocs/azure-devops-docs#13093. @param pool - none for pools at large */
export function needsManage({ clientId }: Member, pool?: Pool): AzureDevOpsProblem {
  const of = pool ? ` for pool ${pool.name}` : '';
  const message = `Access denied. ${clientId} needs Manage permissions${of} to perform the action. For more information, contact the Azure DevOps Server administrator.`;
  return new AzureDevOpsProblem(403, 'AccessDeniedException', message);
}

/** @throws AzureDevOpsProblem for a body that is not JSON */
export function jsonBody<T>({ body }: FastifyRequest): T {
  try {
    return JSON.parse(String(body ?? '')) as T;
  } catch {
    throw new AzureDevOpsProblem(400, 'VssPropertyValidationException', 'The body is not JSON.');
  }
}

/** A list as Azure DevOps answers one. */
export const list = <T>(value: readonly T[]) => ({ count: value.length, value });

/** Whether two names are the same: they ignore case. */
export const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

function unauthorized(reply: FastifyReply) {
  return reply.code(401).header('www-authenticate', 'Basic realm="Azure DevOps"').send();
}
