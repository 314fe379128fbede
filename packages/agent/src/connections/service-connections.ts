import { FedbridgeError, isGuid, type Outbound } from '@fedbridge/core';
import { callRest, type GetAccessToken, listOf, type RestCall } from '../azure-devops-rest.ts';
import type { Organization } from '../organization.ts';
import type { SetupStep } from '../setup/setup-calls.ts';

/** Whose service connections, and as whom they are seen and changed. */
export interface ConnectionAccess {
  readonly organization: Organization;
  /** By its name or id. */
  readonly project: string;
  readonly accessToken: GetAccessToken;
  /** Bounds and a log that are new for each call. */
  readonly outbound: () => Outbound;
  /** Whether what changes something is sent, rather than reported alone. */
  readonly apply: boolean;
  readonly report: (step: SetupStep) => void;
}

/** A service connection of Azure Resource Manager to be. */
export interface NewConnection {
  readonly name: string;
  /** Of the application or managed identity. */
  readonly clientId: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly subscriptionName: string;
  /** The cloud as Azure DevOps writes it, `AzureCloud`. */
  readonly environment: string;
  /** Azure Resource Manager of that cloud. */
  readonly resourceManager: string;
}

/** Who a federated connection is, as Azure DevOps says: never computed. */
export interface FederatedIdentity {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  /** Of the application that is to trust it. */
  readonly clientId: string | undefined;
}

/** Source: Azure DevOps REST API, Service Endpoint, "Endpoints". */
interface Endpoint {
  readonly id: string;
  readonly name: string;
  readonly type?: string;
  readonly authorization?: {
    readonly scheme?: string;
    readonly parameters?: Readonly<Record<string, string | null>>;
  };
  readonly data?: Readonly<Record<string, string>>;
}

const federated = 'WorkloadIdentityFederation';
const whoMay =
  'The identity must be a user of the organization, and Creator or Administrator of service connections in the project.';

/** The service connections of a project. All throw what a call throws. */
export class ServiceConnections {
  readonly #access: ConnectionAccess;

  constructor(access: ConnectionAccess) {
    this.#access = access;
  }

  /**
   * Makes a federated connection, unless it is there.
   *
   * @returns who it is; undefined where it is not there and only to be planned
   * @throws FedbridgeError `INPUT_INVALID`, `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
   */
  async create(wanted: NewConnection): Promise<FederatedIdentity | undefined> {
    const { organization } = this.#access;
    const { name, clientId, tenantId } = wanted;
    const project = await this.#project();
    const known = await this.#find(name);
    if (known) {
      this.#refuseOther(known, { clientId, tenantId });
      this.#access.report({ what: `service connection ${name}`, state: 'is there' });
      return identityOf(known);
    }
    const url = `${organization}/_apis/serviceendpoint/endpoints?api-version=7.1`;
    const body = endpointBody(wanted, project);
    const made = await this.#change(`service connection ${name}`, { method: 'POST', url, body });
    return made && this.#readBack(made.id);
  }

  /**
   * Has a connection with a secret use workload identity federation in its place.
   *
   * @returns who it is; undefined where it is only to be planned
   * @throws FedbridgeError `INPUT_INVALID`, `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
   */
  async convert(name: string): Promise<FederatedIdentity | undefined> {
    await this.#project();
    const known = await this.#find(name);
    if (!known) {
      throw new FedbridgeError('INPUT_INVALID', `The project has no service connection "${name}".`, {
        hint: 'See Project settings > Service connections; one that is not shared with you is not shown.',
      });
    }
    const what = `workload identity federation of service connection ${known.name}`;
    const scheme = known.authorization?.scheme ?? '';
    if (scheme === federated) {
      this.#access.report({ what, state: 'is there' });
      return identityOf(known);
    }
    if (known.type?.toLowerCase() !== 'azurerm' || scheme !== 'ServicePrincipal') {
      throw new FedbridgeError(
        'INPUT_INVALID',
        `"${known.name}" is of type ${known.type} with ${scheme || 'no'} authentication.`,
        {
          hint: 'What can be converted is Azure Resource Manager with a service principal. Make a new one: "fedbridge connection create".',
        },
      );
    }
    const url = `${this.#endpoints()}/${known.id}?operation=ConvertAuthenticationScheme&api-version=7.1`;
    const changed = await this.#change(what, { method: 'PUT', url, body: converted(known) });
    return changed && this.#readBack(known.id);
  }

