import http, { type Agent, type ClientRequestArgs } from 'node:http';
import { isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Environment } from '../environment.ts';
import type { MachineNetwork } from './machine-network.ts';
import { type HttpProxy, proxyFor } from './proxy.ts';
import { verifyingBy } from './tls.ts';

/** What connects to an address: `node:http` or `node:https`, and an agent that keeps connections open. */
export interface Connector {
  readonly module: Pick<typeof http, 'request'>;
  readonly agent: Agent;
  /** How the agent connects. */
  readonly options: Awaited<ReturnType<typeof verifyingBy>>;
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
  /** Connections that were begun before there was a request, by address; undefined once they are used, or of no use. */
  readonly #ahead = new Map<string, Socket | undefined>();

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
      this.#agents.get(key) ??
      (tunnel ? new tunnel.TunnelAgent(proxy, options) : this.#withAhead(new module.Agent(options)));
    this.#agents.set(key, agent);
    return { module, agent, options, proxy };
  }

  /**
   * Begins to connect to where a request will go, once for each address. Where that fails, or ends before its time, the request connects
   * by itself. No proxy is asked ahead: what it denies is to be about a request.
   *
   * @throws FedbridgeError `HTTP_PROXY`
   */
  async connectAhead(url: URL): Promise<void> {
    const { agent, options, proxy } = await this.connector(url, false);
    const address = addressOf(url);
    const name = nameOf(address);
    if (proxy || this.#ahead.has(name)) return;
    const asRequestsDo: ConnectionOptions & TcpNetConnectOpts = {
      ...options,
      ...address,
      servername: isIP(address.host) ? '' : address.host,
      noDelay: true,
    };
    const socket = agent.createConnection(asRequestsDo) as Socket;
    this.#ahead.set(name, socket);
    // Where no request comes, nobody waits for its end.
    socket.unref();
    // Whoever has it by then hears of it as well.
    socket.on('error', () => this.#ahead.set(name, undefined)).on('close', () => this.#ahead.set(name, undefined));
  }

  /** An agent whose first connection to an address may have begun already. */
  #withAhead(agent: Agent): Agent {
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (options, connected) => {
      const name = nameOf(options);
      const socket = this.#ahead.get(name);
      if (!socket) return connect(options, connected);
      this.#ahead.set(name, undefined);
      return socket.ref();
    };
    return agent;
  }

  /** Closes what is kept open, so that the process may end. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
    for (const socket of this.#ahead.values()) socket?.destroy();
    this.#ahead.clear();
  }
}

/** As Node takes it: the URL standard keeps the brackets of an IPv6 address. */
export function addressOf({ protocol, hostname, port }: URL): { readonly host: string; readonly port: number } {
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}

const nameOf = ({ host, port }: Pick<ClientRequestArgs, 'host' | 'port'>) => `${host} ${port}`;
