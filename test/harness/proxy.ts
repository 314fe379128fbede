import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** What a proxy is like. */
export interface ProxyOptions {
  /** Where names lead, `host:port`, as URLs of this machine; any other name is answered with 502. */
  readonly routes?: Readonly<Record<string, string>>;
  /** `user:password`, without which it answers 407. */
  readonly credentials?: string;
  /** What it says to all who ask, in the place of connecting them: `403 Forbidden`. */
  readonly says?: string;
}

/** A proxy for HTTPS, on loopback. */
export async function startProxy({ routes = {}, credentials, says }: ProxyOptions) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    // Plain HTTP, which is not sent through one.
    asked.push(request.url ?? '');
    response.writeHead(405).end();
  });
  const sockets = new Set<Duplex>();
  const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
  server.on('connect', (request, client) => {
    sockets.add(client);
    const name = request.url ?? '';
    asked.push(name);
    const isKnown = wanted === undefined || request.headers['proxy-authorization'] === wanted;
    const no =
      says ?? (isKnown ? undefined : '407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"');
    const target = routes[name];
    if (no || !target) return client.end(`HTTP/1.1 ${no ?? '502 Bad Gateway'}\r\n\r\n`);
    const upstream = connect(Number(new URL(target).port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    [Symbol.asyncDispose]: async () => {
      // A connected socket is no longer the server's to close.
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
