import { type Inspection, inspectClaims, JsonDocument, type WebIdentityClaims } from '@fedbridge/trust';
import { fromBase64Url } from './base64-url.ts';
import { decodings } from './hidden-token.ts';

/** A compact JWT, with or without the word of an Authorization header. */
const jwt = /^(?:Bearer)?(ey[\w-]+\.[\w-]+\.[\w-]*)$/i;
/** In characters: no server takes a longer one. */
const longestToken = 100_000;

/**
 * The claims of a text that is a token, as JSON; undefined for any other text. It may be folded over lines, in quotes or encoded for a URL. The
 * signature is no part of it.
 */
export function claimsOfToken(text: string): string | undefined {
  if (text.length > longestToken) return undefined;
  for (const one of decodings(text)) {
    const [, token] = jwt.exec(one.replace(/[\s"'`\\]+/g, '')) ?? [];
    if (token === undefined) continue;
    const claims = claimsIn(token);
    if (claims) return JSON.stringify(claims, null, 2);
  }
  return undefined;
}

/** The payload of a compact JWT [RFC 7519, 7.2]; undefined for what only looks like one. Nothing of it is verified here. */
function claimsIn(token: string): object | undefined {
  const [, payload = ''] = token.split('.');
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(fromBase64Url(payload)));
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a text is the claims of a token, and no document. */
export function isClaims(text: string): boolean {
  const claims = membersIn(text);
  return typeof claims?.iss === 'string' && typeof claims.sub === 'string' && !('issuer' in claims);
}

/** What a token says. */
export interface ReadToken {
  readonly claims: WebIdentityClaims;
  /** Whether all claims of a token are there: one that somebody wrote down has no times. */
  readonly isWhole: boolean;
  /** Seconds since 1970-01-01 UTC when it is tested: now, or while it was good for one that has expired. */
  readonly testedAt: number;
  /** Undefined where issuer, subject or audience is missing. */
  readonly inspection: Inspection | undefined;
}

/**
 * Reads the claims of a token.
 *
 * @param now - seconds since 1970-01-01 UTC
 * @returns undefined for a text that has none
 */
export function readToken(text: string, now: number): ReadToken | undefined {
  const claims = membersIn(claimsOfToken(text) ?? text);
  if (!claims) return undefined;
  const { exp } = claims;
  const testedAt = typeof exp === 'number' && exp <= now ? exp - 1 : now;
  return { claims, isWhole: 'exp' in claims, testedAt, inspection: inspectionOf(claims, now) };
}

/** The account that stands in the policy which is shown for a token. */
const exampleAccount = '123456789012';

function inspectionOf(claims: Readonly<Record<string, unknown>>, now: number): Inspection | undefined {
  const { iss, sub, aud, exp = Math.floor(now) + 300 } = claims;
  const isAudience = typeof aud === 'string' || (Array.isArray(aud) && aud.every((one) => typeof one === 'string'));
  if (typeof iss !== 'string' || typeof sub !== 'string' || !isAudience || typeof exp !== 'number') return undefined;
  return inspectClaims({ ...claims, iss, sub, aud, exp }, exampleAccount, now * 1000);
}

function membersIn(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const { value } = JsonDocument.parse(text);
    return value as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
