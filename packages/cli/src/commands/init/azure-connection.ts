import { FedbridgeError, inertJson } from '@fedbridge/core';
import { azureDevOpsApplication, azureDevOpsHost, entraAudience, parseProjectName } from '@fedbridge/issuers';
import { connectionJob, type TrustedJob } from '@fedbridge/trust';
import { azQuestions } from '../../live/questions.ts';
import type { SignedIn } from '../../live/signed-in-tool.ts';
import { usage } from '../trust/usage.ts';
import type { InitOptions } from './options.ts';
import type { PlanStep } from './plan.ts';

/** A service connection as it is named. */
export interface WantedConnection {
  readonly organization: string;
  readonly project: string;
  readonly name: string;
}

/** One that is there. */
export interface Connection {
  readonly id: string;
  /** Of the application that it stands for. */
  readonly clientId: string;
  /** What its tokens say. */
  readonly job: TrustedJob;
}

/** Of whom a new connection is. */
interface Owner {
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly subscriptionName: string;
}

/** What goes with a service connection. @throws FedbridgeError `INPUT_INVALID` for options that do not */
export function wantedConnection(options: InitOptions): WantedConnection | undefined {
  const { serviceConnection: name, azurePipelines, pipeline, connection } = options;
  if (name === undefined) return undefined;
  if (azurePipelines === undefined) throw usage('--service-connection goes with --azure-pipelines.');
  if (pipeline !== undefined || connection !== undefined)
    throw usage('--service-connection says whose token it is: --pipeline and --connection do not go with it.');
  const project = parseProjectName(azurePipelines);
  if (!project)
    throw usage(`--azure-pipelines takes organization/project or the address of a project, not "${azurePipelines}".`);
  return { ...project, name };
}

interface Endpoint {
  readonly id: string;
  readonly authorization?: { readonly scheme?: string; readonly parameters?: Readonly<Record<string, unknown>> };
}

/**
 * The connection, where it is there, with the issuer and the subject that Azure DevOps gave it: they are read and never computed.
 *
 * @throws FedbridgeError `INPUT_INVALID` for one that has a secret, or of another tenant; `UNAVAILABLE`
 */
export async function findConnection(
  { organization, project, name }: WantedConnection,
  tenantId: string,
  tool: SignedIn,
): Promise<Connection | undefined> {
  const answer = await tool.ask(azQuestions.connections(organization, project, name));
  const [endpoint] = (JSON.parse(answer) as { readonly value?: readonly Endpoint[] }).value ?? [];
  if (!endpoint) return undefined;
  const { scheme, parameters = {} } = endpoint.authorization ?? {};
  const text = (member: string) => String(parameters[member] ?? '');
  const bad = (what: string, hint: string) =>
    new FedbridgeError('INPUT_INVALID', `The service connection ${name} ${what}.`, { hint });
  if (scheme !== 'WorkloadIdentityFederation')
    throw bad(
      `is of the scheme ${scheme}, with a secret`,
      'Convert it to workload identity federation, or name another.',
    );
  if (text('tenantid').toLowerCase() !== tenantId)
    throw bad(
      `is for the tenant ${text('tenantid')}, not ${tenantId}`,
      'Name that tenant with --tenant-id, or another connection.',
    );
  const [issuer, subject] = [text('workloadIdentityFederationIssuer'), text('workloadIdentityFederationSubject')];
  if (issuer === '' || subject === '')
    throw bad('does not say its issuer and subject yet', 'Look at it in the project settings, and run this again.');
  return { id: endpoint.id, clientId: text('serviceprincipalid').toLowerCase(), job: connectionJob(issuer, subject) };
}

/**
 * What makes the connection: `<issuer>` and `<subject>` are known from then on.
 * Source: Azure DevOps REST API, "Endpoints - Create"; Microsoft Learn, "Manually set an Azure Resource Manager workload identity service
 * connection".
 *
 * @throws FedbridgeError `UNAVAILABLE`
 */
export async function connectionStep(
  wanted: WantedConnection,
  found: Connection | undefined,
  owner: Owner & { readonly clientId: string | undefined },
  tool: SignedIn,
): Promise<PlanStep> {
  const { organization, project, name } = wanted;
  const title = `service connection ${name} of ${organization}/${project}`;
  if (found) return { title: `${title}, ${found.id}`, state: 'exists' };
  const { id } = JSON.parse(await tool.ask(azQuestions.project(organization, project))) as { readonly id: string };
  const body = inertJson(endpointOf(wanted, id, owner));
  const url = `https://${azureDevOpsHost}/${organization}/_apis/serviceendpoint/endpoints?api-version=7.1`;
  return {
    ...{ title, state: 'create' },
    notes: ['Azure DevOps gives it its issuer and subject, which are read from its answer.'],
    command: ['az', 'rest', '--method=post', `--resource=${azureDevOpsApplication}`, `--url=${url}`, `--body=${body}`],
    gives: {
      issuer: (answer) => federationIn(answer, 'workloadIdentityFederationIssuer'),
      subject: (answer) => federationIn(answer, 'workloadIdentityFederationSubject'),
    },
  };
}

function endpointOf(
  { name, project }: WantedConnection,
  projectId: string,
  owner: Owner & { clientId: string | undefined },
) {
  const { tenantId, subscriptionId, subscriptionName, clientId = '<client-id>' } = owner;
  return {
    name,
    type: 'AzureRM',
    url: 'https://management.azure.com/',
    authorization: {
      scheme: 'WorkloadIdentityFederation',
      parameters: { tenantid: tenantId, serviceprincipalid: clientId },
    },
    data: {
      ...{ subscriptionId, subscriptionName, environment: 'AzureCloud' },
      ...{ scopeLevel: 'Subscription', creationMode: 'Manual' },
    },
    serviceEndpointProjectReferences: [{ name, projectReference: { id: projectId, name: project } }],
  };
}

/** @returns undefined for what is none: it goes into a JSON document */
function federationIn(answer: unknown, member: string): string | undefined {
  const { parameters = {} } = (answer as Endpoint | null)?.authorization ?? {};
  const value = parameters[member];
  return typeof value === 'string' && /^[\w:/. @-]+$/.test(value) ? value : undefined;
}

/** Whom the credential trusts that a connection needs: one that is not there yet tells it as it is made. */
export function jobOfConnection(found: Connection | undefined): TrustedJob {
  return found?.job ?? { issuer: '<issuer>', subject: '<subject>', audience: entraAudience.uri };
}

/** A name for its credential, the same each time. */
export function credentialNameOf({ organization, project, name }: WantedConnection): string {
  const readable = `${organization}-${project}-${name}`.replaceAll(/[^\dA-Za-z]+/g, '-').replaceAll(/^-|-$/g, '');
  return readable.slice(0, 120);
}
