import { FedbridgeError, inertJson } from '@fedbridge/core';
import { azureDevOpsApplication, azureDevOpsHost, entraAudience, parseProjectName } from '@fedbridge/issuers';
import { connectionJob, type TrustedJob } from '@fedbridge/trust';
import type { Answer } from '../../live/answer.ts';
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
  const { serviceConnection: name, azurePipelines, pipeline, connection, audience } = options;
  if (name === undefined) return undefined;
  if (azurePipelines === undefined) throw usage('--service-connection goes with --azure-pipelines.');
  if (pipeline !== undefined || connection !== undefined)
    throw usage('--service-connection says whose token it is: --pipeline and --connection do not go with it.');
  if (audience !== undefined)
    throw usage('--service-connection says the audience too: --audience does not go with it.');
  const project = parseProjectName(azurePipelines);
  if (!project)
    throw usage(`--azure-pipelines takes organization/project or the address of a project, not "${azurePipelines}".`);
  return { ...project, name };
}

/** What one that is there must be of. */
export interface Asked {
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** A client id, where one is asked for. */
  readonly application: string | undefined;
  /** The cloud as Azure DevOps writes it, `AzureCloud`. */
  readonly environment: string;
}

/**
 * The connection, where it is there, with the issuer and the subject that Azure DevOps gave it: they are read and never computed.
 *
 * @throws FedbridgeError `INPUT_INVALID` for one that is not what is asked for; `UNAVAILABLE`, `ANSWER_MALFORMED`
 */
export async function findConnection(
  { organization, project, name }: WantedConnection,
  asked: Asked,
  tool: SignedIn,
): Promise<Connection | undefined> {
  const answer = await tool.ask(azQuestions.connections(organization, project, name));
  const [endpoint] = answer.member('value').items();
  if (!endpoint) return undefined;
  const bad = (what: string, hint: string) =>
    new FedbridgeError('INPUT_INVALID', `The service connection ${name} ${what}.`, { hint });
  const type = endpoint.text('type');
  if (type.toLowerCase() !== 'azurerm') throw bad(`is of the type ${type}, not azurerm`, 'Name another.');
  const authorization = endpoint.member('authorization');
  const scheme = authorization.text('scheme');
  if (scheme !== 'WorkloadIdentityFederation')
    throw bad(
      `is of the scheme ${scheme}, with a secret`,
      'Convert it to workload identity federation, or name another.',
    );
  const others = differences(endpoint, asked);
  if (others.length > 0) {
    const options = others.flatMap(({ option }) => option);
    const fix = options.length < others.length ? '' : `, or say what that one has: ${options.join(' ')}`;
    throw bad(`is ${others.map(({ what }) => what).join(', and ')}`, `Name another service connection${fix}.`);
  }
  const parameters = authorization.member('parameters');
  const [issuer, subject] = federation.map((member) => parameters.textIfAny(member) ?? '');
  if (!issuer || !subject)
    throw bad('does not say its issuer and subject yet', 'Look at it in the project settings, and run this again.');
  return {
    id: endpoint.text('id'),
    clientId: parameters.text('serviceprincipalid').toLowerCase(),
    job: connectionJob(issuer, subject),
  };
}

const federation = ['workloadIdentityFederationIssuer', 'workloadIdentityFederationSubject'] as const;

interface Difference {
  readonly what: string;
  /** That asks for what is there; none where nothing does. */
  readonly option: readonly string[];
}

/** In what a connection is not what is asked for. */
function differences(endpoint: Answer, asked: Asked): readonly Difference[] {
  const parameters = endpoint.member('authorization').member('parameters');
  const data = endpoint.member('data');
  const scope = data.textIfAny('managementGroupId');
  const of: readonly (readonly [what: string, own: string, wanted: string | undefined, option: string | undefined])[] =
    [
      ['for the cloud', data.textIfAny('environment') ?? '', asked.environment, undefined],
      ['for the tenant', parameters.text('tenantid'), asked.tenantId, '--tenant-id'],
      ['for the subscription', data.textIfAny('subscriptionId') ?? '', asked.subscriptionId, '--subscription-id'],
      ['of the application', parameters.text('serviceprincipalid'), asked.application, '--application'],
    ];
  return [
    ...of
      .filter(([, own, wanted]) => own !== '' && wanted !== undefined && own.toLowerCase() !== wanted.toLowerCase())
      .map(([what, own, wanted, option]) => ({
        what: `${what} ${own}, not ${wanted}`,
        option: option === undefined ? [] : [`${option} ${own.toLowerCase()}`],
      })),
    ...(scope ? [{ what: `for the management group ${scope}, not for a subscription`, option: [] }] : []),
  ];
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
  const of = await tool.ask(azQuestions.project(organization, project));
  const body = inertJson(endpointOf(wanted, of.text('id'), owner));
  const url = `https://${azureDevOpsHost}/${organization}/_apis/serviceendpoint/endpoints?api-version=7.1`;
  return {
    ...{ title, state: 'create' },
    notes: ['Azure DevOps gives it its issuer and subject, which are read from its answer.'],
    command: ['az', 'rest', '--method=post', `--resource=${azureDevOpsApplication}`, `--url=${url}`, `--body=${body}`],
    gives: {
      issuer: (answer) => federationIn(answer, federation[0]),
      subject: (answer) => federationIn(answer, federation[1]),
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
function federationIn(answer: Answer, member: string): string | undefined {
  const value = answer.member('authorization').member('parameters').text(member);
  return /^[\w:/. @-]+$/.test(value) ? value : undefined;
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
