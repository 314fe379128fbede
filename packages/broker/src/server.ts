import { promises } from 'node:fs';
import http, { type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer, Route } from '@fedbridge/identity';
import { isLocal, isSecret } from './caller.ts';
import { failure } from './failure.ts';
import { backlog } from './listen.ts';
import { Strangers } from './strangers.ts';

/** A route, and what callers must show there. */
export interface SecretRoute {
  readonly route: Route;
  readonly secret: string;
}

/** A server that listens on 127.0.0.1. */
export interface BrokerServer {
  readonly port: number;
  close(): void;
}

/** Where a broker is reached. */
export interface Listening {
  /** The descriptor of a socket that listens already; undefined for a free port of 127.0.0.1. */
  readonly listener: number | undefined;
  /** The path of a socket in a folder that nobody else can look into. */
  readonly socket: string;
}

/**
 * Serves what its routes answer. Whatever is not a route, or not local, gets 404 and nothing else. However many connections somebody else
 * opens, whoever has the secret is served.
 */
export async function serve(routes: readonly SecretRoute[], { listener, socket }: Listening): Promise<BrokerServer> {
  const strangers = new Strangers();
  const onPort = server((request, response) => {
    const { port } = onPort.address() as AddressInfo;
    const allow = () => strangers.forget(request.socket);
    return isLocal(request, port) ? handle(request, response, routes, allow) : notFound(response);
  });
  onPort.on('connection', (one) => strangers.add(one));
  const onSocket = server((request, response) => handle(request, response, routes));
  const where = listener === undefined ? { port: 0, host: '127.0.0.1' } : { fd: listener };
  const close = () => {
    for (const one of [onPort, onSocket]) {
      one.close();
      one.closeAllConnections();
    }
  };
  try {
    await listen((listening) => onPort.listen({ ...where, backlog }, listening), onPort);
    // One that was killed leaves its own behind.
    if (process.platform !== 'win32') await promises.rm(socket, { force: true });
    await listen((listening) => onSocket.listen(socket, listening), onSocket);
    if (process.platform !== 'win32') await promises.chmod(socket, 0o600);
  } catch (error) {
    close();
    throw error;
  }
  return { port: (onPort.address() as AddressInfo).port, close };
}

function server(answer: (...call: Parameters<RequestListener>) => Promise<void> | void): Server {
  const created = http.createServer({
    maxHeaderSize: 8 * 1024,
    headersTimeout: 5_000,
    requestTimeout: 10_000,
    keepAliveTimeout: 5_000,
    // A renewal that somebody waits for takes as long as the cloud does.
    connectionsCheckingInterval: 1_000,
  });
  created.maxHeadersCount = 64;
  created.on('request', (request, response) => {
    Promise.resolve(answer(request, response)).catch(() => response.destroy());
  });
  created.on('clientError', (_error, socket) => socket.destroy());
  return created;
}

function listen(begin: (listening: () => void) => void, on: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    on.once('error', reject);
    begin(resolve);
  });
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  routes: readonly SecretRoute[],
  allow = () => {},
): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const found = routes.find(({ route }) => route.path === path && request.method === 'GET');
  // No endpoint takes a body: one that comes is not read.
  const hasBody = Number(request.headers['content-length'] ?? 0) > 0 || 'transfer-encoding' in request.headers;
  if (!found || hasBody) return notFound(response);
  const { route, secret } = found;
  const { headers } = request;
  const isAllowed = isSecret(route.secretIn(headers), secret);
  if (isAllowed) allow();
  const { status, body } = isAllowed ? await answerOf(route, new URLSearchParams(query)) : route.denied(headers);
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
    })
    .end(text);
}

async function answerOf(route: Route, query: URLSearchParams): Promise<Answer> {
  try {
    return await route.answer(query);
  } catch (error) {
    return route.failed(failure(error));
  }
}

function notFound(response: ServerResponse): void {
  response.writeHead(404, { 'content-length': 0, connection: 'close' }).end();
}
