import type { System } from '@fedbridge/core';

/** A world that stands still, but for what is said otherwise: no time passes, nothing waits, no program is there, every process runs. */
export function stillSystem(own: Partial<System> = {}): System {
  return {
    environment: {},
    now: () => 0,
    sleep: async () => {},
    random: () => 0,
    jobProcess: () => undefined,
    processOf: (pid) => ({ pid }),
    isRunning: () => true,
    jobVariable: () => '',
    hasProgram: async () => false,
    run: () => Promise.reject(Object.assign(new Error('No program is there.'), { code: 'ENOENT' })),
    useNetwork: () => {},
    network: () => ({}),
    ...own,
  };
}
