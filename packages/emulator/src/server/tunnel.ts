import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { CertificateAuthority } from './certificate.ts';
import { PortProblem } from './service.ts';

/** What a tunnel leads to. */
interface TunnelOptions {
  /** Who answers for a host here; undefined for one that is reached as it is. */
  readonly accept: (host: string) => ((connection: Duplex) => void) | undefined;
  readonly authority: CertificateAuthority;
  /** Any that is free by default. */
  readonly port?: number | undefined;
  /** 127.0.0.1 by default. */
  readonly address?: string | undefined;
}

/** A proxy for HTTPS, by which clients find the emulator under the names of the real world. */
export interface Tunnel {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts it. Clients take it from `https_proxy`, and trust the CA. Hosts that the emulator stands for end here; others are connected to.
 * Source: RFC 9110, 9.3.6, CONNECT.
 *
 * @throws PortProblem
 */
export async function startTunnel(options: TunnelOptions): Promise<Tunnel> {
  const { port = 0, address = '127.0.0.1' } = options;
  const sockets = new Set<Duplex>();
  const server = createServer((_request, response) => {
    response.writeHead(405, { 'content-type': 'text/plain' }).end('This proxy is for HTTPS alone.\n');
  });
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client)).on('error', () => client.destroy());
    const [, host = '', given = ''] = /^(.+):(\d{1,5})$/.exec(request.url ?? '') ?? [];
    const accept = given === '443' ? options.accept(host.toLowerCase()) : undefined;
    if (accept) void answerFor(host.toLowerCase(), client as Socket, head, accept, options.authority);
    else passOn(host, Number(given), client, head);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      reject(new PortProblem(`The proxy cannot listen on ${address}:${port}: ${code}.`)),
    );
    server.listen(port, address, resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      // A connected socket is no longer the server's to close.
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await closed;
    },
  };
}

const connected = 'HTTP/1.1 200 Connection Established\r\n\r\n';

async function answerFor(
  host: string,
  client: Socket,
  head: Buffer,
  accept: (connection: Duplex) => void,
  authority: CertificateAuthority,
): Promise<void> {
  const { key, certificate } = await authority.certificateFor([host]);
  client.write(connected);
  if (head.length > 0) client.unshift(head);
  const secure = new TLSSocket(client, {
    isServer: true,
    secureContext: createSecureContext({ key, cert: certificate }),
  });
  secure.on('error', () => client.destroy());
  accept(secure);
}

function passOn(host: string, port: number, client: Duplex, head: Buffer): void {
  const upstream = connect(port, host.replace(/^\[|\]$/g, ''), () => {
    client.write(connected);
    upstream.write(head);
    upstream.pipe(client).pipe(upstream);
  });
  upstream.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
}