  /** @throws FedbridgeError `INPUT_INVALID` for one that is there and is not the one that is wanted */
  #refuseOther(
    { name, authorization }: Endpoint,
    wanted: { readonly clientId: string; readonly tenantId: string },
  ): void {
    const { scheme = '', parameters = {} } = authorization ?? {};
    const isSame = (one: string, other: string | undefined) => one.toLowerCase() === other?.toLowerCase();
    if (scheme !== federated) {
      throw new FedbridgeError(
        'INPUT_INVALID',
        `There is a service connection "${name}", with ${scheme} authentication.`,
        {
          hint: `Convert it: fedbridge connection convert --name ${JSON.stringify(name)}`,
        },
      );
    }
    const clientId = parameterOf(parameters, 'serviceprincipalid');
    if (isSame(wanted.clientId, clientId) && isSame(wanted.tenantId, parameterOf(parameters, 'tenantid'))) return;
    throw new FedbridgeError('INPUT_INVALID', `There is a service connection "${name}", of application ${clientId}.`, {
      hint: 'It was left as it is. Take another name, or change that one in the project settings.',
    });
  }

  async #project(): Promise<{ readonly id: string; readonly name: string }> {
    const { organization, project } = this.#access;
    const url = `${organization}/_apis/projects/${encodeURIComponent(project)}?api-version=7.1`;
    const found = (await this.#call({ method: 'GET', url })) as { id?: unknown; name?: unknown } | undefined;
    const { id, name } = found ?? {};
    if (typeof id === 'string' && isGuid(id) && typeof name === 'string') return { id, name };
    throw new FedbridgeError('INPUT_INVALID', `There is no project "${project}" in ${organization}.`, {
      hint: 'Or this identity does not see it: it must be a member of the project.',
    });
  }

  async #find(name: string): Promise<Endpoint | undefined> {
    const query = name.includes(',') ? '' : `endpointNames=${encodeURIComponent(name)}&`;
    const answer = await this.#call({ method: 'GET', url: `${this.#endpoints()}?${query}api-version=7.1` });
    return listOf<Endpoint>(answer).find((one) => one.name.toLowerCase() === name.toLowerCase());
  }

  async #readBack(id: string): Promise<FederatedIdentity> {
    const url = `${this.#endpoints()}/${id}?api-version=7.1`;
    return identityOf((await this.#call({ method: 'GET', url })) as Endpoint | null | undefined);
  }

  async #change(what: string, request: RestCall): Promise<Endpoint | undefined> {
    const { apply, report } = this.#access;
    const answer = apply ? ((await this.#call(request)) as Endpoint | undefined) : undefined;
    report({ what, state: apply ? 'done' : 'would be done', request });
    return answer;
  }

  #endpoints(): string {
    const { organization, project } = this.#access;
    return `${organization}/${encodeURIComponent(project)}/_apis/serviceendpoint/endpoints`;
  }

  #call(request: RestCall): Promise<unknown> {
    const { accessToken, outbound } = this.#access;
    return callRest(request, accessToken, outbound(), whoMay);
  }
}

/** What is sent of a new one. Source: Microsoft Learn, "Use REST API or Azure CLI to create a service connection". */
function endpointBody(wanted: NewConnection, { id, name: project }: { readonly id: string; readonly name: string }) {
  const { name, clientId, tenantId, subscriptionId, subscriptionName, environment, resourceManager } = wanted;
  return {
    ...{ name, type: 'azurerm', url: `${resourceManager}/` },
    authorization: {
      scheme: federated,
      parameters: { tenantid: tenantId, serviceprincipalid: clientId },
    },
    data: { environment, scopeLevel: 'Subscription', subscriptionId, subscriptionName, creationMode: 'Manual' },
    ...{ isShared: false, isReady: true },
    serviceEndpointProjectReferences: [{ projectReference: { id, name: project }, name }],
  };
}

/** The connection as it is, but for how it signs in. Source: Microsoft Learn, the script of "Convert multiple connections at once". */
function converted({ authorization, data = {}, ...rest }: Endpoint) {
  const { revertSchemeDeadline: _, ...others } = data;
  return { ...rest, data: others, authorization: { ...authorization, scheme: federated } };
}

/** @throws FedbridgeError `ANSWER_MALFORMED` */
function identityOf(endpoint: Endpoint | null | undefined): FederatedIdentity {
  const { id, name, authorization } = endpoint ?? {};
  const parameters = authorization?.parameters ?? {};
  const issuer = parameterOf(parameters, 'workloadIdentityFederationIssuer');
  const subject = parameterOf(parameters, 'workloadIdentityFederationSubject');
  if (id && name && issuer && subject) {
    return { id, name, issuer, subject, clientId: parameterOf(parameters, 'serviceprincipalid') };
  }
  throw new FedbridgeError(
    'ANSWER_MALFORMED',
    'Azure DevOps does not say the issuer and the subject of the connection.',
    {
      hint: "They are on the connection's page; run this again in a minute: what is there is left alone.",
    },
  );
}

function parameterOf(parameters: Readonly<Record<string, string | null>>, name: string): string | undefined {
  const [, value] = Object.entries(parameters).find(([key]) => key.toLowerCase() === name.toLowerCase()) ?? [];
  return value || undefined;
}
