import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Environment } from '../environment.ts';
import { FedbridgeError } from '../error.ts';
import { oneInertLine } from '../inert.ts';
import { version } from '../version.ts';
import { Agents, addressOf } from './http-agents.ts';
import type { MachineNetwork } from './machine-network.ts';
import type { HttpProxy } from './proxy.ts';
import { tlsProblem } from './tls-problem.ts';

/** One request on the wire, to an address that was checked. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether it goes to this machine's own cloud, which no proxy reaches. */
  readonly direct?: boolean;
  /** How long connecting may take, in ms, where that is less than usual. */
  readonly connectMs?: number;
}

/** An answer that is whole. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; of a repeated header the values joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer whose body is in a file. */
export interface SavedResponse extends Omit<HttpResponse, 'body'> {
  /** SHA-256 of the body, in hexadecimal. */
  readonly sha256: string;
}

/** Bounds of one request. Times in ms. */
export interface TransportLimits {
  readonly connectMs: number;
  readonly attemptMs: number;
  readonly bodyBytes: number;
  /** Ends it early. */
  readonly stop?: AbortSignal;
}

const userAgent = version === undefined ? 'fedbridge' : `fedbridge/${version}`;

/** Sends requests, with a bound on connecting, on the whole attempt and on the answer's size. */
export class Transport {
  readonly #agents: Agents;
  readonly #network: () => MachineNetwork;
  #isSent = () => {};
  /** Resolves when the first request is on its way. */
  readonly sent = new Promise<void>((resolve) => {
    this.#isSent = resolve;
  });

  /** @param environment - whose `https_proxy`, `all_proxy` and `no_proxy` are followed */
  constructor(environment: Environment, network: () => MachineNetwork) {
    this.#agents = new Agents(environment, network);
    this.#network = network;
  }

  /** @throws FedbridgeError `HTTP_CONNECT`, `HTTP_PROXY`, `HTTP_TIMEOUT`, `HTTP_TLS`, `HTTP_TOO_LARGE`, `ANSWER_MALFORMED` */
  send(request: HttpRequest, limits: TransportLimits): Promise<HttpResponse> {
    return this.#exchange(request, limits, async (message) => ({
      ...head(message),
      body: (await decoded(message, await readBody(message, request.url, limits), request.url, limits)).toString(
        'utf8',
      ),
    }));
  }

  /** The same, with the body in a new file. @throws FedbridgeError `HTTP_*`, `ANSWER_MALFORMED`, `DELIVERY_FAILED` for a file that cannot be written */
  save(request: HttpRequest, limits: TransportLimits, path: string): Promise<SavedResponse> {
    return this.#exchange(request, limits, async (message) => ({
      ...head(message),
      sha256: await write(message, request.url, limits, path),
    }));
  }

  async #exchange<T>(
    request: HttpRequest,
    limits: TransportLimits,
    take: (message: IncomingMessage) => Promise<T>,
  ): Promise<T> {
    const { url } = request;
    const abort = new AbortController();
    const end = () => abort.abort(new FedbridgeError('CANCELLED', 'Asked to end.'));
    limits.stop?.addEventListener('abort', end, { once: true });
    if (limits.stop?.aborted) end();
    let proxy: HttpProxy | undefined;
    const expire = (what: string, ms: number) =>
      setTimeout(() => abort.abort(timedOut(named(url, proxy), what, ms)), ms);
    const attempt = expire('did not answer', limits.attemptMs);
    const connect = expire('could not be reached', Math.min(limits.connectMs, limits.attemptMs));
    try {
      const isDirect = request.direct === true && url.protocol === 'http:';
      const connector = await this.#agents.connector(url, isDirect);
      proxy = connector.proxy;
      const outgoing = connector.module.request({
        ...addressOf(url),
        path: url.pathname + url.search,
        method: request.method,
        // Who says nothing takes any coding [RFC 9110, 12.5.3].
        headers: { 'accept-encoding': 'identity', ...request.headers, 'user-agent': userAgent, ...lengthOf(request) },
        agent: connector.agent,
        signal: abort.signal,
      });
      outgoing.once('finish', this.#isSent);
      whenConnected(outgoing, () => clearTimeout(connect));
      const message = await answered(outgoing, request.body, abort.signal);
      return await take(message);
    } catch (error) {
      throw translate(abort.signal.aborted ? abort.signal.reason : error, named(url, proxy), this.#network());
    } finally {
      clearTimeout(attempt);
      clearTimeout(connect);
      limits.stop?.removeEventListener('abort', end);
    }
  }

  /** @throws FedbridgeError `HTTP_PROXY` */
  connectAhead(url: URL): Promise<void> {
    return this.#agents.connectAhead(url);
  }

  /** Closes what is kept open, so that the process may end. */
  close(): void {
    this.#agents.close();
  }
}

function lengthOf({ body }: HttpRequest): Record<string, number> {
  return body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
}

/** The head of the answer. A request that waits for its socket tells nobody that it was aborted: hence the signal. */
function answered(request: ClientRequest, body: string | undefined, abort: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    abort.addEventListener('abort', () => reject(abort.reason));
    request.once('response', resolve).on('error', reject).end(body);
  });
}

