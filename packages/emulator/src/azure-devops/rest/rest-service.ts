import type { FastifyInstance } from 'fastify';
import type { Directory } from '../../entra/directory.ts';
import type { Names } from '../../server/names.ts';
import type { World } from '../../server/service.ts';
import { serveAgentSessions } from './agent-sessions.ts';
import { serveAgents } from './agents.ts';
import { type Access, Callers } from './callers.ts';
import { serveGit } from './git-refs.ts';
import { serveJobRequests } from './job-requests.ts';
import { serveMembers } from './members.ts';
import { servePackages } from './packages.ts';
import { servePools } from './pools.ts';
import { serveQueues } from './queues.ts';
import { serveRoles } from './roles.ts';
import { serveServiceEndpoints } from './service-endpoints.ts';

interface RestOptions extends Access {
  readonly directory: Directory;
  readonly world: World;
  readonly names: Names;
  /** The origin of the service. */
  readonly azureDevOps: string;
}

/**
 * Azure DevOps' REST as far as self-hosted agents and service connections need it, opened by Entra access tokens, also in the place of a PAT.
 * Sources: Microsoft Learn, "Azure DevOps REST API", Distributed Task, Member Entitlement Management, Security Roles and Service Endpoint;
 * microsoft/azure-pipelines-agent.
 */
export function serveAzureDevOpsRest(app: FastifyInstance, options: RestOptions): void {
  const callers = new Callers(app, options);
  const { azureDevOps } = options;
  servePools(callers);
  servePackages(app, callers, azureDevOps);
  serveAgents(callers, options.world, azureDevOps);
  serveAgentSessions(callers);
  serveJobRequests(callers);
  serveMembers(callers, options.directory);
  serveRoles(callers);
  serveQueues(callers);
  serveServiceEndpoints(callers, options);
  serveGit(callers);
}
