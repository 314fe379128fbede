import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls again and again until SIGTERM, with a pause of PAUSE seconds; prints failures and, at the end, how many calls there were, as JSON
 * lines.
 */
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
    await sleep(Number(process.env.PAUSE) * 1000);
  }
  console.log(JSON.stringify({ calls }));
}
