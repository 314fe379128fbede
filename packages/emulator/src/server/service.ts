import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import type { ServerCertificate } from './certificate.ts';
import type { EmulatorClock } from './clock.ts';
import { injectFaults } from './fault-injection.ts';
import type { Faults } from './faults.ts';
import type { History } from './history.ts';
import { type RecordedRequest, recordRequests } from './record.ts';

/** What all services share. */
export interface World {
  readonly clock: EmulatorClock;
  readonly faults: Faults;
  readonly requests: History<RecordedRequest>;
  /** Secrets that were given out. */
  readonly secrets: History<string>;
  /** How many requests, secrets and sessions are kept for sure. */
  readonly historyLimit: number;
}

/** A server on a port of its own. Routes are added to `app`, then `ready` lets requests in. */
export interface Service {
  readonly app: FastifyInstance;
  /** The origin. */
  readonly url: string;
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a server on 127.0.0.1 that records its requests and has faults injected. Bodies reach routes as text. */
export async function openService(
  name: string,
  world: World,
  certificate: ServerCertificate | undefined,
): Promise<Service> {
  // The port is taken before there are routes, since they and the set-up need every service's URL.
  const server = await listen(certificate);
  const { port } = server.address() as AddressInfo;
  const app = fastify({ serverFactory: (handler) => server.on('request', handler) });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  recordRequests(app, name, world);
  injectFaults(app, name, world.faults);
  return {
    app,
    url: certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    ready: async () => {
      await app.ready();
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await app.close();
    },
  };
}

async function listen(certificate: ServerCertificate | undefined): Promise<http.Server> {
  const server = certificate
    ? https.createServer({ key: certificate.key, cert: certificate.certificate })
    : http.createServer();
  // After Node's five seconds a busy process closes connections on which requests are already waiting for it.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}
