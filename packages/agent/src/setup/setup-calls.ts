import type { Outbound } from '@fedbridge/core';
import { callRest, type GetAccessToken, type RestCall } from '../azure-devops-rest.ts';

/** Access tokens for the two APIs, new whenever they are asked for. */
export interface SetupTokens {
  readonly azureDevOps: GetAccessToken;
  readonly resourceManager: GetAccessToken;
}

/** A thing that a set-up needs, and what became of it. */
export interface SetupStep {
  readonly what: string;
  readonly state: 'is there' | 'done' | 'would be done';
  /** What was sent, or would be. */
  readonly request?: RestCall;
}

interface CallsOptions {
  readonly tokens: SetupTokens;
  /** Whether what changes something is reported alone. */
  readonly dryRun: boolean;
  /** Bounds and a log that are new for each call. */
  readonly outbound: () => Outbound;
  readonly report: (step: SetupStep) => void;
}

/** The calls of a set-up, each as who sets up, each step reported. All throw what `callRest` throws. */
export class SetupCalls {
  readonly #options: CallsOptions;

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  /**
   * @returns the parsed answer; undefined for what is not there
   * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
   */
  get(api: keyof SetupTokens, url: string): Promise<unknown> {
    return this.#call(api, { method: 'GET', url });
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
    const answer = this.#options.dryRun ? undefined : await this.#call(api, request);
    this.#options.report({ what, state: this.#options.dryRun ? 'would be done' : 'done', request });
    return answer;
  }

  confirm(what: string): void {
    this.#options.report({ what, state: 'is there' });
  }

  #call(api: keyof SetupTokens, request: RestCall): Promise<unknown> {
    return callRest(request, this.#options.tokens[api], this.#options.outbound());
  }
}
