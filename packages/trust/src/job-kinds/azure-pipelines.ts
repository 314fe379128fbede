import { azureDevOpsForm, isComputedEntraSubject, parseProjectName } from '@fedbridge/issuers';
import { azurePipelinesJob } from '../azure-pipelines-job.ts';
import { type JobsOf, type KindOptions, usage } from './job-kind.ts';

/** What names jobs of Azure Pipelines. */
export interface AzurePipelinesNames {
  /** `organization/project`, or the address of one. */
  readonly azurePipelines?: string | undefined;
  readonly organizationId?: string | undefined;
  readonly pipeline?: string | undefined;
  readonly connection?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/** Jobs of an Azure Pipelines project. @throws FedbridgeError `INPUT_INVALID` */
export const azurePipelinesJobs: JobsOf<AzurePipelinesNames> = (
  { azurePipelines = '', organizationId, pipeline, connection, issuer, audience },
  target,
) => {
  const project = parseProjectName(azurePipelines);
  if (!project)
    throw usage(`--azure-pipelines takes organization/project or the address of a project, not "${azurePipelines}".`);
  return azurePipelinesJob({
    ...project,
    ...{ organizationId, pipeline, connection, issuer },
    // The platform decides of the audience, which is Entra's for AWS too.
    audience: audience ?? (target.cloud === 'entra' ? target.audience : undefined),
  });
};

/** How they are named on a command line. */
export const azurePipelinesOptions: KindOptions = {
  own: {
    azurePipelines: ['--azure-pipelines <organization/project>', 'jobs of an Azure Pipelines project'],
    organizationId: ['--organization-id <guid>', "the organization's id; or --issuer"],
    pipeline: ['--pipeline <name>', 'of that project, for jobs without a service connection'],
    connection: ['--connection <name>', 'a service connection of that project, on the Azure DevOps issuer'],
  },
  shares: ['issuer', 'audience'],
};

/** Why a document does not fit a job of Azure Pipelines. */
export function azurePipelinesCause(subject: string): string | undefined {
  if (isComputedEntraSubject(subject))
    return 'The service connection is on the Entra issuer: what trusts the Azure DevOps issuer (sc://…) no longer fits.';
  const form = azureDevOpsForm(subject);
  if (form === undefined) return undefined;
  return form === 'pipeline'
    ? 'The job uses no service connection: its subject names the pipeline, and changes when that is renamed or moved.'
    : 'The service connection may have been renamed, or what trusts it may be for the Entra issuer already.';
}
