import {
  azureDevOpsReason,
  FedbridgeError,
  type HttpResponse,
  isGuid,
  type Outbound,
  readJson,
  retry,
  send,
  unavailable,
} from '@fedbridge/core';
import { refuseLoopback } from '@fedbridge/identity';
import type { ServiceConnection } from '@fedbridge/step';
import { type ConnectionAuthorization, federatedConnection } from './federated-connection.ts';
import { platformAddress } from './platform-address.ts';

/** A service connection as REST has it. Source: Azure DevOps REST API, Service Endpoint, "Get Service Endpoints By Names". */
interface Endpoint {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly authorization?: Partial<ConnectionAuthorization>;
  readonly data?: Readonly<Record<string, unknown>>;
}

const who = 'Azure DevOps';

/**
 * A service connection of the job's project by its name, as Azure DevOps says with the job's own token.
 *
 * @throws FedbridgeError `CONNECTION_MISSING`, `CONNECTION_NOT_FEDERATED`, `ENDPOINT_NOT_ALLOWED`, `ID_TOKEN_UNAVAILABLE`, `HTTP_*`,
 * `UNAVAILABLE`, `ANSWER_MALFORMED`
 */
export async function findConnection(name: string, outbound: Outbound): Promise<ServiceConnection> {
  const { environment } = outbound.system;
  const bearer = environment.SYSTEM_ACCESSTOKEN;
  if (!bearer) {
    throw new FedbridgeError(
      'ID_TOKEN_UNAVAILABLE',
      `"${name}" is looked up with System.AccessToken, which is not there.`,
      {
        hint: `Map it: env: SYSTEM_ACCESSTOKEN: $(System.AccessToken). ${referredTo(environment)}`,
      },
    );
  }
  const url = endpointsUrl(name, environment);
  refuseLoopback(url, bearer, { platform: who, variable: 'System.CollectionUri' });
  const headers = {
    authorization: `Bearer ${bearer}`,
    accept: 'application/json',
    'x-tfs-fedauthredirect': 'Suppress',
  };
  const endpoints = await retry(outbound, async () =>
    readEndpoints(await send(outbound, { method: 'GET', url, headers }), outbound),
  );
  const found = endpoints.find((one) => typeof one.name === 'string' && one.name.toLowerCase() === name.toLowerCase());
  if (found && typeof found.id === 'string' && isGuid(found.id)) return connectionOf(found.id, found);
  throw new FedbridgeError(
    'CONNECTION_MISSING',
    `The project has no service connection "${name}" that this job sees.`,
    {
      hint: `See Project settings > Service connections, and that this pipeline may use it. ${referredTo(environment)}`,
    },
  );
}

/** A service connection by its id, as far as the variables say which the agent sets for tasks. */
export function connectionHere(id: string, environment: Readonly<Record<string, string | undefined>>) {
  const parameter = (name: string) => environment[`ENDPOINT_AUTH_PARAMETER_${id}_${name}`]?.trim() || undefined;
  const data = (name: string) => environment[`ENDPOINT_DATA_${id}_${name}`]?.trim() || undefined;
  return {
    id,
    clientId: parameter('SERVICEPRINCIPALID'),
    tenantId: parameter('TENANTID'),
    subscriptionId: data('SUBSCRIPTIONID'),
    environment: data('ENVIRONMENT'),
    idToken: undefined,
  } satisfies ServiceConnection;
}

/** The ids of the connections that a job refers to: names of its variables begin with them. */
export function connectionsHere(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const ids = Object.keys(environment).flatMap((name) => /^ENDPOINT_DATA_([\da-f-]{36})_/i.exec(name)?.[1] ?? []);
  return [...new Set(ids.filter(isGuid))];
}

function referredTo(environment: Readonly<Record<string, string | undefined>>): string {
  const ids = connectionsHere(environment);
  return ids.length > 0
    ? `This job refers to ${ids.join(', ')}.`
    : "Its id, a GUID, is in the address of the connection's page; AzureCLI@2 sets AZURESUBSCRIPTION_SERVICE_CONNECTION_ID.";
}

function endpointsUrl(name: string, environment: Readonly<Record<string, string | undefined>>): URL {
  const collection = environment.SYSTEM_COLLECTIONURI || environment.SYSTEM_TEAMFOUNDATIONCOLLECTIONURI;
  const project = environment.SYSTEM_TEAMPROJECTID;
  if (!collection || !project) {
    const missing = collection ? 'SYSTEM_TEAMPROJECTID' : 'SYSTEM_COLLECTIONURI';
    throw new FedbridgeError('ID_TOKEN_UNAVAILABLE', `"${name}" cannot be looked up: ${missing} is not set.`, {
      hint: referredTo(environment),
    });
  }
  const url = platformAddress(collection, 'System.CollectionUri');
  url.pathname = `${url.pathname.replace(/\/*$/, '')}/${encodeURIComponent(project)}/_apis/serviceendpoint/endpoints`;
  // Names are separated by commas there: of one that has a comma all are asked for.
  if (!name.includes(',')) url.searchParams.set('endpointNames', name);
  url.searchParams.set('api-version', '7.1');
  return url;
}

function readEndpoints(response: HttpResponse, outbound: Outbound): readonly Endpoint[] {
  const later = unavailable(response, who, outbound.system.now());
  if (later) throw later;
  const isJson = response.status === 200 || (response.headers['content-type']?.includes('json') ?? false);
  const answer = isJson ? readJson(response, who) : undefined;
  const value = (answer as { value?: unknown } | null | undefined)?.value;
  if (response.status === 200 && Array.isArray(value))
    return value.filter((one) => typeof one === 'object' && one !== null);
  const said = azureDevOpsReason(answer);
  // 203 is Azure DevOps' sign-in page for a caller it does not know.
  throw new FedbridgeError('CONNECTION_MISSING', `${who} does not tell this job its service connections.`, {
    answer: `HTTP ${response.status}${said ? `: ${said}` : ''}`,
    hint: `The identity of the project's builds must be a user of the connection. ${referredTo(outbound.system.environment)}`,
  });
}

function connectionOf(id: string, { authorization, data = {} }: Endpoint): ServiceConnection {
  const { scheme, parameters } = authorization ?? {};
  const given = typeof scheme === 'string' ? { scheme, parameters: textsOf(parameters ?? {}) } : undefined;
  const texts = textsOf(data);
  return federatedConnection(
    id,
    given,
    (name) => Object.entries(texts).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1],
  );
}

function textsOf(members: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const texts = Object.entries(members).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts);
}
