import { leastLeft, renewed, type System } from '@fedbridge/core';
import type { IdToken } from './id-token.ts';

/** Where a job's ID tokens come from. */
export interface IdTokenSource {
  /** Names the source in logs and errors. */
  readonly name: string;
  /** Whether the caller chooses the audience, or the platform gives the one it has. */
  readonly audience: 'chosen' | 'given';
  /**
   * Asks the platform for a new token and checks it.
   *
   * @param audience - who the token is for; without one, what the platform gives
   * @throws FedbridgeError `ID_TOKEN_*`, `HTTP_*`, `ANSWER_MALFORMED`, `UNAVAILABLE`
   */
  getIdToken(audience?: string): Promise<IdToken>;
}

/**
 * One token for as many attempts as it lives, then a new one: a retry never goes out with a token about to expire.
 * Concurrent callers share the request.
 */
export function reuseWhileFresh<Token extends IdToken>(
  source: { getIdToken(audience?: string): Promise<Token> },
  audience: string | undefined,
  system: Pick<System, 'now'>,
): () => Promise<Token> {
  const acquire = async () => {
    const token = await source.getIdToken(audience);
    return { value: token, expiresAt: token.usableUntil(system.now()) };
  };
  return renewed(acquire, leastLeft.toSend, system);
}
