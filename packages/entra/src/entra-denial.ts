import { FedbridgeError, firstSentence, inertJson, textMember } from '@fedbridge/core';
import type { IdToken } from '@fedbridge/identity';
import { entraTrust, jobOf, neverMatches } from '@fedbridge/trust';
import { explanations, foreign, unknown } from './aadsts-denials.ts';
import type { AccessTokenRequest } from './access-token-request.ts';

const errors = {
  denied: { code: 'EXCHANGE_REFUSED', recovery: 'denial', verb: 'denied' },
  rejected: { code: 'EXCHANGE_REJECTED', recovery: 'never', verb: 'denied' },
  unavailable: { code: 'UNAVAILABLE', recovery: 'transient', verb: 'could not give' },
} as const;

/** Entra's error answer as ours: what its code means here, what it said itself, and what to change. */
export function denial(status: number, answer: unknown, request: AccessTokenRequest, idToken: IdToken): FedbridgeError {
  const code = aadstsCode(answer);
  const explanation = code === undefined ? foreign : (explanations[code] ?? unknown);
  const { code: ours, recovery, verb } = errors[explanation.kind];
  const job = jobOf(idToken.claims);
  // Where no credential can ever let it in, one that looks right would only cost time.
  const never = explanation.kind === 'denied' ? neverMatches(job, 'entra') : undefined;
  return new FedbridgeError(ours, `Entra ${verb} a token for ${request.resource}: ${explanation.what}.`, {
    presented: idToken.presented,
    answer: answerSummary(status, answer, idToken),
    hint: never ?? explanation.hint(request, idToken),
    document: explanation.kind === 'denied' && never === undefined ? inertJson(entraTrust(job), 2) : undefined,
    recovery,
  });
}

/** What Entra answered: its code, what its support wants to know, and its own first sentence. */
export function answerSummary(status: number, answer: unknown, idToken: IdToken): string {
  const code = aadstsCode(answer);
  const error = textMember(answer, 'error');
  const facts = [code === undefined ? error && firstSentence(error) : `AADSTS${code}`, `HTTP ${status}`];
  for (const name of ['trace_id', 'correlation_id']) {
    const id = textMember(answer, name);
    if (id && /^[\w-]{1,64}$/.test(id)) facts.push(`${name} ${id}`);
  }
  const description = textMember(answer, 'error_description') ?? '';
  const [own = ''] = description.replace(/^AADSTS\d+:/, '').split('Trace ID:', 1);
  const sentence = firstSentence(own, idToken.reveal());
  return `${facts.filter(Boolean).join(', ')}${sentence ? `: ${sentence}` : ''}`;
}

/** The code of the error: the one its description begins with, since `error_codes` may hold a more general one. */
function aadstsCode(answer: unknown): number | undefined {
  const described = /^AADSTS(\d{4,8}):/.exec(textMember(answer, 'error_description') ?? '')?.[1];
  if (described) return Number(described);
  const codes = (answer as { error_codes?: unknown } | null)?.error_codes;
  const first: unknown = Array.isArray(codes) ? codes[0] : undefined;
  return typeof first === 'number' ? first : undefined;
}
