import type { System } from '@fedbridge/core';
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

interface Received<Token> {
  readonly token: Token;
  /** In ms since 1970-01-01 UTC. */
  readonly until: number;
}

/** A token that expires sooner than this, in ms, is not sent once more: the answer may come too late. */
const margin = 30_000;

/**
 * One token for as many attempts as it lives, then a new one: a retry never goes out with a token about to expire.
 * Concurrent callers share the request.
 */
export function reuseWhileFresh<Token extends IdToken>(
  source: { getIdToken(audience?: string): Promise<Token> },
  audience: string | undefined,
  system: System,
): () => Promise<Token> {
  let current: Promise<Received<Token>> | undefined;
  const receive = async () => {
    const token = await source.getIdToken(audience);
    return { token, until: token.usableUntil(system.now()) };
  };
  const ask = () => {
    const asked = receive();
    asked.catch(() => {
      if (current === asked) current = undefined;
    });
    return asked;
  };
  return async () => {
    const held = current;
    if (held) {
      const { token, until } = await held;
      if (until - system.now() > margin) return token;
    }
    // Whoever finds the held one stale first asks; the others take what was asked for.
    if (current === held) current = ask();
    return (await (current ?? ask())).token;
  };
}
