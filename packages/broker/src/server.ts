import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLocal } from './guard.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** One endpoint: a path is its own in full. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly answer: (request: IncomingMessage, query: URLSearchParams) => Promise<Answer>;
}

export interface BrokerServer {
  readonly port: number;
  close(): void;
}

/** Serves on a free port of 127.0.0.1. Whatever is not a route, or not local, gets 404 and nothing else. */
export async function serve(routes: (port: number) => readonly Route[]): Promise<BrokerServer> {
  const server = http.createServer({
    maxHeaderSize: 8 * 1024,
    headersTimeout: 5_000,
    requestTimeout: 10_000,
    keepAliveTimeout: 5_000,
    // A renewal that somebody waits for takes as long as the cloud does.
    connectionsCheckingInterval: 1_000,
  });
  server.maxConnections = 512;
  server.maxHeadersCount = 64;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const known = routes(port);
  server.on('request', (request, response) => {
    handle(request, response, known, port).catch(() => response.destroy());
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  return {
    port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  routes: readonly Route[],
  port: number,
): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const route = routes.find((one) => one.path === path && one.method === request.method);
  // No endpoint takes a body: one that comes is not read.
  const hasBody = Number(request.headers['content-length'] ?? 0) > 0 || 'transfer-encoding' in request.headers;
  if (!route || hasBody || !isLocal(request, port)) {
    response.writeHead(404, { 'content-length': 0, connection: 'close' }).end();
    return;
  }
  const { status, body } = await route.answer(request, new URLSearchParams(query));
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
    })
    .end(text);
}
