import { randomUUID } from 'node:crypto';
import { AzureDevOpsProblem } from '../azure-devops-problem.ts';
import type { PoolJob } from '../pool.ts';
import { type Callers, jsonBody } from './callers.ts';
import { pools } from './pools.ts';

/** How long an agent waits for a message, in ms. */
const longPollMs = 2_000;

/** What an agent calls once it is registered, with a token of its own. Source: microsoft/azure-pipelines-agent. */
export function serveAgentSessions(callers: Callers): void {
  const pool = `${pools}/:pool`;
  callers.ofAgent('POST', `${pool}/sessions`, async (request, { agent, pool: joined }) => {
    if (joined.statusOf(agent) === 'online') {
      const message = `The agent ${agent.name} already has an active session.`;
      throw new AzureDevOpsProblem(409, 'TaskAgentSessionConflictException', message);
    }
    // It may have updated itself since it was registered.
    agent.version = jsonBody<{ agent?: { version?: string } }>(request).agent?.version ?? agent.version;
    joined.hear(agent);
    return { sessionId: randomUUID(), agent: { id: agent.id, name: agent.name } };
  });
  callers.ofAgent('GET', `${pool}/messages`, async (_request, { agent, pool: joined, reply }) => {
    const until = Date.now() + longPollMs;
    joined.hear(agent);
    // An agent that was replaced or removed meanwhile gets no job any more.
    while (Date.now() < until && joined.agents.get(agent.id) === agent) {
      const targetVersion = agent.updateTo;
      if (targetVersion !== undefined) {
        agent.updateTo = undefined;
        const body = JSON.stringify({ agentId: agent.id, targetVersion, timeout: '00:05:00' });
        return { messageId: agent.id, messageType: 'AgentRefresh', body };
      }
      const job = joined.receive(agent);
      if (job) {
        const body = JSON.stringify({ seconds: job.seconds });
        return { messageId: job.id, messageType: 'PipelineAgentJobRequest', body };
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    joined.hear(agent);
    return reply.code(202).send();
  });
  callers.ofAgent('PATCH', `${pool}/jobrequests/:job`, async (request, { agent, pool: joined }) => {
    const { result } = jsonBody<{ result?: PoolJob['state'] }>(request);
    if (agent.job?.id !== Number(request.params.job))
      throw new AzureDevOpsProblem(404, 'TaskAgentJobNotFoundException', 'No such job.');
    joined.hear(agent);
    if (result === undefined) joined.renew(agent.job);
    else joined.finish(agent, result);
    return { requestId: Number(request.params.job), result, lockedUntil: agent.job?.lockedUntil };
  });
  callers.ofAgent('DELETE', `${pool}/sessions/:session`, async (_request, { agent, reply }) => {
    agent.heardAt = undefined;
    return reply.code(204).send();
  });
}
