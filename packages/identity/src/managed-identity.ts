import { promises } from 'node:fs';
import type { Environment, HttpRequest, HttpResponse } from '@fedbridge/core';
import {
  FedbridgeError,
  invalid,
  isGuid,
  isLoopback,
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
import { answerArcChallenge, arcAgent, arcEndpoint } from './azure-arc.ts';

/** Which identity of a machine: the one that the machine itself has, or one that was assigned to it. */
export type ManagedIdentityId =
  | { readonly by: 'system' }
  | { readonly by: 'client id' | 'object id' | 'resource id'; readonly id: string };

/** A managed identity and where its tokens come from, as data. Holds a secret. */
export interface ManagedIdentity {
  readonly id: ManagedIdentityId;
  readonly endpoint:
    | { readonly form: 'imds'; readonly url: string }
    | { readonly form: 'azure-arc'; readonly url: string }
    | { readonly form: 'app-service'; readonly url: string; readonly header: string }
    /** Has tokens of the user who is signed in, and of no managed identity. */
    | { readonly form: 'cloud-shell'; readonly url: string };
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

/**
 * Where an environment says that managed identities are: App Service, Azure Arc and Cloud Shell by variables, else IMDS. Of Cloud Shell
 * only an address on loopback counts, since some name IMDS in that variable.
 * Source: MSAL, managed identity sources.
 */
export function managedIdentityOf(environment: Environment, id: ManagedIdentityId): ManagedIdentity {
  const { IDENTITY_ENDPOINT: url, IDENTITY_HEADER: header, AZURE_POD_IDENTITY_AUTHORITY_HOST: host } = environment;
  if (url) return { id, endpoint: header ? { form: 'app-service', url, header } : { form: 'azure-arc', url } };
  const { MSI_ENDPOINT: shell, MSI_SECRET: secret } = environment;
  if (shell && !secret && URL.canParse(shell) && isLoopback(new URL(shell))) {
    return { id, endpoint: { form: 'cloud-shell', url: shell } };
  }
  return { id, endpoint: { form: 'imds', url: host || 'http://169.254.169.254' } };
}

/** As `managedIdentityOf`; a service that was started without the variables of Azure Arc finds its agent. */
export async function findManagedIdentity(
  environment: Environment,
  id: ManagedIdentityId,
  agent = arcAgent(environment, process.platform),
): Promise<ManagedIdentity> {
  const named = managedIdentityOf(environment, id);
  if (named.endpoint.form !== 'imds' || environment.AZURE_POD_IDENTITY_AUTHORITY_HOST) return named;
  const isThere = await promises.access(agent).then(
    () => true,
    () => false,
  );
  return isThere ? { id, endpoint: { form: 'azure-arc', url: arcEndpoint } } : named;
}

/**
 * Asks the machine for a token of its identity.
 * Source: Microsoft Learn, "How to use managed identities for Azure resources on an Azure VM to acquire an access token"
 * and "Use managed identities for App Service".
 *
 * @param resource - who the token is for
 * @param known - whether there is one for sure: whatever else answers at this address has no such page, and keeps nobody waiting
 * @throws FedbridgeError `ID_TOKEN_UNAVAILABLE`, `ID_TOKEN_REFUSED`, `ENDPOINT_NOT_ALLOWED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*`
 */
export async function managedIdentityToken(
  identity: ManagedIdentity,
  resource: string,
  outbound: Outbound,
  known: boolean,
): Promise<ManagedIdentityToken> {
  const request = tokenRequest(identity, resource);
  const { endpoint } = identity;
  if ('header' in endpoint) outbound.mask(endpoint.header);
  return retry(outbound, async () => {
    const response = await ask(request, identity, outbound);
    if (!known && isUpdating(response, identity)) throw notOnAzure(updating(response));
    const token = readToken(response, identity, outbound.system.now());
    outbound.mask(token.value);
    return token;
  });
}

function tokenRequest({ id, endpoint }: ManagedIdentity, resource: string): HttpRequest {
  if (endpoint.form === 'cloud-shell') throw inCloudShell();
  const isImds = endpoint.form === 'imds';
  const origin = parseMachineEndpoint(endpoint.url, isImds ? 'The address of IMDS' : 'IDENTITY_ENDPOINT');
  const url = isImds ? new URL('/metadata/identity/oauth2/token', origin) : new URL(origin);
  url.searchParams.set('api-version', apiVersions[endpoint.form]);
  url.searchParams.set('resource', resource);
  const isAppService = endpoint.form === 'app-service';
  if (id.by !== 'system') {
    const names = {
      'client id': 'client_id',
      'object id': isAppService ? 'principal_id' : 'object_id',
      // Azure Arc's agent takes "mi_res_id" for no choice, and answers with the machine's own identity.
      'resource id': isAppService ? 'mi_res_id' : 'msi_res_id',
    };
    url.searchParams.set(names[id.by], id.id);
  }
  const headers = isAppService ? { 'x-identity-header': endpoint.header } : { metadata: 'true' };
  return { method: 'GET', url, headers: { accept: 'application/json', ...headers }, direct: true, connectMs };
}

const apiVersions = { imds: '2018-02-01', 'app-service': '2019-08-01', 'azure-arc': '2020-06-01' };

async function ask(request: HttpRequest, identity: ManagedIdentity, outbound: Outbound): Promise<HttpResponse> {
  const response = await send(outbound, request).catch((error: unknown) => {
    throw isElsewhere(error, identity) ? notOnAzure(error as FedbridgeError) : error;
  });
  if (identity.endpoint.form !== 'azure-arc' || response.status !== 401) return response;
  const authorization = await answerArcChallenge(response, outbound);
  return send(outbound, { ...request, headers: { ...request.headers, authorization } });
}

/** The address of IMDS leads nowhere but on Azure; that of App Service or Azure Arc was given by it. */
function isElsewhere(error: unknown, { endpoint }: ManagedIdentity): boolean {
  if (endpoint.form !== 'imds' || !(error instanceof FedbridgeError)) return false;
  return error.code === 'HTTP_CONNECT' || error.code === 'HTTP_TIMEOUT' || error.code === 'HTTP_REDIRECT';
}

function inCloudShell(): FedbridgeError {
  return new FedbridgeError(
    'ID_TOKEN_UNAVAILABLE',
    'Azure Cloud Shell has no managed identity: MSI_ENDPOINT there gives tokens of the user who is signed in.',
    { hint: 'Use "az account get-access-token" in Cloud Shell. Elsewhere see what sets MSI_ENDPOINT.' },
  );
}

function notOnAzure(cause: FedbridgeError): FedbridgeError {
  return new FedbridgeError('ID_TOKEN_UNAVAILABLE', 'This machine has no managed identity: it is not on Azure.', {
    cause,
    answer: cause.message,
    hint: 'In a container, see that its network lets it reach 169.254.169.254.',
  });
}

function readToken(response: HttpResponse, identity: ManagedIdentity, now: number): ManagedIdentityToken {
  if (response.status !== 200) throw denial(response, identity, now);
  const answer = readJson(response, who);
  const value = tokenMember(answer, 'access_token');
  const expiresAt = (secondsMember(answer, 'expires_on') ?? 0) * 1000;
  if (value === undefined || expiresAt <= now || expiresAt > now + longestMs) {
    throw new FedbridgeError('ANSWER_MALFORMED', `${who} answered without a token.`);
  }
  requireSame(answer, identity);
  return { value, expiresAt, clientId: textMember(answer, 'client_id') };
}

/**
 * Whose token an endpoint gives is for it to say, and some say it: a token of another identity than the one that was asked for is nobody's
 * here. An agent of Azure Arc that is older than assigned identities takes no notice of which one is asked for, and says nothing.
 * Source: MSAL, `AzureArc`; Microsoft Learn as above, `client_id` of the answer.
 */
function requireSame(answer: unknown, { id, endpoint }: ManagedIdentity): void {
  if (id.by === 'system') return;
  const names = { 'client id': ['client_id'], 'object id': ['object_id'], 'resource id': ['msi_res_id', 'mi_res_id'] };
  const said = names[id.by].flatMap((name) => textMember(answer, name)?.toLowerCase() ?? []);
  const isArc = endpoint.form === 'azure-arc';
  if (said.length === 0 ? !isArc : said.includes(id.id.toLowerCase())) return;
  const which = `the ${id.by} ${id.id}`;
  throw isArc
    ? new FedbridgeError('ID_TOKEN_REFUSED', `Azure Arc's agent did not confirm that its token is for ${which}.`, {
        breaksGuard: true,
        hint: "Update Azure Arc's agent: an old one gives the machine's own identity whatever is asked for. Or ask for that one, and name no client id.",
      })
    : new FedbridgeError('ID_TOKEN_REFUSED', `${who} gave a token of another identity than ${which}.`, {
        answer: said.join(', '),
        breaksGuard: true,
        hint: 'It was not delivered. See what answers there, and what sets IDENTITY_ENDPOINT or AZURE_POD_IDENTITY_AUTHORITY_HOST, which name it.',
      });
}

/** Source: "Retry guidance" of the first page. Other clouds' metadata services answer likewise, for good, and Azure Arc for an identity that is not there. */
function isUpdating({ status }: HttpResponse, { endpoint }: ManagedIdentity): boolean {
  if (endpoint.form === 'azure-arc') return false;
  return status === 404 || status === 410;
}

function updating({ status }: HttpResponse): FedbridgeError {
  return new FedbridgeError('UNAVAILABLE', `${who} is being updated (HTTP ${status}).`, {
    recovery: 'transient',
    retryAfterMs: status === 410 ? updatingMs : undefined,
  });
}

function denial(response: HttpResponse, identity: ManagedIdentity, now: number): FedbridgeError {
  const { id } = identity;
  const { status } = response;
  if (isUpdating(response, identity)) return updating(response);
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
