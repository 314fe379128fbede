import http, { type Agent } from 'node:http';
import type { Environment } from '../environment.ts';
import { type HttpProxy, proxyFor } from './proxy.ts';
import { verifying } from './tls.ts';

/** What connects to an address: `node:http` or `node:https`, and an agent that keeps connections open. */
export interface Connector {
  readonly module: Pick<typeof http, 'request'>;
  readonly agent: Agent;
  /** The proxy that is on the way, if there is one. */
  readonly proxy: HttpProxy | undefined;
}

/**
 * Agents by scheme and proxy. TLS takes longer to load than a request takes, and tunnels come on top: each is loaded when an address
 * asks for it.
 */
export class Agents {
  readonly #environment: Environment;
  readonly #agents = new Map<string, Agent>();

  /** @param environment - whose proxies are used; read anew for each connection */
  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** @param direct - whether no proxy reaches the address @throws FedbridgeError `HTTP_PROXY` */
  async connector(url: URL, direct: boolean): Promise<Connector> {
    const proxy = direct ? undefined : proxyFor(url, this.#environment);
    const module = url.protocol === 'https:' ? (await import('node:https')).default : http;
    const tunnel = proxy && (await import('./tunnel.ts'));
    const key = proxy?.url.href ?? url.protocol;
    const agent = this.#agents.get(key) ?? (tunnel ? new tunnel.TunnelAgent(proxy) : new module.Agent(verifying));
    this.#agents.set(key, agent);
    return { module, agent, proxy };
  }

  /** Closes what is kept open, so that the process may end. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}
