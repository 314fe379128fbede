import { FedbridgeError } from '../error.ts';
import type { HttpResponse } from './transport.ts';

/** The error for an answer that says "later", or undefined for any other answer: 408, 429 and 5xx [RFC 9110, 15]. */
export function unavailable(response: HttpResponse, who: string, nowMs: number): FedbridgeError | undefined {
  const { status } = response;
  if (status !== 408 && status !== 429 && status < 500) return undefined;
  const what = status === 429 ? 'is throttling' : 'is failing';
  return new FedbridgeError('UNAVAILABLE', `${who} ${what} (HTTP ${status}).`, {
    recovery: 'transient',
    retryAfterMs: retryAfterMs(response.headers['retry-after'], nowMs),
  });
}

/** How long to wait, in ms, from seconds or a date [RFC 9110, 10.2.3]. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  // Date.parse alone reads a date into almost anything.
  const date = /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** Parses a JSON answer; `null` stays `null`. @throws FedbridgeError `ANSWER_MALFORMED` */
export function readJson(response: HttpResponse, who: string): unknown {
  try {
    return JSON.parse(response.body);
  } catch {
    // Neither the body nor the parser's message, which quotes it, is shown: it may hold half a token.
    const type = response.headers['content-type']?.split(';')[0] ?? 'no content type';
    throw new FedbridgeError('ANSWER_MALFORMED', `${who} answered with something that is not JSON.`, {
      answer: `HTTP ${response.status}, ${type}, ${response.body.length} characters`,
      hint: 'A proxy, a firewall or a sign-in page may stand between this machine and the service.',
    });
  }
}

/** Reads a text member of a JSON object, if it is there. */
export function textMember(json: unknown, name: string): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const value = (json as Record<string, unknown>)[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** More are no token: to hide one takes time by its length. */
const longestToken = 64 * 1024;

/** Reads a bearer token, if it is there: one word of the characters that one can have [RFC 6750, 2.1], safe to be written anywhere. */
export function tokenMember(json: unknown, name: string): string | undefined {
  const text = textMember(json, name);
  return text !== undefined && text.length <= longestToken && /^[\w.~+/-]+=*$/.test(text) ? text : undefined;
}

/** Reads whole seconds, if they are there: a number, or a text of digits as some services write them. */
export function secondsMember(json: unknown, name: string): number | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const value = (json as Record<string, unknown>)[name];
  const seconds = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(seconds) ? (seconds as number) : undefined;
}
