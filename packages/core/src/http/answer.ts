import { FedbridgeError } from '../error.ts';
import { visible } from '../inert.ts';
import type { HttpResponse } from './transport.ts';

/** The error for an answer that says "later", or undefined for any other answer: 408, 429 and 5xx [RFC 9110, 15]. */
export function unavailable(response: HttpResponse, who: string, nowMs: number): FedbridgeError | undefined {
  const { status } = response;
  if (status !== 408 && status !== 429 && status < 500) return undefined;
  const what = status === 429 ? 'is throttling' : 'is failing';
  return new FedbridgeError('UNAVAILABLE', `${who} ${what} (HTTP ${status}).`, {
    recovery: 'transient',
    retryAfterMs: retryAfterMs(response.headers['retry-after'], nowMs),
    // A page is of something that stands in between: services answer otherwise.
    ...(titleOf(response) !== undefined && { answer: shapeOf(response) }),
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

/**
 * What an answer looks like that is not what was asked for: `HTTP 413, text/html, titled "413 Request Entity Too Large"`. Its body is not
 * shown, which may hold half a token.
 */
export function shapeOf(response: HttpResponse): string {
  const { status, headers, body } = response;
  const title = titleOf(response);
  const type = visible(headers['content-type']?.split(';')[0]?.slice(0, 100) ?? 'no content type');
  return `HTTP ${status}, ${type}, ${title === undefined ? `${body.length} characters` : `titled "${title}"`}`;
}

/** The title of a page, if it is one of words: no token is. */
function titleOf({ headers, body }: HttpResponse): string | undefined {
  if (!/^\s*text\/html\b/i.test(headers['content-type'] ?? '')) return undefined;
  const [, title] = /<title[^>]*>([^<]{1,200})<\/title>/i.exec(body.slice(0, 10_000)) ?? [];
  const words = title?.match(/\S+/g) ?? [];
  if (words.length === 0 || words.some((word) => word.length > 30)) return undefined;
  return visible(words.join(' ').slice(0, 100));
}

/** Parses a JSON answer; `null` stays `null`. @throws FedbridgeError `ANSWER_MALFORMED` */
export function readJson(response: HttpResponse, who: string): unknown {
  try {
    return JSON.parse(response.body);
  } catch {
    // The parser's message, which quotes the body, is not shown.
    throw new FedbridgeError('ANSWER_MALFORMED', `${who} answered with something that is not JSON.`, {
      answer: shapeOf(response),
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
