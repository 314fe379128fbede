import type { FedbridgeError, Outbound, System } from '@fedbridge/core';
import { stillSystem } from './still-system.ts';

/** What a call goes out with, in a world of which only some is looked at: nothing is told but what is asked for, and no program is there. */
export function quietOutbound(
  own: Pick<Outbound, 'http' | 'deadline' | 'maxAttempts'> & Partial<Pick<Outbound, 'log' | 'debug' | 'mask'>>,
  system: Pick<System, 'now' | 'random' | 'sleep'> & Partial<System>,
): Outbound {
  const silent = () => {};
  return {
    log: silent,
    debug: silent,
    mask: silent,
    ...own,
    system: stillSystem(system),
  };
}

/** What became of a call: what it gave, or why it did not. */
export function outcomeOf<T>(
  call: Promise<T>,
): Promise<
  { readonly got: T; readonly error?: undefined } | { readonly got?: undefined; readonly error: FedbridgeError }
> {
  return call.then(
    (got) => ({ got }),
    (error: FedbridgeError) => ({ error }),
  );
}
