import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EmulatorClock } from './clock.ts';
import type { History } from './history.ts';
import { internalHeader } from './relying-party.ts';

/** A request as it came in. */
export interface RecordedRequest {
  /** The name of the service; `machine` for each machine that was started. */
  readonly service: string;
  readonly method: string;
  readonly path: string;
  /** The query string without its question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
  /** The answer's status; 0 until there is one, and for a connection that was dropped. */
  status: number;
  /** The answer's body, of those that are not 2xx. */
  answer: string;
  /** When it came, in ms since 1970-01-01 UTC by the emulator's clock. */
  readonly at: number;
  /** Whether a relying party of the emulator made it, to read an issuer's keys. */
  readonly internal: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    record?: RecordedRequest;
  }
}

/** Records what comes to a service. Hooks call back: a promise for each would be a fifth of the work. */
export function recordRequests(
  app: FastifyInstance,
  service: string,
  world: {
    readonly clock: EmulatorClock;
    readonly requests: History<RecordedRequest>;
    readonly watchers: ReadonlySet<(request: RecordedRequest) => void>;
  },
): void {
  app.decorateRequest('record');
  app.addHook('onRequest', (request, _reply, done) => {
    request.record = {
      service,
      method: request.method,
      path: pathOf(request),
      query: request.url.slice(pathOf(request).length + 1),
      headers: request.headers,
      body: '',
      status: 0,
      answer: '',
      at: world.clock.now(),
      internal: request.headers[internalHeader] !== undefined,
    };
    world.requests.add(request.record);
    done();
  });
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.record) request.record.body = bodyText(request);
    done();
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.record && reply.statusCode >= 300 && typeof payload === 'string') request.record.answer = payload;
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    if (request.record) {
      request.record.status = reply.statusCode;
      for (const tell of world.watchers) tell(request.record);
    }
    done();
  });
}

/** The path of a request, without its query. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

/** The body as text; empty where there is none. */
export function bodyText({ body }: FastifyRequest): string {
  return typeof body === 'string' ? body : '';
}
