import type { Outbound, System } from '@fedbridge/core';

/** What a call goes out with, in a world of which only some is looked at: nothing is told, and no program is there. */
export function quietOutbound(
  own: Pick<Outbound, 'http' | 'deadline' | 'maxAttempts'>,
  system: Pick<System, 'now' | 'random' | 'sleep'> & Partial<System>,
): Outbound {
  const silent = () => {};
  return {
    ...own,
    log: silent,
    debug: silent,
    mask: silent,
    system: {
      environment: {},
      jobProcess: undefined,
      hasProgram: async () => false,
      run: async () => ({ exitCode: 0, output: '' }),
      useProxy: silent,
      ...system,
    },
  };
}
