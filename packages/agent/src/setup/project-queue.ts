import { FedbridgeError } from '@fedbridge/core';
import { listOf } from '../azure-devops-rest.ts';
import type { Organization } from '../organization.ts';
import type { SetupCalls } from './setup-calls.ts';

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
 * Lets a project use a pool. Source: Azure DevOps REST API, Distributed Task, "Queues - Add".
 *
 * @throws FedbridgeError `INPUT_INVALID` for a project that is not there, and what a call throws
 */
export async function ensureQueue(options: QueueOptions, calls: SetupCalls): Promise<void> {
  const { organization, pool, poolId = '<id>', project, allPipelines } = options;
  const queues = `${organization}/${encodeURIComponent(project)}/_apis/distributedtask/queues`;
  const version = 'api-version=7.1-preview.1';
  const answer = await calls.get('azureDevOps', `${queues}?queueNames=${encodeURIComponent(pool)}&${version}`);
  if (answer === undefined) {
    throw new FedbridgeError('INPUT_INVALID', `There is no project "${project}" in ${organization}.`, {
      hint: 'Or this identity does not see it: it must be a member of the project.',
    });
  }
  const isThere = listOf(answer).length > 0;
  // Of one that is there it is the project's to say.
  const who = isThere
    ? 'by pipelines as it permits'
    : allPipelines
      ? 'by all pipelines'
      : 'by pipelines that it permits';
  await calls.ensure(`project ${project} uses pool ${pool}, ${who}`, isThere, 'azureDevOps', {
    method: 'POST',
    url: `${queues}?authorizePipelines=${allPipelines}&${version}`,
    body: { name: pool, pool: { id: poolId } },
  });
}
