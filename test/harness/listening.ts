import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from './free-port.ts';
import type { ServerProcess } from './server-process.ts';

/** A server of others that listens on loopback. */
export interface Listening {
  readonly port: number;
  readonly server: ServerProcess;
}

/** Starts a server that takes no port 0: on one that was free a moment ago, and on another if that is gone. */
export async function listening(start: (port: number) => ServerProcess): Promise<Listening> {
  let said = '';
  for (let attempts = 0; attempts < 3; attempts += 1) {
    const port = await freePort();
    const server = start(port);
    try {
      await server.until(() => isReached(port));
      return { port, server };
    } catch (error) {
      said = String(error);
      await server[Symbol.asyncDispose]();
    }
  }
  throw new Error(`It does not start: ${said}`);
}

async function isReached(port: number): Promise<boolean> {
  const probe = connect(port, '127.0.0.1');
  try {
    await once(probe, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    probe.destroy();
  }
}
