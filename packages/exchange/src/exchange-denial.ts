import {
  FedbridgeError,
  firstSentence,
  type HttpResponse,
  inertJson,
  type Presented,
  textMember,
} from '@fedbridge/core';
import type { ServiceRequest } from './profile.ts';
import { fill, type Values } from './template.ts';

/** Codes of a request that is wrong whoever makes it. `invalid_request` says as well that the token is not trusted [RFC 8693, 2.2.2]. */
const wrongRequests = ['unsupported_grant_type', 'invalid_scope', 'invalid_target'];

/** What was denied, and what must not be shown of it. */
export interface DeniedRequest {
  readonly request: ServiceRequest;
  readonly values: Values;
  readonly presented: Presented;
  /** What was sent. */
  readonly secrets: readonly string[];
}

/** A service's "no" as our error: what it said, and what would allow this job. */
export function denial(response: HttpResponse, { request, values, presented, secrets }: DeniedRequest): FedbridgeError {
  const { code, said } = reasonIn(response);
  const facts = [code && firstSentence(code, ...secrets), `HTTP ${response.status}`].filter(Boolean).join(', ');
  const sentence = said === undefined ? '' : firstSentence(said, ...secrets);
  const answer = sentence === '' ? facts : `${facts}: ${sentence}`;
  if (code !== undefined && wrongRequests.includes(code)) {
    return new FedbridgeError('EXCHANGE_REJECTED', `${request.to} does not take the request.`, { presented, answer });
  }
  const document = request.denied && fill(request.denied.document, { ...values, ...presented });
  return new FedbridgeError('EXCHANGE_REFUSED', `${request.to} denied this job what it asked for.`, {
    presented,
    answer,
    hint: request.denied?.hint,
    document: document === undefined ? undefined : inertJson(document, 2),
    recovery: 'denial',
  });
}

/**
 * The code and the words of an error, in the forms that services have: OAuth's [RFC 6749, 5.2], Google's (`error` with `status` and
 * `message`), Vault's (`errors`, or `warnings` where it found nothing), gRPC's over HTTP (`code` and `message`).
 */
function reasonIn({ body }: HttpResponse): { readonly code: string | undefined; readonly said: string | undefined } {
  const answer = jsonOf(body);
  const { error, errors, warnings, code } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  const list = errors ?? warnings;
  if (Array.isArray(list)) return { code: undefined, said: list.filter((one) => typeof one === 'string').join('; ') };
  if (typeof error === 'object') return { code: textMember(error, 'status'), said: textMember(error, 'message') };
  const said = textMember(answer, 'error_description') ?? textMember(answer, 'message');
  return { code: textMember(answer, 'error') ?? (typeof code === 'number' ? `code ${code}` : undefined), said };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
