import {
  type Endpoint,
  FedbridgeError,
  firstSentence,
  type HttpResponse,
  type Outbound,
  readJson,
  retry,
  send,
  textMember,
  tokenMember,
  unavailable,
} from '@fedbridge/core';
import type { AccessToken } from './access-token.ts';

/** The user name that goes with a token in the place of a password. Source: Microsoft Learn, "Authenticate with Azure Container Registry". */
const username = '00000000-0000-0000-0000-000000000000';

/** Whether a host is a registry of Azure Container Registry, in any of its clouds. */
export function isAzureRegistry(host: string): boolean {
  return /^[a-z\d]{5,50}(-[a-z\d]+)?\.azurecr\.(io|us|cn)$/.test(host);
}

/**
 * What a client logs in to a registry with: a refresh token of the registry's own, which lives three hours, for an access token of Entra.
 * Source: Azure/acr, "Azure Container Registry: Authenticating with OAuth", "POST /oauth2/exchange".
 *
 * @param registry - its host; who the token is for
 * @param accessToken - for Azure Resource Manager
 * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*`
 */
export async function registryLogin(
  registry: string,
  endpoint: Endpoint,
  accessToken: () => Promise<AccessToken>,
  outbound: Outbound,
): Promise<{ readonly username: string; readonly secret: string }> {
  return retry(outbound, async () => {
    const token = (await accessToken()).reveal();
    const body = new URLSearchParams({ grant_type: 'access_token', service: registry, access_token: token }).toString();
    const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
    const url = new URL('/oauth2/exchange', endpoint);
    return {
      username,
      secret: readToken(await send(outbound, { method: 'POST', url, headers, body }), token, registry, outbound),
    };
  });
}

function readToken(response: HttpResponse, sent: string, registry: string, outbound: Outbound): string {
  const later = unavailable(response, registry, outbound.system.now());
  if (later) throw later;
  const isJson = response.status === 200 || (response.headers['content-type']?.includes('json') ?? false);
  const answer = isJson ? readJson(response, registry) : undefined;
  if (response.status !== 200) {
    const [error] = ((answer as { errors?: unknown } | null | undefined)?.errors as unknown[] | undefined) ?? [];
    const message = textMember(error, 'message');
    const isDenied = response.status === 401 || response.status === 403;
    throw new FedbridgeError(
      isDenied ? 'EXCHANGE_REFUSED' : 'EXCHANGE_REJECTED',
      isDenied ? `${registry} denied this identity.` : `${registry} does not accept the request.`,
      {
        answer: `HTTP ${response.status}${message === undefined ? '' : `: ${firstSentence(message, sent)}`}`,
        hint: 'It needs the role AcrPull or AcrPush on the registry; a role that was assigned moments ago is not known everywhere yet.',
      },
    );
  }
  const token = tokenMember(answer, 'refresh_token');
  if (token === undefined) {
    throw new FedbridgeError('ANSWER_MALFORMED', `${registry} answered without a token.`, {
      answer: `HTTP ${response.status}`,
    });
  }
  outbound.mask(token);
  return token;
}
