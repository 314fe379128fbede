import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ConfigError, type EmulatorConfig } from '../config/emulator-config.ts';
import { type JobChange, jobNames } from '../config/start-job.ts';
import type { Emulator, Setup } from '../emulator.ts';
import type { RecordedRequest } from '../server/record.ts';
import { PortProblem } from '../server/service.ts';
import { denialsIn } from './denials.ts';
import { type Exchange, exchangeOf } from './exchange.ts';
import { type Explanation, requestMarkup } from './markup.ts';
import { pageMarkup, pagePolicy } from './page.ts';
import { play, type Wanted } from './play.ts';

/** What the page is served with. */
export interface PageOptions {
  readonly emulator: Emulator;
  /** The configuration as it is now, and what it makes. */
  readonly current: () => { readonly config: EmulatorConfig; readonly setup: Setup };
  /** The path of its file. */
  readonly configFile: string;
  /** Starts a job. @returns all that a command needs to run as it */
  readonly startJob: (
    name: string,
    changes: readonly JobChange[],
  ) => Promise<{ environment: object; platform: string }>;
  /** Says why an exchange ended as it did. */
  readonly explain: (exchange: Exchange) => Explanation;
  readonly port?: number | undefined;
  readonly address?: string | undefined;
}

/** A page that is served. */
export interface Page {
  readonly url: string;
  /** Tells whoever looks at it. */
  notice(message: string): void;
  /** Has whoever looks at it see the configuration that is new. */
  reload(): void;
  close(): Promise<void>;
}

/** Of requests before the page was opened, it shows so many. */
const mostBefore = 200;
const longestBody = 64 * 1024;

/** Serves the page, and to commands what it does. Other sites cannot ask it: neither by their origin nor by a name of their own. @throws PortProblem */
export async function servePage(options: PageOptions): Promise<Page> {
  const { port = 0, address = '127.0.0.1' } = options;
  const app = fastify({ bodyLimit: longestBody });
  // JSON alone, which no other site can send without being asked about first.
  app.removeContentTypeParser('text/plain');
  const listeners = new Set<ServerResponse>();
  guard(app);
  addRoutes(app, options, listeners);
  try {
    await app.listen({ port, host: address });
  } catch (error) {
    throw new PortProblem(`The page cannot listen on ${address}:${port}: ${(error as NodeJS.ErrnoException).code}.`);
  }
  const told = (event: string, data: unknown) => {
    for (const listener of listeners) send(listener, event, data);
  };
  const unwatch = options.emulator.watch((request) => told('request', requestEvent(request, options)));
  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    notice: (message) => told('notice', message),
    reload: () => told('reload', ''),
    async close() {
      unwatch();
      for (const listener of listeners) listener.end();
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

/**
 * A page of another site can send requests here, and a name of that site can be made to lead here: what names another host, or comes from
 * another origin, gets nothing. What does something needs a header that no other site can send without being asked about first.
 */
function guard(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const { host = '', origin, 'sec-fetch-site': site } = request.headers;
    const { port } = app.server.address() as AddressInfo;
    const own = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
    const isOwnOrigin = origin === undefined || origin === `http://${host}`;
    const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
    const isSafe = request.method === 'GET' || request.headers['x-fedbridge-emulator'] !== undefined;
    if (own.includes(host.toLowerCase()) && isOwnOrigin && isOwnSite && isSafe) return;
    await reply.code(403).send({ message: 'This page is for this machine alone.' });
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer').header('cross-origin-resource-policy', 'same-origin');
  });
}

function addRoutes(app: FastifyInstance, options: PageOptions, listeners: Set<ServerResponse>): void {
  const { emulator, current, configFile } = options;
  app.get('/', async (_request, reply) => {
    const { config, setup } = current();
    const wanted = [
      ...rolesOf(emulator.accounts),
      ...(setup.tenants ?? []).flatMap((one) => one.applications.map((app) => app.clientId)),
    ];
    reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy);
    return pageMarkup({ config: configFile, jobs: jobNames(config), wanted, urls: emulator.urls });
  });
  app.get('/status', async () => ({ config: configFile, urls: emulator.urls, proxy: emulator.proxy }));
  app.get<{ Querystring: { since?: string } }>('/denials', async ({ query }) => {
    const since = Number(query.since ?? 0);
    return denialsIn(
      emulator.requests.filter(({ at }) => at >= since),
      current().setup,
      options.explain,
    );
  });
  app.get('/events', (_request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    raw.flushHeaders();
    for (const request of emulator.requests.slice(-mostBefore))
      send(raw, 'request', { ...requestEvent(request, options), news: '' });
    listeners.add(raw);
    raw.on('close', () => listeners.delete(raw));
  });
  app.post<{ Body: { job: string; changes?: JobChange[] } }>('/jobs', (request, reply) =>
    answered(reply, () => options.startJob(String(request.body.job), changesIn(request))),
  );
  app.post<{ Body: Wanted }>('/exchanges', (request, reply) =>
    answered(reply, async () => {
      const { config, setup } = current();
      const { job, wanted } = request.body;
      await play(emulator, config, setup, { job: String(job), wanted: String(wanted), changes: changesIn(request) });
      return {};
    }),
  );
}

function changesIn({ body }: FastifyRequest<{ Body: { changes?: readonly JobChange[] } }>): readonly JobChange[] {
  return (body.changes ?? []).map(([name, value]) => [String(name), String(value)]);
}

/** What the emulator says of a job or an exchange that there cannot be, says the page. */
async function answered(reply: FastifyReply, answer: () => Promise<object>): Promise<object> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const messages =
      error instanceof ConfigError
        ? error.problems.map(({ message, hint }) => [message, hint].filter(Boolean).join(' '))
        : [error.message];
    return reply.code(400).send({ message: messages.join(' ') });
  }
}

function rolesOf(accounts: Emulator['accounts']): readonly string[] {
  return accounts.flatMap(({ id, partition = 'aws', roles }) =>
    roles.map(({ name }) => `arn:${partition}:iam::${id}:role/${name}`),
  );
}

function requestEvent(request: RecordedRequest, { emulator, current, explain }: PageOptions) {
  // What was made by IAM since decides too.
  const exchange = exchangeOf(request, { ...current().setup, accounts: emulator.accounts });
  const news = exchange ? `${exchange.allowed ? 'Allowed' : 'Denied'}: ${exchange.party}, ${exchange.claims.sub}` : '';
  return { markup: requestMarkup(request, exchange, exchange && explain(exchange)), news };
}

function send(listener: ServerResponse, event: string, data: unknown): void {
  listener.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
