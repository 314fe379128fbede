import http, { type Agent } from 'node:http';
import type { Environment } from '../environment.ts';
import type { MachineNetwork } from './machine-network.ts';
import { type HttpProxy, proxyFor } from './proxy.ts';
import { verifyingBy } from './tls.ts';

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
  readonly #network: () => MachineNetwork;
  readonly #agents = new Map<string, Agent>();

  /** @param environment - whose proxies are used; read anew for each connection, as is `network` */
  constructor(environment: Environment, network: () => MachineNetwork) {
    this.#environment = environment;
    this.#network = network;
  }

  /** @param direct - whether no proxy reaches the address @throws FedbridgeError `HTTP_PROXY` */
  async connector(url: URL, direct: boolean): Promise<Connector> {
    const { proxy: machines, ca } = this.#network();
    const proxy = direct ? undefined : proxyFor(url, this.#environment, machines);
    const module = url.protocol === 'https:' ? (await import('node:https')).default : http;
    const tunnel = proxy && (await import('./tunnel.ts'));
    const key = proxy?.url.href ?? url.protocol;
    const options = await verifyingBy(url.protocol === 'https:' ? ca : undefined);
    const agent =
      this.#agents.get(key) ?? (tunnel ? new tunnel.TunnelAgent(proxy, options) : new module.Agent(options));
    this.#agents.set(key, agent);
    return { module, agent, proxy };
  }

  /** Closes what is kept open, so that the process may end. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}
