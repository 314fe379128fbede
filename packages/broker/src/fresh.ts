import { FedbridgeError, type System } from '@fedbridge/core';
import type { Account } from './account.ts';

/** Something that ends. */
export interface Held<T> {
  readonly value: T;
  /** In ms since 1970-01-01 UTC. */
  readonly expiresAt: number;
}

export interface FreshOptions<T> {
  /** @param isFirst - whether there never was one: it is worth some more tries, since nothing else can be given */
  readonly acquire: (isFirst: boolean) => Promise<Held<T>>;
  readonly system: Pick<System, 'now' | 'sleep' | 'random'>;
  readonly account: Pick<Account, 'renewed' | 'failed' | 'gap'>;
  readonly held?: Held<T> | undefined;
  /** Whether it is renewed though nobody asked for it since the last time. */
  readonly renewUnasked: boolean;
  /** Told of each new one, before it is handed out. */
  readonly onNew?: (held: Held<T>) => Promise<void>;
  /** Told that what there was is not to be had any more, before anybody is told why. */
  readonly onDenied?: () => Promise<void>;
}

/** Failures are tried again after a random time up to this, in ms, which doubles from one to the next. */
const firstWait = 500;
const longestWait = 10_000;

/** Clients wait a second for an answer: with a reason at hand it is given sooner, in ms. */
const clientPatience = 700;

/** Timers run in steps of so many ms. */
const longestSleep = 30_000;

/**
 * A value that ends and is renewed before it does. One acquisition runs at a time, however many ask. While it cannot be
 * renewed, what is still valid is handed out; with nothing valid left, the reason is thrown. Where a new one is not what is
 * required, nothing is valid until one is.
 */
export class Fresh<T> {
  readonly #options: FreshOptions<T>;
  #held: Held<T> | undefined;
  #renewAt = 0;
  #pending: Promise<Held<T>> | undefined;
  #failures = 0;
  #retryAt = 0;
  #lastError: unknown;
  #asked = false;
  #stopped = false;
  #why: FedbridgeError | undefined;

  constructor(options: FreshOptions<T>) {
    this.#options = options;
    if (options.held) this.#hold(options.held);
  }

  /** @throws what `acquire` throws, when nothing valid is left */
  async get(): Promise<Held<T>> {
    if (this.#why) throw this.#why;
    const { system } = this.#options;
    this.#asked = true;
    const now = system.now();
    const held = this.#held;
    if (!held || held.expiresAt <= now) {
      // A storm of callers does not become a storm of requests.
      if (now < this.#retryAt) throw this.#lastError;
      const renewal = this.#renew();
      if (this.#failures === 0) return renewal;
      renewal.catch(() => {});
      return Promise.race([renewal, system.sleep(clientPatience).then(() => Promise.reject(this.#lastError))]);
    }
    if (now >= this.#renewAt && now >= this.#retryAt) {
      const renewal = this.#renew();
      renewal.catch(() => {});
      if (now < this.#lastCall(held)) return held;
      const ifStillServed = () => {
        if (this.#why ?? this.#held === undefined) throw this.#why ?? this.#lastError;
        return held;
      };
      const asLongAsItIsOfUse = system.sleep((held.expiresAt - now) / 2).then(ifStillServed);
      return Promise.race([renewal.catch(ifStillServed), asLongAsItIsOfUse]);
    }
    return held;
  }

  /** Renews ahead of the end for as long as it is not stopped. */
  async keep(): Promise<void> {
    const { system, renewUnasked } = this.#options;
    while (!this.#stopped) {
      const now = system.now();
      const due = Math.max(this.#renewAt, this.#retryAt);
      if (now < due) {
        // In steps, so that it notices being stopped and a machine that slept.
        await system.sleep(Math.min(due - now, longestSleep));
      } else if (renewUnasked || this.#asked) {
        this.#asked = false;
        await this.#renew().catch(() => {});
      } else {
        // Whoever asks next has it renewed.
        await system.sleep(longestSleep);
      }
    }
  }

  /** @param why - what whoever asks from now on is told, in the place of being given what there is */
  stop(why?: FedbridgeError): void {
    this.#stopped = true;
    this.#why = why;
    if (why) this.#held = undefined;
  }

  /** From here on a caller waits for the renewal: what is held might end on its way. */
  #lastCall({ expiresAt }: Held<T>): number {
    return expiresAt - Math.min(60_000, (expiresAt - this.#renewAt) / 4);
  }

  #hold(held: Held<T>): void {
    const { system } = this.#options;
    const now = system.now();
    const lifetime = held.expiresAt - now;
    this.#held = held;
    // With 30 to 40 per cent left: the jitter keeps jobs that began together apart.
    this.#renewAt = held.expiresAt - lifetime * (0.3 + 0.1 * system.random());
  }

  #renew(): Promise<Held<T>> {
    this.#pending ??= this.#acquire().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #acquire(): Promise<Held<T>> {
    const { acquire, system, account, onNew, onDenied } = this.#options;
    const before = this.#held;
    try {
      const held = await acquire(before === undefined);
      if (this.#why) throw this.#why;
      await onNew?.(held);
      // What ended because nobody asked for it was missed by nobody.
      if (before && this.#failures > 0 && before.expiresAt < system.now()) account.gap(system.now() - before.expiresAt);
      this.#failures = 0;
      this.#retryAt = 0;
      this.#hold(held);
      account.renewed();
      return held;
    } catch (error) {
      this.#lastError = error;
      this.#failures += 1;
      this.#retryAt = system.now() + this.#wait();
      const isDenied = error instanceof FedbridgeError && error.detail.breaksGuard === true;
      if (isDenied) {
        this.#held = undefined;
        await onDenied?.();
      }
      account.failed(isDenied ? error.message : undefined);
      throw error;
    }
  }

  #wait(): number {
    const { system } = this.#options;
    const bound = Math.min(longestWait, firstWait * 2 ** (this.#failures - 1));
    return bound * (0.5 + 0.5 * system.random());
  }
}
