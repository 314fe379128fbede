import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { Transport } from './transport.ts';

let server: Server | undefined;
const sockets: Socket[] = [];
const transport = new Transport({});

afterEach(async () => {
  transport.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server?.close(resolve));
});

it('gives up on a server that takes the connection and never shakes hands', async () => {
  server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(`https://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
  const limits = { connectMs: 50, attemptMs: 30_000, bodyBytes: 1 };
  await expect(transport.send({ method: 'GET', url, headers: {} }, limits)).rejects.toMatchObject({
    code: 'HTTP_TIMEOUT',
    message: expect.stringContaining('could not be reached within 0.05 seconds'),
  });
});
