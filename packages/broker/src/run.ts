import { text } from 'node:stream/consumers';
import type { System } from '@fedbridge/core';
import { brokerAt } from './ask.ts';
import { Broker, type BrokerParts } from './broker.ts';
import { readPlan } from './plan.ts';

export { Broker } from './broker.ts';

/**
 * The whole of a broker's process: reads its plan from standard input, serves, and ends with the job. With the arguments
 * `<command> <folder>` and more it is a command of one of its endpoints instead.
 */
export async function runBroker(
  system: System,
  parts: BrokerParts,
  [name, folder, ...args]: readonly string[],
): Promise<void> {
  const command = parts.endpoints.find((one) => one.command?.name === name)?.command;
  if (command && folder !== undefined) return command.run(args, brokerAt(folder, system));
  // The signal would open Node's inspector.
  if (process.platform !== 'win32') process.on('SIGUSR1', () => {});
  const plan = readPlan(await text(process.stdin));
  const broker = new Broker(plan, system, parts);
  const supervisor = process.ppid;
  // One that was killed is nobody's supervisor any more.
  const end = () => broker.end(() => plan.listener !== undefined && process.ppid === supervisor);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  process.stdout.on('error', () => {});
  // One that cannot serve leaves nothing either.
  serve(broker).catch(end);
  // Its supervisor is told whether it is wanted still.
  process.exit((await broker.ended) ? 0 : 1);
}

async function serve(broker: Broker): Promise<void> {
  const address = await broker.open();
  process.stdout.write(`${JSON.stringify(address)}\n`);
  await broker.watch();
}
