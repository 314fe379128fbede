import { FedbridgeError } from '@fedbridge/core/error';
import { azureDevOpsIssuer, formatAzureDevOpsSubject, parseOrganizationId } from '@fedbridge/issuers';
import { audiences, type TrustedJob } from './job.ts';
import { named } from './named.ts';

/** Jobs of an Azure Pipelines project, by names and ids. */
export interface AzurePipelinesJobs {
  readonly organization: string;
  /** A GUID, with dashes or without, in any case; not needed with an issuer. */
  readonly organizationId?: string | undefined;
  readonly project: string;
  /** A pipeline, for a job without a service connection. */
  readonly pipeline?: string | undefined;
  /** A service connection on the Azure DevOps issuer. */
  readonly connection?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/** The jobs of an Azure Pipelines project on the Azure DevOps issuer. @throws FedbridgeError `INPUT_INVALID` */
export function azurePipelinesJob(jobs: AzurePipelinesJobs): TrustedJob {
  const { organization, project, pipeline, connection, audience = audiences.entra } = jobs;
  if ((pipeline === undefined) === (connection === undefined)) {
    throw new FedbridgeError(
      'INPUT_INVALID',
      'Name a pipeline, for jobs without a service connection, or a service connection.',
    );
  }
  const subject = formatAzureDevOpsSubject({
    form: connection === undefined ? 'pipeline' : 'service connection',
    organization: part(organization, 'The organization'),
    project: part(project, 'The project'),
    name: named(connection ?? pipeline ?? '', connection === undefined ? 'The pipeline' : 'The service connection'),
  });
  return { issuer: jobs.issuer ?? issuerOfOrganization(jobs.organizationId ?? ''), subject, audience };
}

function issuerOfOrganization(organizationId: string): string {
  const id = parseOrganizationId(organizationId);
  if (id !== undefined) return azureDevOpsIssuer(id);
  throw new FedbridgeError('INPUT_INVALID', `"${organizationId}" is not the id of an organization, a GUID.`, {
    hint: `"fedbridge organization <name>" asks for it, and "fedbridge inspect" in a job shows it, in ${azureDevOpsIssuer('<id>')}.`,
  });
}

/** A name with a slash would be read as two. */
function part(name: string, what: string): string {
  if (!named(name, what).includes('/')) return name;
  throw new FedbridgeError('INPUT_INVALID', `${what} "${name}" has a slash, which is in no name of one.`);
}
