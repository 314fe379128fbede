import type { Environment, HttpRequest, HttpResponse } from '@fedbridge/core';
import {
  FedbridgeError,
  invalid,
  isGuid,
  type Outbound,
  parseMachineEndpoint,
  readJson,
  retry,
  secondsMember,
  send,
  textMember,
  tokenMember,
  unavailable,
} from '@fedbridge/core';

/** Which identity of a machine: the one that the machine itself has, or one that was assigned to it. */
export type ManagedIdentityId =
  | { readonly by: 'system' }
  | { readonly by: 'client id' | 'object id' | 'resource id'; readonly id: string };

/** A managed identity and where its tokens come from, as data. Holds a secret. */
export interface ManagedIdentity {
  readonly id: ManagedIdentityId;
  readonly endpoint:
    | { readonly form: 'imds'; readonly url: string }
    | { readonly form: 'app-service'; readonly url: string; readonly header: string };
}

/** A token as the endpoint gives it. */
export interface ManagedIdentityToken {
  readonly value: string;
  /** In ms since 1970-01-01 UTC. */
  readonly expiresAt: number;
  /** The client id of the identity, where the endpoint tells. */
  readonly clientId: string | undefined;
}

const who = 'The managed identity endpoint';

/** IMDS is a hop away: whoever does not connect within this time, in ms, is not on Azure. */
const connectMs = 900;

/** A machine's token is valid for a day; a week is another service's answer. In ms. */
const longestMs = 7 * 86_400_000;

/** IMDS updates for up to 70 s with 410; ten attempts at least this far apart, in ms, outlast it. */
const updatingMs = 8_000;

/**
 * A client id, `object:<object id>`, a resource id, or `system`.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function parseManagedIdentityId(text: string): ManagedIdentityId {
  if (text === 'system') return { by: 'system' };
  if (isGuid(text)) return { by: 'client id', id: text };
  const [, objectId = ''] = /^object:(.*)$/.exec(text) ?? [];
  if (isGuid(objectId)) return { by: 'object id', id: objectId };
  const resourceId =
    /^\/subscriptions\/[\da-f-]{36}\/resourceGroups\/[^/\s]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[\w-]+$/i;
  if (resourceId.test(text)) return { by: 'resource id', id: text };
  throw invalid(
    'expected system, a client id (a GUID), "object:" and an object id, or a resource id that begins with /subscriptions/.',
  );
}

/** Where an environment says that managed identities are: App Service and its like by variables, else IMDS. */
export function managedIdentityOf(environment: Environment, id: ManagedIdentityId): ManagedIdentity {
  const { IDENTITY_ENDPOINT: url, IDENTITY_HEADER: header, AZURE_POD_IDENTITY_AUTHORITY_HOST: host } = environment;
  if (url && header) return { id, endpoint: { form: 'app-service', url, header } };
  return { id, endpoint: { form: 'imds', url: host || 'http://169.254.169.254' } };
}

/**
 * Asks the machine for a token of its identity.
 * Source: Microsoft Learn, "How to use managed identities for Azure resources on an Azure VM to acquire an access token"
 * and "Use managed identities for App Service".
 *
 * @param resource - who the token is for
 * @param known - whether there is one for sure: whatever else answers at this address has no such page, and keeps nobody waiting
 * @throws FedbridgeError `ID_TOKEN_UNAVAILABLE`, `ID_TOKEN_REFUSED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*`
 */
export async function managedIdentityToken(
  identity: ManagedIdentity,
  resource: string,
  outbound: Outbound,
  known: boolean,
): Promise<ManagedIdentityToken> {
  const request = tokenRequest(identity, resource);
  return retry(outbound, async () => {
    const response = await send(outbound, request).catch((error: unknown) => {
      throw isElsewhere(error, identity) ? notOnAzure(error as FedbridgeError) : error;
    });
    if (!known && isUpdating(response)) throw notOnAzure(updating(response));
    const token = readToken(response, identity, outbound.system.now());
    outbound.mask(token.value);
    return token;
  });
}

function tokenRequest({ id, endpoint }: ManagedIdentity, resource: string): HttpRequest {
  const isImds = endpoint.form === 'imds';
  const origin = parseMachineEndpoint(endpoint.url, isImds ? 'The address of IMDS' : 'IDENTITY_ENDPOINT');
  const url = isImds ? new URL('/metadata/identity/oauth2/token', origin) : new URL(origin);
  url.searchParams.set('api-version', isImds ? '2018-02-01' : '2019-08-01');
  url.searchParams.set('resource', resource);
  if (id.by !== 'system') {
    const names = {
      'client id': 'client_id',
      'object id': isImds ? 'object_id' : 'principal_id',
      'resource id': isImds ? 'msi_res_id' : 'mi_res_id',
    };
    url.searchParams.set(names[id.by], id.id);
  }
  const headers = isImds ? { metadata: 'true' } : { 'x-identity-header': endpoint.header };
  return { method: 'GET', url, headers: { accept: 'application/json', ...headers }, direct: true, connectMs };
}

/** The address of IMDS leads nowhere but on Azure; that of App Service was given by it. */
function isElsewhere(error: unknown, { endpoint }: ManagedIdentity): boolean {
  if (endpoint.form !== 'imds' || !(error instanceof FedbridgeError)) return false;
  return error.code === 'HTTP_CONNECT' || error.code === 'HTTP_TIMEOUT' || error.code === 'HTTP_REDIRECT';
}

function notOnAzure(cause: FedbridgeError): FedbridgeError {
  return new FedbridgeError('ID_TOKEN_UNAVAILABLE', 'This machine has no managed identity: it is not on Azure.', {
    cause,
    answer: cause.message,
    hint: 'In a container, see that its network lets it reach 169.254.169.254.',
  });
}

function readToken(response: HttpResponse, { id }: ManagedIdentity, now: number): ManagedIdentityToken {
  if (response.status !== 200) throw refusal(response, id, now);
  const answer = readJson(response, who);
  const value = tokenMember(answer, 'access_token');
  const expiresAt = (secondsMember(answer, 'expires_on') ?? 0) * 1000;
  if (value === undefined || expiresAt <= now || expiresAt > now + longestMs) {
    throw new FedbridgeError('ANSWER_MALFORMED', `${who} answered without a token.`);
  }
  return { value, expiresAt, clientId: textMember(answer, 'client_id') };
}

/** Source: "Retry guidance" of the first page. Other clouds' metadata services answer likewise, for good. */
function isUpdating({ status }: HttpResponse): boolean {
  return status === 404 || status === 410;
}

function updating({ status }: HttpResponse): FedbridgeError {
  return new FedbridgeError('UNAVAILABLE', `${who} is being updated (HTTP ${status}).`, {
    recovery: 'transient',
    retryAfterMs: status === 410 ? updatingMs : undefined,
  });
}

function refusal(response: HttpResponse, id: ManagedIdentityId, now: number): FedbridgeError {
  const { status } = response;
  if (isUpdating(response)) return updating(response);
  const later = unavailable(response, who, now);
  if (later) return later;
  const isJson = response.headers['content-type']?.includes('json') ?? false;
  const said = isJson ? readJson(response, who) : undefined;
  const description = textMember(said, 'error_description') ?? textMember(said, 'message');
  const which = id.by === 'system' ? 'of its own' : `with the ${id.by} ${id.id}`;
  return new FedbridgeError('ID_TOKEN_REFUSED', `This machine has no managed identity ${which} for this.`, {
    answer: `HTTP ${status}${description ? `: ${description.slice(0, 300)}` : ''}`,
    hint: 'See which identities are assigned to the machine, and that the resource is one that the tenant knows.',
  });
}
