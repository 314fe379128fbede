import type { World } from '../../server/service.ts';
import { AzureDevOpsProblem } from '../azure-devops-problem.ts';
import type { Agent, Pool } from '../organization-state.ts';
import { administered, type Caller, type Callers, jsonBody, list, type Request, same } from './callers.ts';
import { pools } from './pools.ts';

/** Source: Azure DevOps REST API, Distributed Task, "Agents". @param azureDevOps - the URL of the service */
export function serveAgents(callers: Callers, world: World, azureDevOps: string): void {
  const all = `${pools}/:pool/agents`;
  const one = `${all}/:agent`;
  const register = (request: Request, { state }: Caller, pool: Pool, replaces?: Agent) => {
    const { name = '', version = '' } = jsonBody<{ name?: string; version?: string }>(request);
    const agent = state.register(pool, name, version, replaces);
    world.secrets.add(agent.token);
    const authorization = { authorizationUrl: `${azureDevOps}/_oauth`, token: agent.token };
    return { ...agentJson(agent), authorization };
  };

  callers.route('GET', all, async ({ params, query }, { state }) => {
    const agents = [...state.pool(params.pool).agents.values()];
    return list(
      agents.filter(({ name }) => query.agentName === undefined || same(name, query.agentName)).map(agentJson),
    );
  });
  callers.route('POST', all, async (request, caller) =>
    register(request, caller, administered(caller, request.params.pool)),
  );
  callers.route('PUT', one, async (request, caller) => {
    const pool = administered(caller, request.params.pool);
    return register(request, caller, pool, agentOf(pool, request.params.agent));
  });
  callers.route('GET', one, async ({ params }, { state }) => agentJson(agentOf(state.pool(params.pool), params.agent)));
  callers.route('PATCH', one, async (request, caller) => {
    const agent = agentOf(administered(caller, request.params.pool), request.params.agent);
    agent.enabled = jsonBody<{ enabled?: boolean }>(request).enabled ?? agent.enabled;
    return agentJson(agent);
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

const agentJson = ({ id, name, version, enabled, status, job }: Agent) => ({
  id,
  name,
  version,
  enabled,
  status,
  ...(job ? { assignedRequest: { requestId: job.id } } : {}),
});