function whenConnected(request: ClientRequest, connected: () => void): void {
  request.once('socket', (socket) => {
    if (!socket.connecting && !('encrypted' in socket)) connected();
    // Another request has used it, or it was connected ahead.
    else if (request.reusedSocket || ('authorized' in socket && socket.authorized)) connected();
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected);
  });
  request.once('response', connected);
}

function head(message: IncomingMessage) {
  return { status: message.statusCode ?? 0, headers: joined(message) };
}

/** @returns SHA-256 in hexadecimal */
async function write(message: IncomingMessage, url: URL, limits: TransportLimits, path: string): Promise<string> {
  const [{ createHash }, { open }] = await Promise.all([import('node:crypto'), import('node:fs/promises')]);
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600).catch((error: { code?: string }) => {
    throw new FedbridgeError('DELIVERY_FAILED', `${path} could not be written: ${error.code}.`);
  });
  try {
    let size = 0;
    for await (const chunk of message as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limits.bodyBytes) throw tooLarge(message, url, limits);
      hash.update(chunk);
      await file.write(chunk);
    }
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}

function tooLarge(message: IncomingMessage, url: URL, limits: TransportLimits): FedbridgeError {
  message.destroy();
  return new FedbridgeError('HTTP_TOO_LARGE', `${url.host} answered with more than ${limits.bodyBytes} bytes.`);
}

/** By events: the first asynchronous iteration of a stream takes Node a millisecond or two. */
function readBody(message: IncomingMessage, url: URL, limits: TransportLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limits.bodyBytes) reject(tooLarge(message, url, limits));
      else chunks.push(chunk);
    });
    message.on('end', () => resolve(Buffer.concat(chunks)));
    message.on('error', reject);
  });
}

/** A body as it was before something on the way compressed it, unasked. @throws FedbridgeError `HTTP_TOO_LARGE`, `ANSWER_MALFORMED` */
async function decoded(message: IncomingMessage, body: Buffer, url: URL, limits: TransportLimits): Promise<Buffer> {
  const coding = message.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (coding === 'identity' || body.length === 0) return body;
  const { brotliDecompressSync, gunzipSync, inflateSync } = await import('node:zlib');
  const decode = { gzip: gunzipSync, 'x-gzip': gunzipSync, deflate: inflateSync, br: brotliDecompressSync }[coding];
  try {
    if (decode) return decode(body, { maxOutputLength: limits.bodyBytes });
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(message, url, limits);
  }
  throw new FedbridgeError(
    'ANSWER_MALFORMED',
    `${url.host} answered in the coding ${oneInertLine(coding.slice(0, 40))}, which cannot be decoded.`,
    {
      answer: `HTTP ${message.statusCode}, ${body.length} bytes`,
      hint: 'It was not asked for: see what compresses answers between this machine and the service.',
    },
  );
}

function joined(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** The other side as errors name it, with the proxy on the way to it. */
function named({ host }: URL, proxy: HttpProxy | undefined): string {
  return proxy ? `${host}, through the proxy ${proxy.shown},` : host;
}

function timedOut(who: string, what: string, ms: number): FedbridgeError {
  return new FedbridgeError('HTTP_TIMEOUT', `${who} ${what} within ${ms / 1000} seconds.`, {
    recovery: 'transient',
    hint: networkHint,
  });
}

const networkHint =
  'See whether this machine may reach that host; a proxy is taken from https_proxy, all_proxy and no_proxy.';

/** The error of a connection as one of ours. Of the original only its code is reported: its text may hold the address. */
function translate(error: unknown, who: string, { caAdvice }: MachineNetwork): FedbridgeError {
  if (error instanceof FedbridgeError) return error;
  const code = errorCode(error);
  const tls = tlsProblem(error, code, caAdvice);
  if (tls) return new FedbridgeError('HTTP_TLS', `${who} ${tls.what}.`, { cause: error, hint: tls.hint });
  if (code === 'HPE_HEADER_OVERFLOW')
    return new FedbridgeError('HTTP_TOO_LARGE', `${who} answered with headers of more than 16 KiB.`);
  if (code.startsWith('HPE_')) {
    return new FedbridgeError('ANSWER_MALFORMED', `${who} answered with something that is not HTTP: ${code}.`, {
      cause: error,
      hint: 'See scheme and port of the address. A proxy or a firewall may stand between this machine and the service.',
    });
  }
  return new FedbridgeError('HTTP_CONNECT', `The connection to ${who} failed: ${code}.`, {
    recovery: 'transient',
    cause: error,
    hint: networkHint,
  });
}

function errorCode(error: unknown): string {
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : error instanceof Error ? error.message : 'unknown';
}
