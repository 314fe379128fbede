/** What tokens say, as far as the emulator looks at it. Source: RFC 7519, 4.1. */
export interface Claims {
  readonly iss?: string;
  /** Some issuers give a number. */
  readonly sub?: string | number | null;
  readonly aud?: string | readonly string[];
  /** Seconds since 1970-01-01 UTC, as `nbf` and `iat`. */
  readonly exp?: number;
  readonly nbf?: number;
  readonly iat?: number;
  readonly [claim: string]: unknown;
}

/** A signed token that was read, and not verified. */
export interface Jwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Claims;
  /** What is signed. */
  readonly content: Buffer;
  readonly signature: Buffer;
}

/**
 * Reads a token, whoever signed it.
 * Source: RFC 7515, 3.1 and 5.2.
 *
 * @throws SyntaxError for what is no JWT
 */
export function readJwt(token: string): Jwt {
  const [, header = '', claims = '', signature = ''] = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/.exec(token) ?? [];
  return {
    header: object(header),
    claims: object(claims),
    content: Buffer.from(token.slice(0, header.length + 1 + claims.length)),
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** Whether the registered claims that a token has are of their types. Source: RFC 7519, 4.1. */
export function areOfTheirTypes(claims: Claims): boolean {
  const { iss, sub, aud, exp, nbf, iat }: Readonly<Record<string, unknown>> = claims;
  const isMissingOr = (type: 'string' | 'number') => (value: unknown) => value === undefined || typeof value === type;
  return [iss, sub].every(isMissingOr('string')) && [exp, nbf, iat].every(isMissingOr('number')) && isAudience(aud);
}

/** A text, or a list of them [RFC 7519, 4.1.3]. */
export function isAudience(aud: unknown): boolean {
  return aud === undefined || [aud].flat().every((one) => typeof one === 'string');
}

/** What is no UTF-8 is no token [RFC 7519, 7.2]. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function object(part: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text(part));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new SyntaxError('A part of the token is no JSON object.');
}

function text(part: string): string {
  try {
    return utf8.decode(Buffer.from(part, 'base64url'));
  } catch {
    throw new SyntaxError('A part of the token is no UTF-8.');
  }
}
