/** The first wait and the longest, in ms. */
export interface Backoff {
  readonly first: number;
  readonly longest: number;
}

const usual: Backoff = { first: 500, longest: 10_000 };

/**
 * How long to wait after so many failures, in ms. Exponential with equal jitter: a random time of at least half the bound, so that jobs
 * that failed together do not come back together, and that ten attempts outlive an outage of twenty seconds (docs/performance.md).
 *
 * @param failures - 1 for the first
 * @param random - in [0, 1)
 */
export function backoff(failures: number, random: number, { first, longest }: Backoff = usual): number {
  return ((1 + random) / 2) * Math.min(longest, first * 2 ** (failures - 1));
}
