import { text } from 'node:stream/consumers';
import type { System } from '@fedbridge/core';
import { Broker, type Exchanges } from './broker.ts';
import { printCredentials } from './credential-process.ts';
import { readPlan } from './plan.ts';

export { Broker } from './broker.ts';

/**
 * The whole of a broker's process: reads its plan from standard input, serves, and ends with the job. With the arguments
 * `credentials <folder> <role>` it is what a profile's `credential_process` calls instead.
 */
export async function runBroker(system: System, exchanges: Exchanges, args: readonly string[]): Promise<void> {
  const [mode, folder, role] = args;
  if (mode === 'credentials' && folder !== undefined && role !== undefined)
    return printCredentials({ folder, role }, system);
  // The signal would open Node's inspector.
  if (process.platform !== 'win32') process.on('SIGUSR1', () => {});
  const plan = readPlan(await text(process.stdin));
  const broker = new Broker(plan, system, exchanges);
  let exitCode = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Its supervisor is told whether it is wanted still.
      if (!broker.isOver()) exitCode = 1;
      return broker.end();
    });
  }
  const address = await broker.open();
  process.stdout.on('error', () => {});
  process.stdout.write(`${JSON.stringify(address)}\n`);
  void broker.watch();
  await broker.ended;
  process.exit(exitCode);
}
