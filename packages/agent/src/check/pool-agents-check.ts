import { listOf } from '../azure-devops-rest.ts';
import { formatDemand, satisfies } from '../demand.ts';
import type { PoolAgent } from '../setup/placeholder.ts';
import type { AgentFinding, CheckWorld } from './finding.ts';

/** Whether Azure DevOps takes a job for the pool at all. @throws what a call throws */
export async function agentFindings(
  { options, calls }: CheckWorld,
  poolId: number,
): Promise<{ readonly findings: readonly AgentFinding[] }> {
  const { organization, demands } = options;
  const url = `${organization}/_apis/distributedtask/pools/${poolId}/agents?includeCapabilities=true&api-version=7.1`;
  const agents = listOf<PoolAgent>(await calls.get('azureDevOps', url));
  const fix = 'Make an offline agent with what jobs demand: fedbridge agent placeholder --demand NAME=VALUE';
  if (agents.length === 0) {
    const detail = 'The pool has no agent, not even an offline one: Azure DevOps refuses to queue a job.';
    return { findings: [{ check: 'agents', state: 'problem', detail, fix }] };
  }
  const count = (what: (agent: PoolAgent) => boolean) => agents.filter(what).length;
  const online = count(({ status }) => status === 'online');
  const disabled = count(({ enabled }) => enabled === false);
  const counts = `${agents.length} in the pool: ${online} online, ${agents.length - online} offline, ${disabled} disabled.`;
  const findings: AgentFinding[] = [{ check: 'agents', state: 'ok', detail: counts }];
  if (demands.length === 0) return { findings };
  const able = agents.find((agent) => demands.every((one) => satisfies(capabilitiesOf(agent), one)));
  const all = demands.map(formatDemand).join(', ');
  if (able) findings.push({ check: 'demands', state: 'ok', detail: `Agent ${able.name} satisfies ${all}.` });
  else {
    const nobodys = demands.filter((one) => !agents.some((agent) => satisfies(capabilitiesOf(agent), one)));
    const which = nobodys.length === 0 ? `all of ${all} at once` : nobodys.map(formatDemand).join(', ');
    const detail = `No agent of the pool, online or not, satisfies ${which}: Azure DevOps refuses to queue such a job.`;
    findings.push({ check: 'demands', state: 'problem', detail, fix });
  }
  return { findings };
}

const capabilitiesOf = ({ systemCapabilities = {}, userCapabilities = {} }: PoolAgent) => ({
  ...systemCapabilities,
  ...userCapabilities,
});
