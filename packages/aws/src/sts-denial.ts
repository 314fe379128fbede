import type { STSServiceException } from '@aws-sdk/client-sts';
import {
  FedbridgeError,
  firstSentence,
  type HttpResponse,
  type Presented,
  shapeOf,
  unavailable,
} from '@fedbridge/core';
import { type Caller, inputOfRole } from './credentials.ts';
import type { RoleArn } from './role-arn.ts';

/** What a code of STS means here, and where one code says several things, what a part of its message means. */
export interface DenialRule {
  readonly code: string;
  readonly message?: RegExp;
  /** Follows "AWS denied <role>: ". */
  readonly what: string;
  readonly kind: 'denied' | 'rejected' | 'unavailable';
  readonly hint: string;
  /** What is to be pasted. */
  readonly document?: string | undefined;
}

function unknown(caller: Caller | undefined): Omit<DenialRule, 'code'> {
  return {
    what: 'the request was not accepted',
    kind: 'rejected',
    hint: `See that ${inputOfRole(caller)} is right. What AWS says is above; the AWS STS API Reference explains the code.`,
  };
}

const errors = {
  denied: { code: 'EXCHANGE_REFUSED', recovery: 'denial', verb: 'denied' },
  rejected: { code: 'EXCHANGE_REJECTED', recovery: 'never', verb: 'denied' },
  unavailable: { code: 'UNAVAILABLE', recovery: 'transient', verb: 'could not give credentials of' },
} as const;

/** What was asked, for the error. */
export interface DeniedRequest {
  readonly role: RoleArn;
  /** Who asked; undefined where an ID token did. */
  readonly caller?: Caller | undefined;
  readonly rules: readonly DenialRule[];
  readonly presented: Presented | undefined;
  /** Secrets that were sent. */
  readonly secrets: readonly string[];
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: number;
}

/** STS's error, as the SDK gives it, as ours: what its code means here, and what to change. */
export function denial(
  error: STSServiceException,
  response: HttpResponse | undefined,
  { role, caller, rules, presented, secrets, now }: DeniedRequest,
): FedbridgeError {
  const later = response && unavailable(response, `STS, asked for ${role.arn},`, now);
  if (later) return later;
  const requestId = error.$metadata?.requestId;
  const status = `HTTP ${response?.status ?? 'none'}`;
  // An answer that is no STS error reaches us as an error of the SDK's parser, or without a name of its own.
  const isOfSts = error.$fault !== undefined && error.name !== 'Unknown' && /^[A-Z]\w{2,63}$/.test(error.name);
  if (!response || response.status === 200 || !isOfSts) {
    return new FedbridgeError('ANSWER_MALFORMED', 'STS answered with something that is not an answer of STS.', {
      answer: response ? shapeOf(response) : status,
      hint: 'A proxy, a firewall or a sign-in page may stand between this machine and STS.',
    });
  }
  // The SDK names some errors after their code alone and some with "Exception" behind it.
  const name = error.name.replace(/Exception$/, '');
  const rule = rules.find(({ code, message }) => code === name && (message?.test(error.message) ?? true));
  const { what, kind, hint, document }: Omit<DenialRule, 'code'> = rule ?? unknown(caller);
  const facts = [name, status, requestId && /^[\w-]{1,64}$/.test(requestId) ? `request ${requestId}` : ''];
  // The SDK's word for an error without a message.
  const sentence = error.message === 'UnknownError' ? '' : firstSentence(error.message, ...secrets);
  return new FedbridgeError(errors[kind].code, `AWS ${errors[kind].verb} ${role.arn}: ${what}.`, {
    presented,
    answer: `${facts.filter(Boolean).join(', ')}${sentence ? `: ${sentence}` : ''}`,
    hint,
    document,
    recovery: errors[kind].recovery,
  });
}
