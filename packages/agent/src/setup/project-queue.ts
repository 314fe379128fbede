import { FedbridgeError } from '@fedbridge/core';
import { listOf } from '../azure-devops-rest.ts';
import type { Organization } from '../organization.ts';
import type { SetupCalls } from './setup-calls.ts';

const version = 'api-version=7.1-preview.1';

/** Which pipelines may use a queue; what is not authorized is left out. */
interface Permissions {
  readonly allPipelines?: { readonly authorized?: boolean };
}

/** A project that is to use a pool. */
export interface QueueOptions {
  readonly organization: Organization;
  readonly pool: string;
  /** Undefined in a dry run that would make it. */
  readonly poolId: number | undefined;
  /** By its name or id. */
  readonly project: string;
  /** Whether no pipeline has to be permitted first. */
  readonly allPipelines: boolean;
}

/**
 * Lets a project use a pool, and all its pipelines where that is asked for.
 * Sources: Azure DevOps REST API, Distributed Task, "Queues - Add"; Approvals and Checks, "Pipeline Permissions".
 *
 * @throws FedbridgeError `INPUT_INVALID` for a project that is not there, and what a call throws
 */
export async function ensureQueue(options: QueueOptions, calls: SetupCalls): Promise<void> {
  const { organization, pool, poolId = '<id>', project, allPipelines } = options;
  const apis = `${organization}/${encodeURIComponent(project)}/_apis`;
  const queues = `${apis}/distributedtask/queues`;
  const answer = await calls.get('azureDevOps', `${queues}?queueNames=${encodeURIComponent(pool)}&${version}`);
  if (answer === undefined) {
    throw new FedbridgeError('INPUT_INVALID', `There is no project "${project}" in ${organization}.`, {
      hint: 'Or this identity does not see it: it must be a member of the project.',
    });
  }
  const uses = `project ${project} uses pool ${pool}`;
  const [queue] = listOf<{ readonly id?: number }>(answer);
  if (!queue) {
    const who = allPipelines ? 'by all pipelines' : 'by pipelines that it permits';
    await calls.ensure(`${uses}, ${who}`, false, 'azureDevOps', {
      method: 'POST',
      url: `${queues}?authorizePipelines=${allPipelines}&${version}`,
      body: { name: pool, pool: { id: poolId } },
    });
    return;
  }
  // Of one that is there it is the project's to say, unless somebody asks.
  if (!allPipelines) return calls.confirm(`${uses}, by pipelines as it permits`);
  const url = `${apis}/pipelines/pipelinepermissions/queue/${queue.id}?${version}`;
  const permissions = (await calls.get('azureDevOps', url)) as Permissions | undefined;
  const isOpen = permissions?.allPipelines?.authorized === true;
  const body = { allPipelines: { authorized: true } };
  await calls.ensure(`${uses}, by all pipelines`, isOpen, 'azureDevOps', { method: 'PATCH', url, body });
}
