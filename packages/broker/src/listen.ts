import { createServer } from 'node:net';

/** So many callers may wait to be taken; the system has a bound of its own [`net.core.somaxconn`, listen(2)]. */
export const backlog = 4096;

/** A socket that listens, to be handed to other processes, where it lives on when this one closes it. */
export interface LoopbackSocket {
  readonly descriptor: number;
  close(): void;
}

/** Takes a free port of 127.0.0.1. Nobody is answered here. */
export async function listenOnLoopback(): Promise<LoopbackSocket> {
  const server = createServer((connection) => connection.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1', backlog }, resolve);
  });
  // Source: Node.js, net.Server.listen(handle): what has "an underlying _handle member".
  const { _handle: handle } = server as unknown as { readonly _handle: { readonly fd: number } };
  return { descriptor: handle.fd, close: () => server.close() };
}
