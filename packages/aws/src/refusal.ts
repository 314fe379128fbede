import type { STSServiceException } from '@aws-sdk/client-sts';
import { FedbridgeError, type HttpResponse, type Presented, unavailable } from '@fedbridge/core';
import type { RoleArn } from './role-arn.ts';

/** What a code of STS means here, and where one code says several things, what a part of its message means. */
export interface Rule {
  readonly code: string;
  readonly message?: RegExp;
  /** Follows "AWS refused <role>: ". */
  readonly what: string;
  readonly kind: 'refused' | 'rejected' | 'unavailable';
  readonly hint: string;
  /** What is to be pasted. */
  readonly document?: string | undefined;
}

const unknown = {
  what: 'the request was not accepted',
  kind: 'rejected',
  hint: 'Look the code up in the AWS STS API Reference.',
} as const;

const errors = {
  refused: { code: 'EXCHANGE_REFUSED', recovery: 'refusal' },
  rejected: { code: 'EXCHANGE_REJECTED', recovery: 'never' },
  unavailable: { code: 'UNAVAILABLE', recovery: 'transient' },
} as const;

/** What was asked, for the error. */
export interface Asked {
  readonly role: RoleArn;
  readonly rules: readonly Rule[];
  readonly presented: Presented | undefined;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: number;
}

/** STS's error, as the SDK gives it, as ours: what its code means here, and what to change. */
export function refusal(
  error: STSServiceException,
  response: HttpResponse | undefined,
  { role, rules, presented, now }: Asked,
): FedbridgeError {
  const later = response && unavailable(response, 'STS', now);
  if (later) return later;
  const requestId = error.$metadata?.requestId;
  const status = `HTTP ${response?.status ?? 'none'}`;
  // An answer that is no STS error reaches us as an error of the SDK's parser, or without a name of its own.
  const isOfSts = error.$fault !== undefined && error.name !== 'Unknown' && /^[A-Z]\w{2,63}$/.test(error.name);
  if (!response || response.status === 200 || !isOfSts) {
    return new FedbridgeError('ANSWER_MALFORMED', 'STS answered with something that is not an answer of STS.', {
      answer: status,
      hint: 'A proxy, a firewall or a sign-in page may stand between this machine and STS.',
    });
  }
  // The SDK names some errors after their code alone and some with "Exception" behind it.
  const name = error.name.replace(/Exception$/, '');
  const rule = rules.find(({ code, message }) => code === name && (message?.test(error.message) ?? true));
  const { what, kind, hint, document }: Omit<Rule, 'code'> = rule ?? unknown;
  return new FedbridgeError(errors[kind].code, `AWS refused ${role.arn}: ${what}.`, {
    presented,
    answer: [name, status, requestId && /^[\w-]{1,64}$/.test(requestId) ? `request ${requestId}` : '']
      .filter(Boolean)
      .join(', '),
    hint,
    document,
    recovery: errors[kind].recovery,
  });
}
