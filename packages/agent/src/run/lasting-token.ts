import type { GetAccessToken } from '../azure-devops-rest.ts';
import type { StoppableWaits } from './stoppable-waits.ts';

/** Where access tokens come from. */
export interface Tokens {
  /** A token that lives for some time yet. */
  readonly accessToken: GetAccessToken;
  /** A token that begins to live now. */
  readonly newAccessToken: GetAccessToken;
}

/** How often a newer token is taken, in ms. */
const takenEveryMs = 120_000;

/**
 * Access tokens for as long as they can be had once the end was asked for. A kubelet that has told a pod to end does not renew its token
 * any more [kubernetes/kubernetes#116481, #122102]: while that one is valid a new access token is taken every two minutes, and from then on
 * the last one serves until it expires.
 */
export function lastingToken(
  { accessToken, newAccessToken }: Tokens,
  { stop, system }: StoppableWaits,
): GetAccessToken {
  let last: Awaited<ReturnType<GetAccessToken>> | undefined;
  let nextAt = 0;
  return async () => {
    if (!stop.aborted) return accessToken();
    if (last && system.now() < nextAt) return last;
    nextAt = system.now() + takenEveryMs;
    try {
      last = await newAccessToken();
      return last;
    } catch (error) {
      if (last && last.expiresAt > system.now()) return last;
      // One of before, if it lives, has its reasons too if it does not.
      return last ? Promise.reject(error) : accessToken();
    }
  };
}
