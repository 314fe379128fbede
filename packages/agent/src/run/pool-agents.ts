import type { Outbound } from '@fedbridge/core';
import { callRest, type GetAccessToken, listOf } from '../azure-devops-rest.ts';
import type { Capabilities } from '../demand.ts';
import { findPool, type PoolName } from '../find-pool.ts';

/** A registered agent, as the service sees it. */
interface Registered {
  readonly id: number;
  readonly status?: string;
  /** The job that it has. */
  readonly assignedRequest?: { readonly requestId?: number };
}

/** The agent of a name in its pool, by the REST API. Source: Azure DevOps REST API, Distributed Task, "Agents". */
export class PoolAgents {
  readonly #agents: string;
  readonly #accessToken: GetAccessToken;
  readonly #outbound: () => Outbound;

  private constructor(agents: string, accessToken: GetAccessToken, outbound: () => Outbound) {
    this.#agents = agents;
    this.#accessToken = accessToken;
    this.#outbound = outbound;
  }

  /**
   * @param outbound - bounds that are new for each call
   * @throws FedbridgeError `INPUT_INVALID` for no pool; `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
   */
  static async of(pool: PoolName, accessToken: GetAccessToken, outbound: () => Outbound): Promise<PoolAgents> {
    const id = await findPool(pool, accessToken, outbound());
    return new PoolAgents(`${pool.organization}/_apis/distributedtask/pools/${id}/agents`, accessToken, outbound);
  }

  /** @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*` */
  async named(name: string): Promise<Registered | undefined> {
    return listOf<Registered>(await this.#call('GET', `?agentName=${encodeURIComponent(name)}&`))[0];
  }

  /**
   * Whether it has a job.
   *
   * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
   */
  async isBusy({ id }: Registered): Promise<boolean> {
    const now = (await this.#call('GET', `/${id}?includeAssignedRequest=true&`)) as Registered | undefined;
    return now?.assignedRequest !== undefined;
  }

  /**
   * Lets no further job begin on it.
   *
   * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
   */
  async disable({ id }: Registered): Promise<void> {
    await this.#call('PATCH', `/${id}?`, { id, enabled: false });
  }

  /** @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*` */
  async setCapabilities({ id }: Registered, capabilities: Capabilities): Promise<void> {
    await this.#call('PUT', `/${id}/usercapabilities?`, capabilities);
  }

  /** @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*` */
  async remove({ id }: Registered): Promise<void> {
    await this.#call('DELETE', `/${id}?`);
  }

  #call(method: 'GET' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const url = `${this.#agents}${path}api-version=7.1`;
    const call = { method, url, ...(body === undefined ? {} : { body }) };
    return callRest(call, this.#accessToken, this.#outbound());
  }
}
