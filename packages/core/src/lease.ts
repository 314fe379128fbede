/** A value that expires. */
export interface Lease<T> {
  readonly value: T;
  /** In ms since 1970-01-01 UTC. */
  readonly expiresAt: number;
}

/** With less left than this, in ms, a value is not used once more. */
export const leastLeft = {
  /** To be sent: the answer may come too late. */
  toSend: 30_000,
  /** To be sent some time after it was received. */
  toKeep: 60_000,
  /** To be worked with by a program. */
  toHandOut: 120_000,
} as const;

/**
 * When a lease is renewed ahead of its expiry, in ms since 1970-01-01 UTC: with 30 to 40 per cent of its time left. The jitter keeps jobs
 * that began together apart.
 *
 * @param random - in [0, 1)
 */
export function renewalTime({ expiresAt }: Lease<unknown>, now: number, random: number): number {
  return expiresAt - (expiresAt - now) * (0.3 + 0.1 * random);
}

/** From when on who asks waits for the renewal, in ms since 1970-01-01 UTC: what there is might expire on its way. */
export function lastCall({ expiresAt }: Lease<unknown>, renewAt: number): number {
  return expiresAt - Math.min(60_000, (expiresAt - renewAt) / 4);
}
