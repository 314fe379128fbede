import { FedbridgeError } from '@fedbridge/core';
import { listOf } from '../azure-devops-rest.ts';
import { type Capabilities, capabilitiesFor, type Demand, formatDemand, satisfies } from '../demand.ts';
import type { Organization } from '../organization.ts';
import type { SetupCalls } from './setup-calls.ts';

/** An agent that never runs, for Azure DevOps to see what the pool's agents will be able to do. */
export interface PlaceholderOptions {
  readonly organization: Organization;
  readonly pool: string;
  /** Undefined in a dry run that would make it. */
  readonly poolId: number | undefined;
  readonly name: string;
  readonly demands: readonly Demand[];
}

/** What the service tells of an agent. Source: Azure DevOps REST API, Distributed Task, "Agents". */
export interface PoolAgent {
  readonly id: number;
  readonly name: string;
  readonly version?: string;
  readonly status?: string;
  readonly enabled?: boolean;
  readonly systemCapabilities?: Capabilities;
  readonly userCapabilities?: Capabilities;
}

interface PublishedPackage {
  readonly version?: { readonly major: number; readonly minor: number; readonly patch: number };
}

/**
 * Sees that a pool has an offline agent with what pipelines demand: without one Azure DevOps refuses to queue a job.
 * Sources: Azure DevOps REST API, Distributed Task, "Agents - Add"; Microsoft Learn, "Tutorial: Deploy self-hosted CI/CD runners and agents
 * with Azure Container Apps jobs".
 *
 * @throws FedbridgeError `INPUT_INVALID` where an agent of that name runs, `ANSWER_MALFORMED`, and what a call throws
 */
export async function ensurePlaceholder(options: PlaceholderOptions, calls: SetupCalls): Promise<void> {
  const { organization, pool, poolId = '<id>', name, demands } = options;
  const all = `${organization}/_apis/distributedtask/pools/${poolId}/agents`;
  const known = options.poolId === undefined ? undefined : await agentNamed(name, all, calls);
  const has = demands.length === 0 ? '' : ` with ${demands.map(formatDemand).join(', ')}`;
  const what = `offline agent ${name} in pool ${pool}${has}`;
  if (known?.status === 'online') {
    throw new FedbridgeError('INPUT_INVALID', `An agent "${name}" of pool ${pool} is online: it is no placeholder.`, {
      hint: 'Take another name for the placeholder.',
    });
  }
  const there = known?.userCapabilities ?? {};
  if (known && demands.every((one) => satisfies(there, one))) {
    calls.confirm(what);
    return;
  }
  const adding = {
    method: 'POST' as const,
    url: `${all}?api-version=7.1`,
    body: {
      ...{ name, version: await publishedVersion(organization, calls), osDescription: 'Placeholder, never online' },
      ...{ enabled: true, maxParallelism: 1 },
    },
  };
  const added =
    known ?? ((calls.dryRun ? undefined : await calls.send('azureDevOps', adding)) as PoolAgent | undefined);
  if (added?.id === undefined && !calls.dryRun)
    throw new FedbridgeError('ANSWER_MALFORMED', `${organization} names no id of agent ${name}.`);
  if (!known) calls.did(what, adding);
  if (demands.length === 0) return;
  // They take the place of those that are there.
  const body = { ...without(there, demands), ...capabilitiesFor(demands) };
  const url = `${all}/${added?.id ?? '<id>'}/usercapabilities?api-version=7.1`;
  await calls.ensure(`capabilities of agent ${name}`, false, 'azureDevOps', { method: 'PUT', url, body });
}

async function agentNamed(name: string, all: string, calls: SetupCalls): Promise<PoolAgent | undefined> {
  const url = `${all}?agentName=${encodeURIComponent(name)}&includeCapabilities=true&api-version=7.1`;
  return listOf<PoolAgent>(await calls.get('azureDevOps', url))[0];
}

/** Names ignore case. */
function without(capabilities: Capabilities, demands: readonly Demand[]): Capabilities {
  const names = new Set(demands.map(({ name }) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(capabilities).filter(([name]) => !names.has(name.toLowerCase())));
}

/** Jobs demand a version of the agent: the newest satisfies all of them. @throws FedbridgeError `ANSWER_MALFORMED` */
async function publishedVersion(organization: Organization, calls: SetupCalls): Promise<string> {
  const url = `${organization}/_apis/distributedtask/packages/agent?platform=linux-x64&top=1`;
  const { version } = listOf<PublishedPackage>(await calls.get('azureDevOps', url))[0] ?? {};
  if (version) return `${version.major}.${version.minor}.${version.patch}`;
  throw new FedbridgeError('ANSWER_MALFORMED', `${organization} names no version of the agent.`);
}
