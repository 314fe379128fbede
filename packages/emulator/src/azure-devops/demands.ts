/** What an agent says that it has. */
export type Capabilities = Readonly<Record<string, string>>;

/** The demand that every job has. Source: microsoft/azure-pipelines-agent#4831, #2996. */
export const agentDemand = 'Agent.Version -gtVersion 2.163.1';

/** Whether a text is a demand: `NAME`, `NAME -equals VALUE` or `NAME -gtVersion VERSION`. */
export const isDemand = (text: string) => /^[^\s,]+( -(equals|gtVersion) \S.*)?$/i.test(text);

/** The name of the capability that a demand is about. */
const demandedName = (demand: string) => demand.split(' ', 1)[0] ?? '';

/**
 * Whether capabilities satisfy a demand; names and values ignore case.
 * Source: Azure DevOps SDK, `DemandExists`, `DemandEquals`, `DemandMinimumVersion` (MIT in actions/runner).
 */
export function isSatisfied(demand: string, capabilities: Capabilities): boolean {
  const [, name = '', operator, wanted = ''] = /^(\S+)(?: -(equals|gtVersion) (.*))?$/i.exec(demand) ?? [];
  const [, value] = Object.entries(capabilities).find(([one]) => one.toLowerCase() === name.toLowerCase()) ?? [];
  if (value === undefined || operator === undefined) return value !== undefined;
  if (operator.toLowerCase() === 'equals') return value.toLowerCase() === wanted.toLowerCase();
  return isAtLeast(value, wanted);
}

/** Despite its name, `-gtVersion` takes the same version too. */
function isAtLeast(version: string, wanted: string): boolean {
  const [have, need] = [version, wanted].map((text) => text.split('.').map(Number));
  for (let part = 0; part < Math.max(have?.length ?? 0, need?.length ?? 0); part += 1) {
    const difference = (have?.[part] ?? 0) - (need?.[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * How the service says that no agent of a pool, online or not, can run a job.
 * Sources: microsoft/azure-pipelines-agent#4831, #2996 (a demand that no agent satisfies); kedacore/keda#6371 (an empty pool).
 */
export function noAgentFound(pool: string, demands: readonly string[], agents: readonly Capabilities[]): string {
  const nobodys = agents.length === 0 ? [] : demands.filter((one) => !agents.some((has) => isSatisfied(one, has)));
  const all = demands.join(', ');
  if (nobodys.length === 0) return `No agent found in pool ${pool} which satisfies the specified demands: ${all}`;
  const which = `following demand${nobodys.length === 1 ? '' : 's'}: ${nobodys.map(demandedName).join(', ')}`;
  return `No agent found in pool ${pool} which satisfies the ${which}. All demands: ${all}`;
}
