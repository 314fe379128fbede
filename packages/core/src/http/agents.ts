import http, { type Agent } from 'node:http';
import type { HttpClient as ActionsHttpClient } from '@actions/http-client';
import { getProxyUrl } from '@actions/http-client/lib/proxy';

/** What connects to an address: `node:http` or `node:https`, and an agent that keeps connections open. */
export interface Connector {
  readonly module: Pick<typeof http, 'request'>;
  readonly agent: Agent;
}

/**
 * Agents by origin: for a proxy of `https_proxy`, `http_proxy` and `no_proxy` that of `@actions/http-client`, else Node's own. TLS
 * and the library take longer to load than a request takes: each is loaded when an address asks for it.
 */
export class Agents {
  readonly #own = new Map<string, Agent>();
  readonly #proxied = new Map<string, ActionsHttpClient>();

  /** @param direct - whether no proxy reaches the address */
  async connector(url: URL, direct: boolean): Promise<Connector> {
    const secure = url.protocol === 'https:';
    const module = secure ? (await import('node:https')).default : http;
    if (!direct && getProxyUrl(url)?.hostname) return { module, agent: await this.#behindProxy(url) };
    const known = this.#own.get(url.protocol);
    const agent = known ?? new module.Agent({ keepAlive: true });
    this.#own.set(url.protocol, agent);
    return { module, agent };
  }

  /** Closes what is kept open, so that the process may end. */
  close(): void {
    for (const agent of this.#own.values()) agent.destroy();
    for (const client of this.#proxied.values()) client.dispose();
    this.#own.clear();
    this.#proxied.clear();
  }

  /** A client of that library keeps one agent whatever the scheme of the address: hence one client an origin. */
  async #behindProxy(url: URL): Promise<Agent> {
    const { HttpClient } = await import('@actions/http-client');
    const client = this.#proxied.get(url.origin) ?? new HttpClient('fedbridge', [], { keepAlive: true });
    this.#proxied.set(url.origin, client);
    return client.getAgent(url.href) as Agent;
  }
}
