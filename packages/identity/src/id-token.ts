import { inspect } from 'node:util';
import { FedbridgeError, type Presented } from '@fedbridge/core';
import { decodeJwt } from 'jose';

/** The claims of an ID token. Times are NumericDate: seconds since 1970-01-01 UTC [RFC 7519, 4.1]. */
export interface IdTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly exp: number;
  readonly nbf?: number;
  readonly iat?: number;
  readonly azp?: string;
  readonly [claim: string]: unknown;
}

/** As many as a token file may have. */
const mostCharacters = 64 * 1024;

/**
 * A signed statement of which job this is. Its value is a bearer secret and leaves through `reveal()` alone: it is not
 * printed by string conversion, JSON or `util.inspect`.
 */
export class IdToken {
  readonly #value: string;
  readonly claims: IdTokenClaims;
  /** The file that it was read from, in which whoever wrote it there keeps a newer one. */
  readonly file: string | undefined;

  private constructor(value: string, claims: IdTokenClaims, file: string | undefined) {
    this.#value = value;
    this.claims = claims;
    this.file = file;
  }

  /**
   * Reads a compact JWT. The signature is for the relying party to verify; this side only needs to know what it sends.
   *
   * @param file - the file that it was read from, if somebody keeps it in one
   * @throws FedbridgeError `ID_TOKEN_MALFORMED`
   */
  static parse(value: string, file?: string): IdToken {
    const words =
      file === undefined
        ? (['The platform answered with', 'The ID token'] as const)
        : ([`The token file ${file} has`, `The token in ${file}`] as const);
    return IdToken.#read(value, words, file);
  }

  /**
   * Reads a token that a user gave.
   *
   * @param from - where, as an error names it
   * @throws FedbridgeError `ID_TOKEN_MALFORMED`
   */
  static given(value: string, from: string): IdToken {
    return IdToken.#read(value, [`${from} has`, 'The ID token'], undefined);
  }

  static #read(value: string, [gave, token]: readonly [string, string], file: string | undefined): IdToken {
    const malformed = (what: string) => new FedbridgeError('ID_TOKEN_MALFORMED', what);
    if (value.length > mostCharacters) throw malformed(`${token} has more than ${mostCharacters} characters.`);
    const claims = claimsOf(value);
    if (!claims) throw malformed(`${gave} something that is not an ID token.`);
    const missing = missingClaim(claims);
    if (missing) throw malformed(`${token} has no valid "${missing}" claim.`);
    return new IdToken(value, claims as IdTokenClaims, file);
  }

  /**
   * Takes a token that came from elsewhere: it is masked before anything else is done with it. One that is too long to be one is not: it
   * goes nowhere, and hiding it takes seconds.
   *
   * @throws FedbridgeError `ID_TOKEN_MALFORMED`
   */
  static receive(value: string, mask: (secret: string) => void, file?: string): IdToken {
    if (value !== '' && value.length <= mostCharacters) mask(value);
    return IdToken.parse(value, file);
  }

  /** The token itself, to be sent to the relying party it was made for. */
  reveal(): string {
    return this.#value;
  }

  get issuer(): string {
    return this.claims.iss;
  }

  get subject(): string {
    return this.claims.sub;
  }

  get audiences(): readonly string[] {
    return typeof this.claims.aud === 'string' ? [this.claims.aud] : this.claims.aud;
  }

  /** When it ends, in ms since 1970-01-01 UTC. */
  get expiresAt(): number {
    return this.claims.exp * 1000;
  }

  /**
   * Until when it is of use, in ms of this machine's clock: `exp` is by the clock of its issuer, and a machine whose own is behind would
   * take it to live on. It lives for no longer than it was made for from when it was received, where it says when it was made.
   *
   * @param receivedAt - in ms since 1970-01-01 UTC
   */
  usableUntil(receivedAt: number): number {
    const { iat, exp } = this.claims;
    const lifetime = typeof iat === 'number' ? (exp - iat) * 1000 : Number.NaN;
    return lifetime > 0 ? Math.min(this.expiresAt, receivedAt + lifetime) : this.expiresAt;
  }

  get presented(): Presented {
    return { issuer: this.issuer, subject: this.subject, audience: this.audiences.join(', ') };
  }

  toString(): string {
    return `IdToken(${this.issuer} ${this.subject})`;
  }

  toJSON(): Presented {
    return this.presented;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/**
 * One word of three parts, of which the parser looks at the second alone [RFC 7515, 7.1]: what the others hold is written to variables,
 * outputs and files as well.
 */
function claimsOf(value: string): Record<string, unknown> | undefined {
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(value)) return undefined;
  try {
    return decodeJwt(value);
  } catch {
    // Its message may quote the token: it is dropped.
    return undefined;
  }
}

function missingClaim(claims: Record<string, unknown>): string | undefined {
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  const isTime = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
  if (!isText(claims.iss)) return 'iss';
  if (!isText(claims.sub)) return 'sub';
  if (!isText(claims.aud) && !(Array.isArray(claims.aud) && claims.aud.length > 0 && claims.aud.every(isText))) {
    return 'aud';
  }
  if (!isTime(claims.exp)) return 'exp';
  if (claims.nbf !== undefined && !isTime(claims.nbf)) return 'nbf';
  return undefined;
}
