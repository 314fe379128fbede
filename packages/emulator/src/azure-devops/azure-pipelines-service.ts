import { randomBytes, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { StartedJob } from '../github/github-service.ts';
import { bearerOf } from '../server/issued-tokens.ts';
import type { Names } from '../server/names.ts';
import type { World } from '../server/service.ts';
import type { TokenIssuer } from '../server/token-issuer.ts';
import { frameworkProblem, listedProblem, problem } from './azure-devops-problem.ts';
import { agentEnvironment, type RunningJob } from './environment.ts';
import { connectionClaims, type JobContext, pipelineClaims } from './id-token-claims.ts';
import type { AzurePipelinesJob, Connection } from './organization.ts';
import type { JobIdentity, OrganizationState } from './organization-state.ts';

interface Where {
  /** The service's own URL. */
  readonly url: string;
  readonly names: Names;
}

/** What is known of a job that runs: the rest is as the organization is set up when it asks. */
interface KnownJob extends Omit<RunningJob, 'context' | 'connections'> {
  readonly job: AzurePipelinesJob;
}

const path = '/:organization/:project/_apis/distributedtask/hubs/:hub/plans/:plan/jobs/:job/oidctoken';

/** Azure DevOps' endpoint that gives a job its ID token. Source: Microsoft Learn, "Oidctoken - Create". */
export class AzurePipelinesService {
  readonly #jobs: Map<string, KnownJob>;
  readonly #world: World;
  readonly #organizations: readonly OrganizationState[];
  readonly #where: Where;

  constructor(
    app: FastifyInstance,
    issuers: { readonly azureDevOps: TokenIssuer; readonly entra: TokenIssuer },
    world: World,
    organizations: readonly OrganizationState[],
    where: Where,
  ) {
    this.#world = world;
    this.#organizations = organizations;
    this.#where = where;
    this.#jobs = world.state.map('jobs of Azure Pipelines');
    type Route = {
      Params: { job: string; plan: string };
      Querystring: { 'api-version'?: string; serviceConnectionId?: string };
    };
    app.post<Route>(path, async (request, reply) => {
      const running = this.#running(this.#jobs.get(request.params.job));
      if (!running || running.planId !== request.params.plan || bearerOf(request) !== running.accessToken) {
        if (request.headers['x-tfs-fedauthredirect'] === 'Suppress') return reply.code(401).send();
        return reply.redirect('https://spsprodweu1.vssps.visualstudio.com/_signin', 302);
      }
      if (request.query['api-version'] === undefined) {
        return reply.code(400).send(problem('VssVersionNotSpecifiedException', 'No api-version was supplied.'));
      }
      const given = request.query.serviceConnectionId;
      // What is no GUID is as if it were not there. Source: Teleport RFD 211, "OIDC ID Tokens linked to Service Connections".
      const id = given !== undefined && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(given) ? given : undefined;
      const connection = id === undefined ? undefined : running.connections.find((known) => known.id === id);
      if (id !== undefined && connection === undefined) {
        const message = `There is no explicit reference to service connection ${id} from current stage ${running.stage}.Job.__default.`;
        return reply.code(403).send(listedProblem(message));
      }
      const oidcToken = await this.#sign(running.context, connection, issuers);
      world.secrets.add(oidcToken);
      return { oidcToken };
    });
    app.route<Route>({
      method: ['GET', 'PUT', 'PATCH', 'DELETE'],
      url: path,
      handler: ({ method }, reply) =>
        reply.code(405).send(frameworkProblem(`The requested resource does not support http method '${method}'.`)),
    });
  }

  /** Starts a job. @returns the variables that the agent sets for its tasks @throws Error for names that are not configured */
  startJob(job: AzurePipelinesJob): StartedJob {
    const known: KnownJob = {
      job,
      accessToken: randomBytes(48).toString('base64url'),
      planId: randomUUID(),
      jobId: randomUUID(),
      stage: 'deploy',
    };
    const running = this.#configured(known);
    this.#world.secrets.add(known.accessToken);
    this.#jobs.set(known.jobId, known);
    const { name } = running.context.organization;
    return { environment: agentEnvironment(running, `${this.#where.url}/${name}/`) };
  }

  /** The job whose own token this is. */
  jobOf(token: string): JobIdentity | undefined {
    const known = [...this.#jobs.values()].find(({ accessToken }) => accessToken === token);
    return this.#running(known)?.context;
  }

  /** Undefined for a job that is not known, and for one whose pipeline is gone. */
  #running(known: KnownJob | undefined): RunningJob | undefined {
    try {
      return known && this.#configured(known);
    } catch {
      return undefined;
    }
  }

  /** @throws Error for names that are not configured */
  #configured({ job, ...known }: KnownJob): RunningJob {
    const state = this.#organizations.find(({ organization: { name } }) => name === job.organization);
    if (!state) throw new Error(`no organization ${job.organization} is configured`);
    const { organization } = state;
    const project = named(organization.projects, job.project, 'project');
    if (project.pipelines[job.pipeline] === undefined) throw new Error(`no pipeline ${job.pipeline} is configured`);
    const connections = state.endpoints.federated(project);
    return {
      ...known,
      context: { job, organization, project },
      connections: (job.connections ?? []).map((name) => named(connections, name, 'service connection')),
    };
  }

  #sign(
    context: JobContext,
    connection: Connection | undefined,
    issuers: { readonly azureDevOps: TokenIssuer; readonly entra: TokenIssuer },
  ): Promise<string> {
    const names = { names: this.#where.names, now: this.#world.clock.seconds() };
    if (connection === undefined) return issuers.azureDevOps.sign(pipelineClaims(context, names));
    const issuer = connection.issuer === 'entra' ? issuers.entra : issuers.azureDevOps;
    return issuer.sign(connectionClaims(context, connection, names));
  }
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string, what: string): T {
  const found = all.find((one) => one.name === name);
  if (found) return found;
  throw new Error(`no ${what} ${name} is configured`);
}
