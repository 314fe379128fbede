import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https, { type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { FedbridgeError } from '../error.ts';
import { oneInertLine } from '../inert.ts';
import { type HttpProxy, proxyAuthorization } from './proxy.ts';
import type { verifyingBy } from './tls.ts';
import { tlsProblem } from './tls-problem.ts';

type TlsOptions = Awaited<ReturnType<typeof verifyingBy>>;
type Connected = (error: Error | null, socket?: Duplex) => void;

/** How long a proxy may say nothing, in ms. */
const silenceMs = 10_000;

/**
 * An agent whose connections are tunnels through a proxy [RFC 9110, 9.3.6]. What the proxy says in the place of the other side is its
 * own error, which names it: to who asked, an answer of a proxy is never one of the cloud's.
 *
 * Written by hand, 4 kB that load in 2 ms: https-proxy-agent 9.1 has 16 kB and 7 ms, waits for a silent proxy without end and gives its
 * answer for the other side's, undici's ProxyAgent 526 kB and 42 ms.
 */
export class TunnelAgent extends https.Agent {
  readonly #proxy: HttpProxy;
  readonly #tls: TlsOptions;
  readonly #pending = new Set<ClientRequest>();

  /** @param tls - of the other side, and of a proxy that is spoken to over TLS itself */
  constructor(proxy: HttpProxy, tls: TlsOptions) {
    super(tls);
    this.#proxy = proxy;
    this.#tls = tls;
  }

  override createConnection(options: RequestOptions, connected: Connected): undefined {
    this.#tunnel(`${options.host?.includes(':') ? `[${options.host}]` : options.host}:${options.port}`)
      .then((socket) => super.createConnection({ ...options, socket } as RequestOptions))
      .then(
        (socket) => connected(null, socket as Duplex),
        (error: Error) => connected(error),
      );
  }

  override destroy(): void {
    for (const request of this.#pending) request.destroy();
    super.destroy();
  }

  /** @param target - host and port @throws FedbridgeError `HTTP_PROXY` */
  #tunnel(target: string): Promise<Duplex> {
    const { url } = this.#proxy;
    const authorization = proxyAuthorization(url);
    const request = (url.protocol === 'https:' ? https : http).request({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (url.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers: {
        host: target,
        ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
      },
      agent: false,
      ...this.#tls,
      timeout: silenceMs,
    });
    this.#pending.add(request);
    request.once('close', () => this.#pending.delete(request));
    return new Promise((resolve, reject) => {
      request.once('connect', (answer, socket, head) => {
        const { statusCode = 0 } = answer;
        // Any 2xx connects [RFC 9110, 9.3.6].
        if (statusCode >= 200 && statusCode < 300) {
          socket.setTimeout(0);
          socket.unshift(head);
          resolve(socket);
        } else {
          socket.destroy();
          reject(denied(this.#proxy, target, answer));
        }
      });
      request.on('timeout', () => request.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })));
      request.on('error', (error) => reject(unreachable(this.#proxy, error)));
      request.end();
    });
  }
}

function denied(proxy: HttpProxy, target: string, answer: IncomingMessage): FedbridgeError {
  const { shown } = proxy;
  const { statusCode: status = 0, statusMessage = '', headers } = answer;
  const schemes = schemesOf(headers['proxy-authenticate']);
  const asks = schemes.length > 0 ? `, it asks for ${schemes.join(' or ')}` : '';
  const reason = oneInertLine(statusMessage.slice(0, 100)).trim();
  // Squid's own name of what it found, which its page of HTML says in many more words: ERR_ACCESS_DENIED, ERR_DNS_FAIL.
  const [, squid] = /^(ERR_[A-Z_]{1,60})\b/.exec(String(headers['x-squid-error'] ?? '')) ?? [];
  return new FedbridgeError('HTTP_PROXY', `The proxy ${shown} did not connect to ${target}.`, {
    answer: `HTTP ${status}${reason ? ` ${reason}` : ''}${squid ? ` (${squid})` : ''}${asks}`,
    // It speaks for itself below 500, and above of what is behind it.
    recovery: status >= 500 || status === 408 || status === 429 ? 'transient' : 'never',
    hint:
      // tinyproxy says 401 to a password that is not the one.
      status === 407 || status === 401
        ? credentialsHint(schemes, proxy)
        : `Let the proxy connect this machine to ${target}, or exempt the host in no_proxy if it can be reached without.`,
  });
}

/** The schemes of all challenges, in one header or in several: a name that no `=` follows, at the start or behind a comma [RFC 9110, 11.6.1]. */
function schemesOf(challenges: string | readonly string[] = []): readonly string[] {
  const unquoted = [challenges]
    .flat()
    .join(', ')
    .replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...unquoted.matchAll(/(?:^|,)\s*([\w-]+)(?=\s*(?:,|$)|\s+[^\s=])/g)].map(([, scheme = '']) => scheme);
}

function credentialsHint(schemes: readonly string[], { url, variable, account }: HttpProxy): string {
  if (schemes.length > 0 && !schemes.some((scheme) => /^basic$/i.test(scheme)))
    return 'Fedbridge authenticates to proxies with Basic alone: let the proxy take that, or allow this machine without.';
  if (account !== undefined) return account;
  return url.username !== ''
    ? `It does not accept the user name and password of ${variable}. Special characters in them are written percent-encoded.`
    : `Give ${variable} a user name and password on the machine, as in http://user:password@proxy.example.com:3128, never in the repository.`;
}

/** It may be starting beside this job: it is tried as often as a trust that is new, and not to the end of time. */
function unreachable({ shown, variable }: HttpProxy, error: Error & { code?: string }): FedbridgeError {
  const tls = tlsProblem(error, error.code ?? '');
  if (tls) return new FedbridgeError('HTTP_PROXY', `The proxy ${shown} ${tls.what}.`, { cause: error, hint: tls.hint });
  return new FedbridgeError('HTTP_PROXY', `The proxy ${shown} could not be reached: ${error.code ?? 'unknown'}.`, {
    recovery: 'denial',
    cause: error,
    hint: `See that ${variable} names a proxy that runs, or exempt the hosts that can be reached without in no_proxy.`,
  });
}
