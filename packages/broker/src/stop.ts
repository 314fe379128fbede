import { promises } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { System } from '@fedbridge/core';
import { type BrokerAccount, brokerFiles } from './plan.ts';
import type { BrokerHandle } from './start.ts';

const patience = 5_000;

/**
 * Stops a broker. One that is gone already is left alone.
 *
 * @returns what it did, if it left word
 */
export async function stopBroker({ port, folder }: BrokerHandle, system: System): Promise<BrokerAccount | undefined> {
  const asked = await askToStop(port, folder);
  if (!asked) return readAccount(folder);
  const giveUp = system.now() + patience;
  // It removes its files, then ends. The process itself is no sign: one that nobody waits for stays in the table.
  while ((await isThere(join(folder, brokerFiles.control))) && system.now() < giveUp) await system.sleep(20);
  return asked;
}

async function askToStop(port: number, folder: string): Promise<BrokerAccount | undefined> {
  try {
    const control = await promises.readFile(join(folder, brokerFiles.control), 'utf8');
    const headers = { authorization: `Bearer ${control}`, 'content-length': 0 };
    const answer = await new Promise<string>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/stop', method: 'POST', headers, timeout: patience }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
      })
        .on('error', reject)
        .end();
    });
    return JSON.parse(answer) as BrokerAccount;
  } catch {
    return undefined;
  }
}

async function readAccount(folder: string): Promise<BrokerAccount | undefined> {
  try {
    return JSON.parse(await promises.readFile(join(folder, brokerFiles.account), 'utf8')) as BrokerAccount;
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
