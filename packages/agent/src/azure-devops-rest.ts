import {
  azureDevOpsReason,
  FedbridgeError,
  firstSentence,
  type HttpRequest,
  type HttpResponse,
  type Outbound,
  readJson,
  retry,
  send,
  textMember,
  unavailable,
} from '@fedbridge/core';
import type { AccessToken } from '@fedbridge/entra';

/** A call of a REST API of Azure. */
export interface RestCall {
  readonly method: HttpRequest['method'];
  readonly url: string;
  readonly body?: unknown;
}

/** Gives an access token that lives for some time yet. */
export type GetAccessToken = () => Promise<AccessToken>;

/** Whom Azure DevOps lets set up agents, and register them. */
const ofAgents =
  'The identity must be a user of the organization with a license, and Administrator of the pool: see "fedbridge agent setup".';

/**
 * Makes a call with a bearer, and again while the service throttles or fails.
 *
 * @param whoMay - what a denial is explained by, as a sentence
 * @returns the parsed answer; undefined for one without content, and where what is read or deleted is not there (404)
 * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*`
 */
export async function callRest(
  { method, url, body }: RestCall,
  accessToken: GetAccessToken,
  outbound: Outbound,
  whoMay: string = ofAgents,
): Promise<unknown> {
  return retry(outbound, async () => {
    const bearer = (await accessToken()).reveal();
    const response = await send(outbound, {
      method,
      url: new URL(url),
      headers: {
        authorization: `Bearer ${bearer}`,
        accept: 'application/json',
        'x-tfs-fedauthredirect': 'Suppress',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { host } = new URL(url);
    const later = unavailable(response, host, outbound.system.now());
    if (later) throw later;
    // Of what is written, 404 says that nothing was.
    if (response.status === 404 && (method === 'GET' || method === 'DELETE')) return undefined;
    return parseAnswer(response, host, whoMay);
  });
}

function parseAnswer(response: HttpResponse, host: string, whoMay: string): unknown {
  const { status } = response;
  // 203 is Azure DevOps' sign-in page for a caller it does not know.
  const isGood = status >= 200 && status < 300 && status !== 203;
  const isJson = isGood ? response.body !== '' : (response.headers['content-type']?.includes('json') ?? false);
  const answer = isJson ? readJson(response, host) : undefined;
  const reason = reasonOf(answer);
  // Azure DevOps answers some errors with HTTP 200.
  if (isGood && reason === undefined) return answer;
  const detail = { answer: `HTTP ${status}${reason ? `: ${reason}` : ''}` };
  if (status === 401 || status === 403 || status === 203) {
    throw new FedbridgeError('EXCHANGE_REFUSED', `${host} denied this identity.`, {
      ...detail,
      // A member or a role that was added moments ago is not known everywhere yet.
      recovery: 'denial',
      hint: whoMay,
    });
  }
  throw new FedbridgeError('EXCHANGE_REJECTED', `${host} does not accept the request.`, detail);
}

/**
 * Why a call failed, in the service's words: Azure DevOps' envelopes, or `{"error": {"message": "…"}}` of Azure Resource Manager.
 * Source: Azure Resource Manager, "Common API details".
 */
function reasonOf(answer: unknown): string | undefined {
  const ofResources = textMember((answer as { error?: unknown } | null | undefined)?.error, 'message');
  return ofResources === undefined ? azureDevOpsReason(answer) : firstSentence(ofResources);
}

/** Whether a write was rejected since something that it names is not there (404). */
export function isNotThere(error: unknown): boolean {
  return error instanceof FedbridgeError && /^HTTP 404\b/.test(error.detail.answer ?? '');
}

/** The list of an answer `{"value": [...]}`. */
export function listOf<T>(answer: unknown): readonly T[] {
  const value = (answer as { value?: unknown } | undefined)?.value;
  return Array.isArray(value) ? (value as T[]) : [];
}
