import { setTimeout as sleep } from 'node:timers/promises';

/** What a step waits for before it tries again takes a fiftieth; what a server told it to wait takes what it takes. */
export const setTimeout = (ms: number) => sleep(ms < 1000 ? ms / 50 : ms);
