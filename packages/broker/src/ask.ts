import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { FedbridgeError, type System } from '@fedbridge/core';
import type { BrokerAt, BrokerRequest } from '@fedbridge/identity';
import { brokerFiles } from './plan.ts';
import { socketPath } from './socket-path.ts';

/** A new one serves after a second on a busy machine; clients wait for a program for a minute. In ms. */
const longestAbsence = 15_000;

/** The broker of a folder. */
export function brokerAt(folder: string, system: Pick<System, 'now' | 'sleep'>): BrokerAt {
  return { folder, ask: (request) => askUntilThere(folder, request, system) };
}

async function askUntilThere(
  folder: string,
  request: () => Promise<BrokerRequest>,
  system: Pick<System, 'now' | 'sleep'>,
) {
  const giveUp = system.now() + longestAbsence;
  for (;;) {
    try {
      return await ask(socketPath(folder), await request());
    } catch (error) {
      if (!isAway(error)) throw error;
      // A broker that ended with its job comes no more, and its folder goes.
      if (!existsSync(join(folder, brokerFiles.status)) || system.now() >= giveUp) throw gone;
      await system.sleep(50);
    }
  }
}

const gone = new FedbridgeError(
  'DELIVERY_FAILED',
  'The credential broker of this job is gone: its credentials ended with it.',
);

/** Whether there is nobody, or was nobody any more before the answer was there. */
function isAway(error: unknown): boolean {
  return ['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE'].includes((error as { code?: string }).code ?? '');
}

function ask(
  socketPath: string,
  { path, headers }: BrokerRequest,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, body })).on('error', reject);
    }).on('error', reject);
  });
}
