import { randomUUID } from 'node:crypto';
import type { Names } from '../../server/names.ts';
import type { World } from '../../server/service.ts';
import { AzureDevOpsProblem } from '../azure-devops-problem.ts';
import { connectionIdentity } from '../id-token-claims.ts';
import type { Connection, Project } from '../organization.ts';
import type { OrganizationState } from '../organization-state.ts';
import type { EndpointScheme, ServiceEndpoint } from '../service-endpoints.ts';
import { type Caller, type Callers, denied, jsonBody, list, type Request, same } from './callers.ts';

const ofOrganization = '/:organization/_apis/serviceendpoint/endpoints';
const ofProject = '/:organization/:project/_apis/serviceendpoint/endpoints';
const schemes: readonly string[] = ['ServicePrincipal', 'WorkloadIdentityFederation'] satisfies EndpointScheme[];
/** A conversion can be taken back for seven days. Source: Microsoft Learn, "Connect to Azure with an Azure Resource Manager service connection". */
const revertMs = 7 * 24 * 3_600_000;

interface Options {
  readonly names: Names;
  readonly world: World;
}

/** What is sent of a service connection. */
interface EndpointBody {
  readonly id?: string;
  readonly name?: string;
  readonly type?: string;
  readonly description?: string;
  readonly authorization?: { readonly scheme?: string; readonly parameters?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly serviceEndpointProjectReferences?: readonly {
    readonly name?: string;
    readonly projectReference?: { readonly id?: string; readonly name?: string };
  }[];
}

/** Source: Azure DevOps REST API, Service Endpoint, "Endpoints": Get Service Endpoints, Get, Create, Update. */
export function serveServiceEndpoints(callers: Callers, options: Options): void {
  const json = (endpoint: ServiceEndpoint, { organization }: OrganizationState) =>
    endpointJson(
      endpoint,
      connectionIdentity({ organization, project: endpoint.project }, endpoint.connection, options.names),
    );
  // Source: Azure DevOps REST API, Core, "Projects - Get".
  callers.route('GET', '/:organization/_apis/projects/:project', async ({ params }, { state }) => {
    const { id, name } = projectOf(state, params.project);
    return { id, name, state: 'wellFormed', visibility: 'private' };
  });
  callers.ofJob('GET', ofProject, ({ params, query }, { state, job }) => {
    const project = projectOf(state, params.project);
    // A job sees its own project's, as the identity of the project's builds does.
    if (job && job.project !== project) throw noProject(params.project);
    const names = query.endpointNames?.split(',');
    return list(
      state.endpoints
        .in(project)
        .filter(({ connection }) => names === undefined || names.some((name) => same(name, connection.name)))
        .map((one) => json(one, state)),
    );
  });
  callers.route('GET', `${ofProject}/:id`, async ({ params }, { state, reply }) => {
    const found = state.endpoints.byId(params.id);
    // Of one that is not there the service answers null.
    return found?.project === projectOf(state, params.project)
      ? json(found, state)
      : reply.type('application/json').send('null');
  });
  callers.route('POST', ofOrganization, async (request, caller) => {
    const body = checked(request, caller);
    const endpoint = created(body, caller.state);
    caller.state.endpoints.add(endpoint);
    if (body.authorization?.parameters?.serviceprincipalkey)
      options.world.secrets.add(body.authorization.parameters.serviceprincipalkey);
    return json(endpoint, caller.state);
  });
  for (const path of [ofOrganization, ofProject])
    callers.route('PUT', `${path}/:id`, async (request, caller) => {
      const body = checked(request, caller);
      const { state } = caller;
      const known = state.endpoints.byId(request.params.id);
      if (!known) {
        const message = `Endpoint Id ${request.params.id} was not found.`;
        throw new AzureDevOpsProblem(404, 'ServiceEndpointNotFoundException', message);
      }
      const changed = updated(known, body, request.query.operation, options.world.clock.now());
      state.endpoints.replace(changed);
      return json(changed, state);
    });
}

/** A body that may change something. @throws AzureDevOpsProblem */
function checked(request: Request, { state, member }: Caller): EndpointBody {
  if (!state.isAdministrator(member)) throw denied(member, 'create or change service connections in this project');
  const body = jsonBody<EndpointBody>(request);
  if (!body.serviceEndpointProjectReferences?.length)
    throw invalid('At least one project reference required to create an endpoint.');
  if (body.type?.toLowerCase() !== 'azurerm')
    throw invalid(`Unable to find service endpoint type '${body.type ?? ''}'.`);
  if (!schemes.includes(body.authorization?.scheme ?? ''))
    throw invalid(`The authorization scheme '${body.authorization?.scheme ?? ''}' is not supported by 'azurerm'.`);
  return body;
}

function created(body: EndpointBody, state: OrganizationState): ServiceEndpoint {
  const [reference] = body.serviceEndpointProjectReferences ?? [];
  const project = projectOf(state, reference?.projectReference?.id ?? '');
  const parameters = body.authorization?.parameters ?? {};
  const name = reference?.name || body.name;
  if (!name) throw invalid('Value cannot be null. Parameter name: serviceEndpoint.Name');
  const scheme = body.authorization?.scheme as EndpointScheme;
  const needed = ['tenantid', 'serviceprincipalid', ...(scheme === 'ServicePrincipal' ? ['serviceprincipalkey'] : [])];
  const missing = needed.find((one) => !memberOf(parameters, one));
  if (missing) throw invalid(`The authorization parameter '${missing}' is required.`);
  const connection: Connection = {
    ...{ name, id: randomUUID(), issuer: 'entra' },
    ...{ tenantId: memberOf(parameters, 'tenantid') ?? '', clientId: memberOf(parameters, 'serviceprincipalid') ?? '' },
    subscriptionId: memberOf(body.data ?? {}, 'subscriptionId') ?? '',
    environment: memberOf(body.data ?? {}, 'environment') ?? 'AzureCloud',
  };
  const subscriptionName = memberOf(body.data ?? {}, 'subscriptionName') ?? '';
  return { project, connection, scheme, description: body.description ?? '', subscriptionName };
}

/**
 * Only a conversion changes the scheme: other updates that name another are not accepted.
 * Source: Microsoft Learn, "Convert an existing service connection to use workload identity federation", its script.
 */
function updated(
  known: ServiceEndpoint,
  body: EndpointBody,
  operation: string | undefined,
  now: number,
): ServiceEndpoint {
  const { connection, scheme } = known;
  const next = body.authorization?.scheme as EndpointScheme;
  const [reference] = body.serviceEndpointProjectReferences ?? [];
  if (operation !== 'ConvertAuthenticationScheme') {
    if (next !== scheme)
      throw invalid(`The authorization scheme of ${connection.name} cannot be changed by an update.`);
    const name = reference?.name || connection.name;
    return { ...known, connection: { ...connection, name }, description: body.description ?? known.description };
  }
  if (next === scheme)
    throw invalid(`Service connection ${connection.name} has the authorization scheme ${scheme} already.`);
  if (next === 'WorkloadIdentityFederation') {
    const revertSchemeDeadline = new Date(now + revertMs).toISOString();
    return { ...known, scheme: next, connection: { ...connection, issuer: 'entra' }, revertSchemeDeadline };
  }
  if (known.revertSchemeDeadline === undefined || Date.parse(known.revertSchemeDeadline) < now)
    throw invalid(`The conversion of ${connection.name} can no longer be reverted.`);
  return { ...known, scheme: next, revertSchemeDeadline: undefined };
}

function endpointJson(endpoint: ServiceEndpoint, { iss, sub }: { readonly iss: string; readonly sub: string }) {
  const { project, connection, scheme, description, subscriptionName, revertSchemeDeadline } = endpoint;
  const { id, name, tenantId, clientId, subscriptionId = '', environment = 'AzureCloud', issuer } = connection;
  const federation = {
    workloadIdentityFederationIssuer: iss,
    workloadIdentityFederationIssuerType: issuer === 'entra' ? 'EntraID' : 'AzureDevOps',
    workloadIdentityFederationSubject: sub,
  };
  const isFederated = scheme === 'WorkloadIdentityFederation';
  return {
    data: {
      ...{ environment, scopeLevel: 'Subscription', subscriptionId, subscriptionName, creationMode: 'Manual' },
      ...(revertSchemeDeadline === undefined ? {} : { revertSchemeDeadline }),
    },
    ...{ id, name, type: 'azurerm', url: 'https://management.azure.com/', description },
    authorization: {
      // A secret is never given back.
      parameters: {
        ...{ tenantid: tenantId, serviceprincipalid: clientId },
        ...(isFederated ? federation : { authenticationType: 'spnKey', serviceprincipalkey: null }),
      },
      scheme,
    },
    ...{ isShared: false, isOutdated: false, isReady: true, owner: 'Library' },
    serviceEndpointProjectReferences: [{ projectReference: { id: project.id, name: project.name }, name, description }],
  };
}

/** By its id or its name. @throws AzureDevOpsProblem */
export function projectOf({ organization }: OrganizationState, name: string): Project {
  const found = organization.projects.find((one) => same(one.id, name) || same(one.name, name));
  if (found) return found;
  throw noProject(name);
}

const noProject = (name: string) =>
  new AzureDevOpsProblem(
    404,
    'ProjectDoesNotExistWithNameException',
    `TF200016: The following project does not exist: ${name}. Verify that the name of the project is correct and that the project exists on the specified Azure DevOps Server.`,
  );

const invalid = (message: string) => new AzureDevOpsProblem(400, 'ArgumentException', message);

/** Names of parameters and data ignore case. */
function memberOf(all: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(all).find(([key]) => same(key, name))?.[1];
}
