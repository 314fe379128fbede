import { AzureDevOpsProblem } from './azure-devops-problem.ts';

/** How much one identity may use. */
export interface RateLimit {
  /** How many requests within the window; the service counts units of throughput, 200 in five minutes. */
  readonly requests: number;
  /** The sliding window, in seconds. */
  readonly seconds: number;
}

/** From this part of the limit on, answers say how much is left. */
const near = 0.5;

/**
 * Counts what each identity uses, and blocks who uses too much.
 * Source: Microsoft Learn, "Azure DevOps rate and usage limits".
 */
export class Throttle {
  readonly #limit: RateLimit | undefined;
  readonly #now: () => number;
  readonly #uses = new Map<string, readonly number[]>();

  /** @param now - ms since 1970-01-01 UTC */
  constructor(limit: RateLimit | undefined, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /**
   * Counts a request.
   *
   * @returns the headers of its answer
   * @throws AzureDevOpsProblem 429, with the same and `Retry-After`
   */
  count(identity: string): Readonly<Record<string, string>> {
    if (!this.#limit) return {};
    const { requests, seconds } = this.#limit;
    const now = this.#now();
    const within = (this.#uses.get(identity) ?? []).filter((at) => at > now - seconds * 1000);
    const [oldest = now] = within;
    const isBlocked = within.length >= requests;
    if (!isBlocked) within.push(now);
    this.#uses.set(identity, within);
    if (within.length < requests * near) return {};
    const resetAt = (within.at(-1) ?? now) + seconds * 1000;
    const headers = {
      'x-ratelimit-resource': 'DistributedTask',
      'x-ratelimit-limit': String(requests),
      'x-ratelimit-remaining': String(requests - within.length),
      'x-ratelimit-reset': String(Math.ceil(resetAt / 1000)),
    };
    if (!isBlocked) return headers;
    const waitSeconds = Math.max(1, Math.ceil((oldest + seconds * 1000 - now) / 1000));
    throw new AzureDevOpsProblem(
      429,
      'RequestBlockedException',
      'TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource DistributedTask in namespace User.',
      { ...headers, 'retry-after': String(waitSeconds), 'x-ratelimit-delay': String(waitSeconds) },
    );
  }
}
