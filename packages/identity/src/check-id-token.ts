import { FedbridgeError, isLoopback } from '@fedbridge/core';
import type { IdToken } from './id-token.ts';

/** What a token must say before it may leave this process. */
export interface IdTokenExpectation {
  /** Whether the platform signs with this issuer, as the claim has it. */
  readonly issuer: (iss: string) => boolean;
  /** What issuers are expected, for the error. */
  readonly issuerName: string;
  /** The audiences of which the token must have one, and no other. */
  readonly audiences: readonly string[];
  /** What to do where it has another: where it comes from knows. Names of inputs are marked. */
  readonly otherAudience: string;
  /** The address that gave the token: an issuer on loopback is good only from an endpoint on loopback. */
  readonly endpoint: URL;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: number;
}

/** How far ahead an issuer's clock may be, in ms. */
const clockTolerance = 60_000;

/**
 * Returns the token if its issuer, audience and times are what the exchange expects.
 *
 * @throws FedbridgeError `ID_TOKEN_ISSUER`, `ID_TOKEN_AUDIENCE`, `ID_TOKEN_EXPIRED`, `ID_TOKEN_NOT_YET_VALID`
 */
export function checkIdToken(token: IdToken, expected: IdTokenExpectation): IdToken {
  const { presented } = token;
  if (!issuerIsExpected(token.issuer, expected)) {
    throw new FedbridgeError(
      'ID_TOKEN_ISSUER',
      `The ID token comes from an issuer that is not ${expected.issuerName}.`,
      {
        presented,
        breaksGuard: true,
        hint: 'It was not sent anywhere. Something between this job and its platform answers in the place of the platform.',
      },
    );
  }
  if (!token.audiences.every((audience) => expected.audiences.includes(audience))) {
    throw new FedbridgeError('ID_TOKEN_AUDIENCE', `The ID token is not for ${expected.audiences.join(' or ')}.`, {
      presented,
      breaksGuard: true,
      hint: `It was not sent anywhere. ${expected.otherAudience}`,
    });
  }
  if (token.expiresAt <= expected.now) {
    throw new FedbridgeError(
      'ID_TOKEN_EXPIRED',
      `The ID token expired at ${iso(token.expiresAt)}; it is ${iso(expected.now)} here.`,
      {
        presented,
        hint: 'If the token is new, the clock of this machine is wrong.',
      },
    );
  }
  const notBefore = (token.claims.nbf ?? 0) * 1000;
  if (notBefore > expected.now + clockTolerance) {
    throw new FedbridgeError(
      'ID_TOKEN_NOT_YET_VALID',
      `The ID token is valid from ${iso(notBefore)}; it is ${iso(expected.now)} here.`,
      {
        presented,
        hint: 'The clock of this machine is behind.',
      },
    );
  }
  return token;
}

function issuerIsExpected(issuer: string, { issuer: isExpected, endpoint }: IdTokenExpectation): boolean {
  if (!URL.canParse(issuer)) return false;
  const url = new URL(issuer);
  // A query, a fragment or a user name has no place in an issuer [OpenID Connect Core, 2].
  if (url.search || url.hash || url.username || url.password) return false;
  if (isLoopback(url)) return isLoopback(endpoint);
  return url.protocol === 'https:' && isExpected(issuer);
}

function iso(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${ms} ms`;
}
