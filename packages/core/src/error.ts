import { visible } from './inert.ts';

/** What an ID token said of its holder: enough to find the trust policy or federated credential that is missing, and nothing secret. */
export interface Presented {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

/**
 * Stable codes that callers may switch on.
 *
 * - `INPUT_*`: what the user wrote is missing or not allowed; no request was made.
 * - `ENDPOINT_NOT_ALLOWED`: an address that a token must not be sent to.
 * - `CONNECTION_*`: the service connection of Azure Pipelines is absent or has a secret.
 * - `ID_TOKEN_*`: the platform gave no token, or one that failed a check.
 * - `HTTP_*`: no usable HTTP answer; of `HTTP_PROXY` the cause is a proxy. `ANSWER_MALFORMED`: an answer that is not what the protocol says.
 * - `EXCHANGE_REFUSED`: the cloud does not trust this identity. `EXCHANGE_REJECTED`: it does not accept the request.
 * - `UNAVAILABLE`: throttled or failing on the other side.
 * - `DELIVERY_FAILED`: credentials could not be handed to the job, or not be taken back.
 * - `CHECK_FAILED`: a check found what the user said must not be. `CHECK_INCOMPLETE`: it could not look at all that it was to look at.
 * - `CANCELLED`: the job was cancelled, or its runner or agent ended, while the step ran.
 */
export type ErrorCode =
  | 'INPUT_MISSING'
  | 'INPUT_INVALID'
  | 'ENDPOINT_NOT_ALLOWED'
  | 'CONNECTION_MISSING'
  | 'CONNECTION_NOT_FEDERATED'
  | 'ID_TOKEN_UNAVAILABLE'
  | 'ID_TOKEN_REFUSED'
  | 'ID_TOKEN_MALFORMED'
  | 'ID_TOKEN_ISSUER'
  | 'ID_TOKEN_AUDIENCE'
  | 'ID_TOKEN_EXPIRED'
  | 'ID_TOKEN_CLAIM'
  | 'ID_TOKEN_NOT_YET_VALID'
  | 'HTTP_CONNECT'
  | 'HTTP_PROXY'
  | 'HTTP_TIMEOUT'
  | 'HTTP_TLS'
  | 'HTTP_REDIRECT'
  | 'HTTP_TOO_LARGE'
  | 'ANSWER_MALFORMED'
  | 'EXCHANGE_REFUSED'
  | 'EXCHANGE_REJECTED'
  | 'UNAVAILABLE'
  | 'DELIVERY_FAILED'
  | 'CHECK_FAILED'
  | 'CHECK_INCOMPLETE'
  | 'CANCELLED'
  | 'INTERNAL';

/**
 * Whether trying again can help: `transient` faults pass, a `denial` may be eventual consistency (a trust policy written
 * moments ago, a proxy that is only starting), and `never` says it all.
 */
export type Recovery = 'never' | 'transient' | 'denial';

/** What an error knows beside its code and its message. */
export interface ErrorDetail {
  readonly presented?: Presented | undefined;
  /** The part of the message that repeats what the user wrote: it is for the log alone, in which the platform hides its secrets. */
  readonly given?: string | undefined;
  /** What the other side said: its own code, HTTP status, request or trace id. */
  readonly answer?: string | undefined;
  /** What the reader can do about it. May have several lines. */
  readonly hint?: string | undefined;
  /** A document or a command to paste where the hint says. */
  readonly document?: string | undefined;
  readonly recovery?: Recovery;
  /** Whether something came back of which what is required is not true: what was acquired before is good no longer either. */
  readonly breaksGuard?: boolean;
  /** How long the other side asked us to wait, in ms. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** The one error that leaves this project: what was tried, what came back, what to do. It never holds a secret. */
export class FedbridgeError extends Error {
  override readonly name = 'FedbridgeError';
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.detail = detail;
  }

  get recovery(): Recovery {
    return this.detail.recovery ?? 'never';
  }

  /** The same error with more detail, or another message. */
  with(detail: ErrorDetail, message: string = this.message): FedbridgeError {
    return new FedbridgeError(this.code, message, { ...this.detail, ...detail });
  }
}

/** The error of an input's value; `readInput` adds the input's name and value. */
export function invalid(expected: string): FedbridgeError {
  return new FedbridgeError('INPUT_INVALID', expected);
}

/** The error as a person reads it in a job's log: the message, what was presented and answered, what to do. */
export function explain(error: FedbridgeError): string {
  const { presented, answer, hint, document } = error.detail;
  const lines = [`${error.message} [${error.code}]`];
  if (presented) {
    lines.push('Presented:', `  issuer    ${visible(presented.issuer)}`, `  subject   ${visible(presented.subject)}`);
    lines.push(`  audience  ${visible(presented.audience)}`);
  }
  if (answer) lines.push(`Answer: ${answer}`);
  if (hint) lines.push('What to do:', ...indented(hint));
  if (document) lines.push(...indented(document));
  return lines.join('\n');
}

const indented = (text: string) => text.split('\n').map((line) => `  ${line}`);
