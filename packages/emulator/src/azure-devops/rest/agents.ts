import type { World } from '../../server/service.ts';
import { AzureDevOpsProblem } from '../azure-devops-problem.ts';
import { type Agent, type AgentBody, capabilitiesOf, type Pool } from '../pool.ts';
import { administered, type Callers, jsonBody, list, type Request, same } from './callers.ts';
import { pools } from './pools.ts';

/** Source: Azure DevOps REST API, Distributed Task, "Agents". @param azureDevOps - the URL of the service */
export function serveAgents(callers: Callers, world: World, azureDevOps: string): void {
  const all = `${pools}/:pool/agents`;
  const one = `${all}/:agent`;
  const register = (request: Request, pool: Pool, replaces?: Agent) => {
    const agent = pool.register(jsonBody<AgentBody>(request), replaces);
    world.secrets.add(agent.token);
    const authorization = { authorizationUrl: `${azureDevOps}/_oauth`, token: agent.token };
    return { ...agentJson(agent, pool, {}), authorization };
  };

  callers.route('GET', all, async ({ params, query }, { state }) => {
    const pool = state.pool(params.pool);
    const agents = query.demands ? pool.matching(query.demands.split(',')) : [...pool.agents.values()];
    const named = agents.filter(({ name }) => query.agentName === undefined || same(name, query.agentName));
    return list(named.map((agent) => agentJson(agent, pool, query)));
  });
  callers.route('POST', all, async (request, caller) => register(request, administered(caller, request.params.pool)));
  callers.route('PUT', one, async (request, caller) => {
    const pool = administered(caller, request.params.pool);
    return register(request, pool, agentOf(pool, request.params.agent));
  });
  callers.route('GET', one, async ({ params, query }, { state }) => {
    const pool = state.pool(params.pool);
    return agentJson(agentOf(pool, params.agent), pool, query);
  });
  callers.route('PATCH', one, async (request, caller) => {
    const pool = administered(caller, request.params.pool);
    const agent = agentOf(pool, request.params.agent);
    agent.enabled = jsonBody<{ enabled?: boolean }>(request).enabled ?? agent.enabled;
    return agentJson(agent, pool, {});
  });
  // Source: microsoft/azure-devops-node-api, `updateAgentUserCapabilities`: they take the place of those that were there.
  callers.route('PUT', `${one}/usercapabilities`, async (request, caller) => {
    const pool = administered(caller, request.params.pool);
    const agent = agentOf(pool, request.params.agent);
    agent.userCapabilities = jsonBody<Agent['userCapabilities']>(request);
    return agentJson(agent, pool, { includeCapabilities: 'true' });
  });
  callers.route('DELETE', one, async (request, caller) => {
    const pool = administered(caller, request.params.pool);
    const agent = agentOf(pool, request.params.agent);
    if (agent.job) {
      throw new AzureDevOpsProblem(400, 'TaskAgentJobStillRunningException', `Agent ${agent.name} is running a job.`);
    }
    pool.agents.delete(agent.id);
    return caller.reply.code(204).send();
  });
}

function agentOf(pool: Pool, id: string): Agent {
  const agent = pool.agents.get(Number(id));
  if (agent) return agent;
  throw new AzureDevOpsProblem(404, 'TaskAgentNotFoundException', `No agent found with identifier ${id}.`);
}

function agentJson(agent: Agent, pool: Pool, include: Readonly<Record<string, string | undefined>>) {
  const { id, name, version, osDescription, createdOn, enabled, job, userCapabilities } = agent;
  const status = pool.statusOf(agent);
  const isIncluded = (what: string) => include[`include${what}`]?.toLowerCase() === 'true';
  return {
    ...{ id, name, version, osDescription, createdOn, enabled, status, maxParallelism: 1 },
    ...{ provisioningState: 'Provisioned', accessPoint: 'CodexAccessMapping' },
    ...(isIncluded('Capabilities') ? { systemCapabilities: systemCapabilitiesOf(agent), userCapabilities } : {}),
    ...(isIncluded('AssignedRequest') && job ? { assignedRequest: { requestId: job.id } } : {}),
  };
}

const systemCapabilitiesOf = (agent: Agent) => capabilitiesOf({ ...agent, userCapabilities: {} });
