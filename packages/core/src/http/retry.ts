import { backoff } from '../backoff.ts';
import { FedbridgeError } from '../error.ts';
import type { Outbound } from './outbound.ts';

/** An attempt that would have less time than this, in ms, is not begun: its time-out would hide what went wrong. */
export const shortestAttempt = 1_000;

/**
 * A denied identity is presented twice more within five seconds, since IAM and Entra are eventually consistent, and
 * no more, since a wrong subject stays wrong.
 */
const deniedWaits = { most: 2, first: 1_000, longest: 1_500 };

/**
 * Runs an attempt until it succeeds, fails for good, or the deadline would pass. Waits grow, on top of what the other side asked for.
 *
 * @throws FedbridgeError the last one, which says how often was tried
 */
export async function retry<T>(outbound: Outbound, attempt: () => Promise<T>): Promise<T> {
  let denials = 0;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof FedbridgeError) || error.recovery === 'never') throw error;
      const waitMs =
        error.recovery === 'denial'
          ? denialWait(++denials, outbound.system.random())
          : (error.detail.retryAfterMs ?? 0) + backoff(attempts, outbound.system.random());
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

function denialWait(denials: number, random: number): number | undefined {
  return denials > deniedWaits.most ? undefined : backoff(denials, random, deniedWaits);
}

function final(error: FedbridgeError, attempts: number, waitMs: number | undefined): FedbridgeError {
  const asked = error.detail.retryAfterMs;
  const why = waitMs === undefined ? '' : asked ? `, asked to wait ${asked / 1000} s more` : ', out of time';
  const tried = attempts > 1 || why ? ` (${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}${why})` : '';
  return error.with({ recovery: 'never' }, `${error.message}${tried}`);
}
