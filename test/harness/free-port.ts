import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** A port that is free on loopback: below those that the system hands out, any of which another test may have been given by the time that it is used. */
export async function freePort(): Promise<number> {
  const port = randomInt(16_384, 32_768);
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!isFree) return freePort();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
