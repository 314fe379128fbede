import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listening } from './listening.ts';
import { machineEnvironment } from './process.ts';
import { hasPythonServer } from './python-servers.ts';
import { ServerProcess } from './server-process.ts';

const program = 'moto_server';
export const hasMoto = hasPythonServer(program, '--help');

/**
 * moto's AWS on loopback, which takes whatever token it is given.
 *
 * @param trusting - how many calls it takes before it asks its IAM, which has nobody; by default all
 */
export async function startMoto(trusting?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'moto-'));
  const { port, server } = await listening(
    (free) =>
      new ServerProcess(
        program,
        ['-H', '127.0.0.1', '-p', `${free}`],
        {
          ...machineEnvironment(folder),
          ...(trusting === undefined ? {} : { INITIAL_NO_AUTH_ACTION_COUNT: `${trusting}` }),
        },
        join(folder, 'said.txt'),
      ),
  );
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}
