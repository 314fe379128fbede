import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ServerCertificate } from './certificate.ts';
import type { EmulatorClock } from './clock.ts';
import type { Fault, Faults } from './faults.ts';
import type { History } from './history.ts';
import type { RecordedRequest, ServiceName } from './record.ts';
import { internalHeader } from './relying-party.ts';

declare module 'fastify' {
  interface FastifyRequest {
    record?: RecordedRequest;
    /** What becomes of the usual answer. */
    alteration?: AlteredAnswer;
  }
}

/** What all services share. */
export interface World {
  readonly clock: EmulatorClock;
  readonly faults: Faults;
  readonly requests: History<RecordedRequest>;
  /** Secrets that were given out. */
  readonly secrets: History<string>;
  /** How many requests, secrets and sessions are kept for sure. */
  readonly kept: number;
}

/** A server on a port of its own. Routes are added to `app`, then `ready` lets requests in. */
export interface Service {
  readonly name: ServiceName;
  readonly app: FastifyInstance;
  /** The origin. */
  readonly url: string;
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a server on 127.0.0.1 that records its requests and has faults injected. Bodies reach routes as text. */
export async function openService(
  name: ServiceName,
  world: World,
  certificate: ServerCertificate | undefined,
): Promise<Service> {
  // The port is taken before there are routes, since they and the set-up need every service's URL.
  const server = certificate
    ? https.createServer({ key: certificate.key, cert: certificate.certificate })
    : http.createServer();
  // After Node's five seconds a busy process closes connections on which requests are already waiting for it.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const app = fastify({ serverFactory: (handler) => server.on('request', handler) });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.decorateRequest('record');
  app.decorateRequest('alteration');
  // Hooks call back: a promise for each of them would be a fifth of the work.
  app.addHook('onRequest', (request, _reply, done) => {
    request.record = recordOf(name, world, request);
    world.requests.add(request.record);
    done();
  });
  app.addHook('preHandler', (request, reply, done) => {
    const body = typeof request.body === 'string' ? request.body : '';
    if (request.record) request.record.body = body;
    const fault = world.faults.take({ service: name, method: request.method, path: pathOf(request), body });
    if (!fault) return done();
    if ('contentType' in fault || 'encoding' in fault) {
      request.alteration = fault;
      return done();
    }
    suffer(fault, reply).then(() => !reply.sent && done(), done);
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    const fault = request.alteration;
    if (fault && 'contentType' in fault) reply.header('content-type', fault.contentType);
    if (!fault || !('encoding' in fault)) return done(null, payload);
    const bytes = Buffer.from(String(payload), fault.encoding);
    reply.header('content-length', bytes.length);
    done(null, bytes);
  });
  app.addHook('onResponse', (request, reply, done) => {
    if (request.record) request.record.status = reply.statusCode;
    done();
  });
  return {
    name,
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

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

function recordOf(service: ServiceName, world: World, request: FastifyRequest): RecordedRequest {
  return {
    service,
    method: request.method,
    path: pathOf(request),
    query: request.url.slice(pathOf(request).length + 1),
    headers: request.headers,
    body: '',
    status: 0,
    at: world.clock.now(),
    internal: request.headers[internalHeader] !== undefined,
  };
}

type AlteredAnswer = Extract<Fault, { readonly contentType: string } | { readonly encoding: string }>;

async function suffer(fault: Exclude<Fault, AlteredAnswer>, reply: FastifyReply): Promise<void> {
  if ('delayMs' in fault) {
    await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
  } else if ('redirect' in fault) {
    await reply.redirect(fault.redirect, 302);
  } else if ('drop' in fault) {
    reply.hijack();
    const { raw } = reply;
    if (fault.drop === 'before-headers') {
      raw.socket?.resetAndDestroy();
      return;
    }
    raw.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    if (fault.drop === 'after-headers') raw.flushHeaders();
    raw.write(fault.drop === 'mid-body' ? '{"' : '', () => raw.socket?.resetAndDestroy());
  } else if ('dripMs' in fault) {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => raw.write(' '), fault.dripMs);
    raw.on('close', () => clearInterval(drip));
  } else {
    await reply
      .code(fault.status)
      .headers(fault.headers ?? {})
      .send(fault.body ?? '');
  }
}
