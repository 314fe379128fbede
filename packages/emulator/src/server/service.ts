import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import type { ServerCertificate } from './certificate.ts';
import type { EmulatorClock } from './clock.ts';
import { injectFaults } from './fault-injection.ts';
import type { Faults } from './faults.ts';
import type { History } from './history.ts';
import { type RecordedRequest, recordRequests } from './record.ts';
import type { State } from './state.ts';

/** What all services share. */
export interface World {
  readonly clock: EmulatorClock;
  readonly faults: Faults;
  readonly requests: History<RecordedRequest>;
  /** Secrets that were given out. */
  readonly secrets: History<string>;
  /** How many requests, secrets and sessions are kept for sure. */
  readonly historyLimit: number;
  /** What outlasts a set-up. */
  readonly state: State;
  /** Who is told of each request that was answered. */
  readonly watchers: Set<(request: RecordedRequest) => void>;
}

/** The routes of a server. They are added to `app`, then `ready` lets requests in. */
export interface Service {
  readonly app: FastifyInstance;
  /** The origin. */
  readonly url: string;
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** A server on a port of its own, whose routes may be replaced as a whole while it runs. */
export interface Server {
  /** The origin. */
  readonly url: string;
  /** Routes that take the place of those before them once they are ready. Bodies reach them as text. */
  routes(): Service;
  /** Answers what comes by a connection that was accepted elsewhere. */
  accept(connection: Duplex): void;
  close(): Promise<void>;
}

/** How a server listens. */
interface ServerOptions {
  readonly certificate?: ServerCertificate | undefined;
  /** Any that is free by default. */
  readonly port?: number | undefined;
  /** An address of this machine, 127.0.0.1 by default. */
  readonly address?: string | undefined;
}

/** Opens a server that records its requests and has faults injected. @throws PortProblem */
export async function openServer(name: string, world: World, options: ServerOptions = {}): Promise<Server> {
  // The port is taken before there are routes, since they and the set-up need every service's URL.
  const server = await listen(name, options);
  const { port } = server.address() as AddressInfo;
  const url = options.certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  let current: FastifyInstance | undefined;
  server.on('request', (request, response) => current?.routing(request, response));
  return {
    url,
    accept: (connection) => void server.emit('connection', connection),
    routes() {
      const app = fastify();
      app.removeAllContentTypeParsers();
      app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
      recordRequests(app, name, world);
      injectFaults(app, name, world.faults);
      return {
        app,
        url,
        ready: async () => {
          await app.ready();
          current = app;
        },
        close: () => app.close(),
      };
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Opens a server whose routes stay. */
export async function openService(name: string, world: World): Promise<Service> {
  const server = await openServer(name, world);
  const service = server.routes();
  return { ...service, close: async () => void (await Promise.all([server.close(), service.close()])) };
}

/** A port that cannot be listened on. */
export class PortProblem extends Error {
  override readonly name = 'PortProblem';
}

async function listen(name: string, { certificate, port = 0, address = '127.0.0.1' }: ServerOptions) {
  const server = certificate
    ? https.createServer({ key: certificate.key, cert: certificate.certificate })
    : http.createServer();
  // After Node's five seconds a busy process closes connections on which requests are already waiting for it.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      reject(new PortProblem(`${name} cannot listen on ${address}:${port}: ${code}.`)),
    );
    server.listen(port, address, resolve);
  });
  return server;
}
