import { FedbridgeError } from '../error.ts';
import type { Outbound } from './outbound.ts';

/** First and longest wait between two attempts, in ms. */
const base = 500;
const cap = 10_000;
/** An attempt that would have less time than this, in ms, is not begun: its time-out would hide what went wrong. */
const shortestAttempt = 1_000;

/**
 * A refused identity is presented twice more within five seconds, since IAM and Entra are eventually consistent, and
 * no more, since a wrong subject stays wrong. Longest waits in ms; the shortest is half of each.
 */
const refusalWaits: readonly number[] = [1_000, 1_500];

/**
 * Runs an attempt until it succeeds, fails for good, or the deadline would pass. Waits are exponential with equal jitter (a
 * random time of at least half the bound, so that jobs that failed together do not come back together, and that ten attempts
 * outlive an outage of twenty seconds: docs/performance.md), on top of what the other side asked for.
 *
 * @throws FedbridgeError the last one, which says how often was tried
 */
export async function retry<T>(outbound: Outbound, attempt: () => Promise<T>): Promise<T> {
  let refusals = 0;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof FedbridgeError) || error.recovery === 'never') throw error;
      const waitMs =
        error.recovery === 'refusal'
          ? refusalWait(refusals++, outbound.system.random())
          : transientWait(attempts, outbound.system.random(), error.detail.retryAfterMs);
      if (
        waitMs === undefined ||
        attempts >= outbound.maxAttempts ||
        outbound.system.now() + waitMs + shortestAttempt > outbound.deadline
      ) {
        throw final(error, attempts, attempts >= outbound.maxAttempts ? undefined : waitMs);
      }
      outbound.log(`${error.message} Trying again in ${(waitMs / 1000).toFixed(1)} s.`);
      await outbound.system.sleep(waitMs);
    }
  }
}

function refusalWait(refusals: number, random: number): number | undefined {
  const longest = refusalWaits[refusals];
  return longest === undefined ? undefined : (longest * (1 + random)) / 2;
}

function transientWait(attempts: number, random: number, retryAfterMs = 0): number | undefined {
  return retryAfterMs + ((1 + random) / 2) * Math.min(cap, base * 2 ** (attempts - 1));
}

function final(error: FedbridgeError, attempts: number, waitMs: number | undefined): FedbridgeError {
  const asked = error.detail.retryAfterMs;
  const why = waitMs === undefined ? '' : asked ? `, asked to wait ${asked / 1000} s more` : ', out of time';
  const tried = attempts > 1 || why ? ` (${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}${why})` : '';
  return error.with({ recovery: 'never' }, `${error.message}${tried}`);
}
