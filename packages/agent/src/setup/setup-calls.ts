import { backoff, type Outbound } from '@fedbridge/core';
import { callRest, type GetAccessToken, type RestCall } from '../azure-devops-rest.ts';

/** Access tokens for the APIs, new whenever they are asked for. */
export interface SetupTokens {
  readonly azureDevOps: GetAccessToken;
  readonly resourceManager: GetAccessToken;
  readonly graph: GetAccessToken;
}

/** A thing that a set-up needs, and what became of it. */
export interface SetupStep {
  readonly what: string;
  /** `is wrong`: it was left as it is, since nobody asked to fix it. */
  readonly state: 'is there' | 'done' | 'would be done' | 'is wrong';
  /** What is, or was, wrong. */
  readonly detail?: string;
  /** What was sent, or would be. */
  readonly request?: RestCall;
}

interface CallsOptions {
  readonly tokens: SetupTokens;
  /** Whether what changes something is reported alone. */
  readonly dryRun: boolean;
  /** Whether what is wrong is changed. */
  readonly fix: boolean;
  /** How long to wait for what spreads, each time, in ms. */
  readonly waitMs: number;
  /** Bounds and a log that are new for each call. */
  readonly outbound: () => Outbound;
  readonly report: (step: SetupStep) => void;
}

const waits = { first: 1_000, longest: 15_000 };

/** The calls of a set-up, each as who sets up, each step reported. All throw what `callRest` throws. */
export class SetupCalls {
  readonly dryRun: boolean;
  /** How many things were found wrong and left as they are. */
  wrong = 0;
  readonly #options: CallsOptions;

  constructor(options: CallsOptions) {
    this.#options = options;
    this.dryRun = options.dryRun;
  }

  /**
   * @returns the parsed answer; undefined for what is not there
   * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
   */
  get(api: keyof SetupTokens, url: string): Promise<unknown> {
    return this.send(api, { method: 'GET', url });
  }

  /**
   * Makes what is not there yet.
   *
   * @returns the answer; undefined where nothing was sent
   * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
   */
  async ensure(what: string, isThere: boolean, api: keyof SetupTokens, request: RestCall): Promise<unknown> {
    if (isThere) {
      this.confirm(what);
      return undefined;
    }
    const answer = this.dryRun ? undefined : await this.send(api, request);
    this.did(what, request);
    return answer;
  }

  /**
   * Changes what is wrong, if that was asked for.
   *
   * @returns whether it was changed, or would be
   * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
   */
  async fix(what: string, detail: string, api: keyof SetupTokens, request: RestCall): Promise<boolean> {
    const { fix, report } = this.#options;
    if (!fix) {
      this.wrong += 1;
      report({ what, state: 'is wrong', detail });
      return false;
    }
    if (!this.dryRun) await this.send(api, request);
    report({ what, state: this.dryRun ? 'would be done' : 'done', detail, request });
    return true;
  }

  confirm(what: string): void {
    this.#options.report({ what, state: 'is there' });
  }

  /** Reports what was sent, or would be. */
  did(what: string, request: RestCall): void {
    this.#options.report({ what, state: this.dryRun ? 'would be done' : 'done', request });
  }

  /**
   * Asks again until there is an answer, or time is up: what was made a moment ago is not known everywhere yet.
   *
   * @param what - what is waited for, as the end of a sentence
   */
  async until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T | undefined> {
    const { system, log } = this.#options.outbound();
    const end = system.now() + this.#options.waitMs;
    for (let asked = 1; ; asked += 1) {
      const answer = await ask();
      const waitMs = backoff(asked, system.random(), waits);
      if (answer !== undefined || system.now() + waitMs > end) return answer;
      if (asked === 1) log(`Waiting until ${what}: up to ${Math.round(this.#options.waitMs / 1000)} s.`);
      await system.sleep(waitMs);
    }
  }

  /** @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*` */
  send(api: keyof SetupTokens, request: RestCall): Promise<unknown> {
    return callRest(request, this.#options.tokens[api], this.#options.outbound());
  }
}
