import { setTimeout as sleep } from 'node:timers/promises';

/** Calls again and again until SIGTERM; prints failures and, at the end, how many calls there were, as JSON lines. */
export async function poll(call: () => Promise<void>): Promise<void> {
  let calls = 0;
  let isStopped = false;
  process.on('SIGTERM', () => {
    isStopped = true;
  });
  while (!isStopped) {
    calls += 1;
    try {
      await call();
    } catch (error) {
      console.log(JSON.stringify({ at: Date.now(), message: (error as Error).message }));
    }
    await sleep(300);
  }
  console.log(JSON.stringify({ calls }));
}
