import { callRest, listOf } from '../azure-devops-rest.ts';
import type { Capabilities } from '../demand.ts';
import { findPool, type PoolName } from '../find-pool.ts';
import type { AgentWorld } from './agent-options.ts';

const callMs = 60_000;

/** A registered agent, as the service sees it. */
interface Registered {
  readonly id: number;
  readonly status?: string;
  readonly enabled?: boolean;
  /** The job that it has. */
  readonly assignedRequest?: { readonly requestId?: number };
}

/** An agent in its pool, by the REST API. Source: Azure DevOps REST API, Distributed Task, "Agents". */
export class PoolAgent {
  readonly isOffline: boolean;
  readonly isEnabled: boolean;
  readonly #id: number;
  readonly #call: Call;

  private constructor({ id, status, enabled }: Registered, call: Call) {
    this.isOffline = status === 'offline';
    this.isEnabled = enabled !== false;
    this.#id = id;
    this.#call = call;
  }

  /**
   * @param ms - how long each call may take, with retries
   * @returns undefined where the pool has none of this name
   * @throws FedbridgeError `INPUT_INVALID` for no pool; `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
   */
  static async find(
    place: PoolName & { readonly name: string },
    { accessToken, outbound }: Pick<AgentWorld, 'accessToken' | 'outbound'>,
    ms: () => number = () => callMs,
  ): Promise<PoolAgent | undefined> {
    const pool = await findPool(place, accessToken, outbound(ms()));
    const agents = `${place.organization}/_apis/distributedtask/pools/${pool}/agents`;
    const call: Call = (method, path, body) => {
      const url = `${agents}${path}api-version=7.1`;
      return callRest({ method, url, ...(body === undefined ? {} : { body }) }, accessToken, outbound(ms()));
    };
    const [found] = listOf<Registered>(await call('GET', `?agentName=${encodeURIComponent(place.name)}&`));
    return found && new PoolAgent(found, call);
  }

  /**
   * Whether it has a job.
   *
   * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
   */
  async isBusy(): Promise<boolean> {
    const now = (await this.#call('GET', `/${this.#id}?includeAssignedRequest=true&`)) as Registered | undefined;
    return now?.assignedRequest !== undefined;
  }

  /**
   * Whether further jobs may begin on it; one that it has goes on.
   *
   * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
   */
  async enable(enabled: boolean): Promise<void> {
    await this.#call('PATCH', `/${this.#id}?`, { id: this.#id, enabled });
  }

  /** @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*` */
  async setCapabilities(capabilities: Capabilities): Promise<void> {
    await this.#call('PUT', `/${this.#id}/usercapabilities?`, capabilities);
  }

  /** @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*` */
  async remove(): Promise<void> {
    await this.#call('DELETE', `/${this.#id}?`);
  }
}

type Call = (method: 'GET' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<unknown>;
