import { type Endpoint, parseEndpoint, parseMachineEndpoint } from '../endpoint.ts';
import type { Environment } from '../environment.ts';
import { FedbridgeError } from '../error.ts';
import type { MachineNetwork } from './machine-network.ts';
import {
  type HttpRequest,
  type HttpResponse,
  type SavedResponse,
  Transport,
  type TransportLimits,
} from './transport.ts';

const limits: TransportLimits = { connectMs: 10_000, attemptMs: 30_000, bodyBytes: 1024 * 1024 };
const redirects = new Set([301, 302, 303, 307, 308]);
const maxRedirects = 3;

/** Sends one request and follows redirects that stay on its origin. It does not retry: see `retry`. */
export class HttpClient {
  readonly #transport: Transport;

  /**
   * @param environment - whose `https_proxy`, `all_proxy` and `no_proxy` are followed, as they are when a request is made
   * @param network - how else the machine is configured; asked then too
   */
  constructor(environment: Environment, network: () => MachineNetwork = () => ({})) {
    this.#transport = new Transport(environment, network);
  }

  /**
   * @param withinMs - how long the caller still has, in ms; never more than 30 s are spent on one attempt
   * @param stop - ends it early
   * @throws FedbridgeError `HTTP_*`, `ANSWER_MALFORMED`, `ENDPOINT_NOT_ALLOWED`, `CANCELLED`
   */
  async send(request: HttpRequest, withinMs: number = limits.attemptMs, stop?: AbortSignal): Promise<HttpResponse> {
    const attemptMs = Math.max(1, Math.min(limits.attemptMs, withinMs));
    const bounds = within(request, { attemptMs, ...(stop && { stop }) });
    return this.#follow(request, (current) => this.#transport.send(current, bounds));
  }

  /**
   * Sends a GET whose answer goes to a new file, which may be large.
   *
   * @param bounds - `attemptMs` for all of it, in ms; `bodyBytes`; `stop` ends it early
   * @throws FedbridgeError `HTTP_*`, `ANSWER_MALFORMED`, `ENDPOINT_NOT_ALLOWED`, `DELIVERY_FAILED`, `CANCELLED`
   */
  save(request: HttpRequest, path: string, bounds: Pick<TransportLimits, 'attemptMs' | 'bodyBytes' | 'stop'>) {
    return this.#follow(request, (current) => this.#transport.save(current, within(request, bounds), path));
  }

  async #follow<T extends SavedResponse | HttpResponse>(
    request: HttpRequest,
    sendOnce: (request: HttpRequest) => Promise<T>,
  ): Promise<T> {
    const parse = request.direct ? parseMachineEndpoint : parseEndpoint;
    parse(request.url.href, request.url.host);
    let current = request;
    for (let hop = 0; hop <= maxRedirects; hop += 1) {
      const response = await sendOnce(current);
      const target = redirects.has(response.status) ? response.headers.location : undefined;
      if (target === undefined) return response;
      current = redirected(current, response.status, target);
    }
    throw new FedbridgeError('HTTP_REDIRECT', `${request.url.host} redirects without end.`);
  }

  /** Resolves when a request is on its way: what is needed once it is answered loads meanwhile. */
  sent(): Promise<void> {
    return this.#transport.sent;
  }

  /** Begins to connect to where a request will go, while what it needs is still on its way. What is wrong with it the request says. */
  connectAhead(endpoint: Endpoint): void {
    this.#transport.connectAhead(endpoint).catch(() => {});
  }

  close(): void {
    this.#transport.close();
  }
}

function within({ connectMs = limits.connectMs }: HttpRequest, bounds: Partial<TransportLimits>): TransportLimits {
  return { ...limits, connectMs, ...bounds };
}

/** The request that a redirect asks for; a request keeps method and body only under 307 and 308 [RFC 9110, 15.4]. */
function redirected(request: HttpRequest, status: number, location: string): HttpRequest {
  const target = URL.canParse(location, request.url.href) ? new URL(location, request.url) : undefined;
  if (target?.origin !== request.url.origin) {
    const where = target ? target.origin : 'an address that cannot be read';
    throw new FedbridgeError('HTTP_REDIRECT', `${request.url.host} redirects to ${where}. It was not followed.`, {
      answer: `HTTP ${status}`,
      hint: 'A token goes only where it is meant to. A sign-in page or a proxy may stand in front of the service.',
    });
  }
  if (request.method !== 'GET' && status !== 307 && status !== 308) {
    throw new FedbridgeError(
      'HTTP_REDIRECT',
      `${request.url.host} redirects a ${request.method} as a GET. It was not followed.`,
      {
        answer: `HTTP ${status}`,
      },
    );
  }
  return { ...request, url: target };
}
