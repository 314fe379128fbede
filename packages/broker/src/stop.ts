import { promises } from 'node:fs';
import { join } from 'node:path';
import type { System } from '@fedbridge/core';
import { type BrokerStatus, brokerFiles } from './plan.ts';
import type { BrokerHandle } from './start.ts';

/** A broker that does not end within this time, in ms, is left to the platform. */
const longestEnd = 5_000;

/**
 * Stops a broker, by a file in its folder: whoever may have taken its port or its process id since is told nothing. One that is gone
 * already is left alone.
 *
 * @returns what it did, if it left word
 */
export async function stopBroker(
  { process, folder }: BrokerHandle,
  system: Pick<System, 'now' | 'sleep' | 'isRunning'>,
): Promise<BrokerStatus | undefined> {
  const stop = join(folder, brokerFiles.stop);
  const told = await promises.writeFile(stop, '', { mode: 0o600, flag: 'wx' }).then(
    () => true,
    () => false,
  );
  const giveUp = system.now() + longestEnd;
  // It removes this file with the others, then ends. The process alone is no sign: it may be in another container.
  while (told && system.isRunning(process) && system.now() < giveUp && (await isThere(stop))) await system.sleep(20);
  return readAccount(folder);
}

async function readAccount(folder: string): Promise<BrokerStatus | undefined> {
  try {
    return JSON.parse(await promises.readFile(join(folder, brokerFiles.status), 'utf8')) as BrokerStatus;
  } catch {
    return undefined;
  }
}

function isThere(path: string): Promise<boolean> {
  return promises.access(path).then(
    () => true,
    () => false,
  );
}
