import { type Inspection, inspectClaims, JsonDocument, type WebIdentityClaims } from '@fedbridge/trust';
import { decodeJwt } from 'jose';

/** A compact JWT, with or without the word of an Authorization header. */
const jwt = /^\s*(?:Bearer\s+)?(eyJ[\w-]*\.[\w-]+\.[\w-]*)\s*$/i;

/** The claims of a text that is a token, as JSON; undefined for any other text. The signature is no part of it. */
export function claimsOfToken(text: string): string | undefined {
  const [, token] = jwt.exec(text) ?? [];
  if (token === undefined) return undefined;
  try {
    return JSON.stringify(decodeJwt(token), null, 2);
  } catch {
    return undefined;
  }
}

/** Whether a token stands anywhere in a text. */
export function holdsToken(text: string): boolean {
  return /eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/.test(text);
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
