import {
  FedbridgeError,
  type HttpRequest,
  type HttpResponse,
  isLoopback,
  type Outbound,
  readJson,
  retry,
  secondsMember,
  send,
  textMember,
  tokenMember,
  unavailable,
} from '@fedbridge/core';
import type { AdmittedIdToken } from '@fedbridge/identity';
import { AccessToken } from './access-token.ts';
import type { AccessTokenRequest } from './access-token-request.ts';

/**
 * Exchanges an ID token for an access token: the client credentials grant with the ID token as client assertion.
 * Source: Microsoft Learn, "Client credentials flow", third case; RFC 7523, 2.2.
 *
 * @param idToken - gives the token for each attempt, a new one when the last is about to end
 * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ENDPOINT_NOT_ALLOWED`, `UNAVAILABLE`, `ANSWER_MALFORMED`,
 *   `HTTP_*`, `ID_TOKEN_*`
 */
export async function exchangeForAccessToken(
  request: AccessTokenRequest,
  idToken: () => Promise<AdmittedIdToken>,
  outbound: Outbound,
): Promise<AccessToken> {
  return retry(outbound, async () => {
    const pending = idToken();
    outbound.http.connectAhead(request.authority);
    const assertion = await pending;
    checkAuthority(request, assertion);
    // The token's time runs from when it was made, to the second: not from when it is read.
    const asked = Math.floor(outbound.system.now() / 1000) * 1000;
    const response = await send(outbound, tokenRequest(request, assertion));
    const { value, lifetimeMs } = await readAnswer(response, request, assertion, outbound.system.now());
    outbound.mask(value);
    return new AccessToken(value, {
      resource: request.resource,
      expiresAt: asked + lifetimeMs,
      presented: assertion.presented,
    });
  });
}

/** Any process of this machine may listen there: what a variable names on it gets tokens of this machine's own issuers alone. */
function checkAuthority({ authority, fromVariable }: AccessTokenRequest, { issuer, presented }: AdmittedIdToken): void {
  if (!fromVariable || !isLoopback(authority) || isLoopback(new URL(issuer))) return;
  throw new FedbridgeError('ENDPOINT_NOT_ALLOWED', `AZURE_AUTHORITY_HOST names ${authority.host}, on this machine.`, {
    presented,
    hint: 'The ID token was not sent there. See what sets that variable. If that is what you want, name the authority host yourself.',
  });
}

function tokenRequest(
  { authority, tenantId, clientId, resource }: AccessTokenRequest,
  assertion: AdmittedIdToken,
): HttpRequest {
  const url = new URL(authority);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    scope: `${resource}/.default`,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion.reveal(),
  });
  return {
    method: 'POST',
    url,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
  };
}

/** No access token of Entra's is valid for longer than some 28 hours; a week is another service's answer. */
const longestSeconds = 7 * 86_400;

async function readAnswer(
  response: HttpResponse,
  request: AccessTokenRequest,
  assertion: AdmittedIdToken,
  now: number,
): Promise<{ value: string; lifetimeMs: number }> {
  const later = unavailable(response, `Entra, asked for a token for ${request.resource},`, now);
  if (later) {
    const isJson = response.headers['content-type']?.includes('json') ?? false;
    const answer = isJson ? readJson(response, 'Entra') : undefined;
    const { answerSummary } = await import('./entra-denial.ts');
    throw later.with({ answer: later.detail.answer ?? answerSummary(response.status, answer, assertion) });
  }
  const answer = readJson(response, 'Entra');
  if (response.status !== 200) {
    const { denial } = await import('./entra-denial.ts');
    throw denial(response.status, answer, request, assertion);
  }
  const value = tokenMember(answer, 'access_token');
  const seconds = secondsMember(answer, 'expires_in') ?? 0;
  if (
    value === undefined ||
    seconds <= 0 ||
    seconds > longestSeconds ||
    textMember(answer, 'token_type')?.toLowerCase() !== 'bearer'
  ) {
    throw new FedbridgeError('ANSWER_MALFORMED', 'Entra answered without an access token.', {
      answer: `HTTP ${response.status}`,
    });
  }
  return { value, lifetimeMs: seconds * 1000 };
}
