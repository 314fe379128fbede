import {
  backoff,
  type FedbridgeError,
  type Lease,
  lastCall,
  Refresher,
  renewalTime,
  type System,
} from '@fedbridge/core';
import type { Holding } from './holdings.ts';
import type { StatusFile } from './status-file.ts';

/** How a value is renewed, and who hears of it. */
export interface RenewalOptions<T> {
  /** @param isFirst - whether there never was one: it is worth some more tries, since nothing else can be given */
  readonly acquire: (isFirst: boolean) => Promise<Lease<T>>;
  readonly system: Pick<System, 'now' | 'sleep' | 'random'>;
  readonly status: Pick<StatusFile, 'renewed' | 'failed' | 'gap'>;
  /** What there is already. */
  readonly lease?: Lease<T> | undefined;
  /** Whether it is renewed though nobody asked for it since the last time. */
  readonly renewUnasked: boolean;
  /** Told of each new one, before it is handed out. */
  readonly onNew?: (lease: Lease<T>) => Promise<void>;
  /** Told that what there was is not to be had any more, before anybody is told why. Nothing that `onNew` is still at comes after it. */
  readonly onDropped?: () => Promise<void>;
}

/** Clients wait a second for an answer: with a reason at hand it is given sooner, in ms. */
const clientTimeout = 700;

/** Timers run in steps of so many ms. */
const longestSleep = 30_000;

/**
 * A value that is renewed before it expires. One acquisition runs at a time, however many ask. While it cannot be
 * renewed, what is still valid is handed out; with nothing valid left, the reason is thrown.
 */
export class Renewal<T> implements Holding {
  readonly #options: RenewalOptions<T>;
  readonly #refresher: Refresher<T>;
  #renewAt = 0;
  #failures = 0;
  #retryAt = 0;
  #lastError: unknown;
  #asked = false;
  /** Until when there was something to give; undefined if there never was. */
  #validUntil: number | undefined;
  /** When somebody was last given nothing since then; undefined if nobody was. */
  #missedAt: number | undefined;
  #wake: () => void = () => {};
  #stopped: FedbridgeError | undefined;

  constructor(options: RenewalOptions<T>) {
    this.#options = options;
    this.#refresher = new Refresher({
      acquire: (signal) => this.#acquire(signal),
      lease: options.lease,
      onRenewed: (lease) => this.#renewed(lease),
      onFailed: (error) => this.#failed(error),
    });
    if (!options.lease) return;
    this.#take(options.lease);
    // A broker before this one may have had newer ones.
    this.#validUntil = Math.max(options.lease.expiresAt, options.system.now());
  }

  /** @throws what `acquire` throws, when nothing valid is left */
  async get(): Promise<Lease<T>> {
    if (this.#stopped) throw this.#stopped;
    const { system } = this.#options;
    this.#asked = true;
    const now = system.now();
    const { lease } = this.#refresher;
    if (!lease || lease.expiresAt <= now) {
      // A storm of callers does not become a storm of requests.
      if (now < this.#retryAt) return this.#refuse();
      const renewal = this.#refresher.renew();
      if (this.#failures === 0) return renewal;
      renewal.catch(() => {});
      const asLongAsClientsWait = system.sleep(clientTimeout).then(() => this.#valid ?? this.#refuse());
      return Promise.race([renewal, asLongAsClientsWait]);
    }
    if (now >= this.#renewAt && now >= this.#retryAt) {
      const renewal = this.#refresher.renew();
      renewal.catch(() => {});
      if (now < lastCall(lease, this.#renewAt)) return lease;
      const whatThereIs = () => {
        if (this.#refresher.lease === undefined) throw this.#lastError;
        return this.#refresher.lease;
      };
      const asLongAsItIsOfUse = system.sleep((lease.expiresAt - now) / 2).then(whatThereIs);
      return Promise.race([renewal.catch(whatThereIs), asLongAsItIsOfUse]);
    }
    return lease;
  }

  /** Renews ahead of the end for as long as it is not stopped. */
  async keep(): Promise<void> {
    const { system, renewUnasked } = this.#options;
    while (!this.#stopped) {
      const now = system.now();
      const due = Math.max(this.#renewAt, this.#retryAt);
      if (now < due) {
        // In steps, so that it notices being stopped and a machine that slept.
        await this.#rest(Math.min(due - now, longestSleep));
      } else if (renewUnasked || this.#asked) {
        this.#asked = false;
        await this.#refresher.renew().catch(() => {});
      } else {
        // Whoever asks next has it renewed.
        await this.#rest(longestSleep);
      }
    }
  }

  /**
   * What there is, and what is being acquired, is given to nobody any more: whoever asks from now on has another one acquired.
   *
   * @param why - what those are told who wait already
   */
  async drop(why: FedbridgeError): Promise<void> {
    const { system, onDropped } = this.#options;
    this.#lastError = why;
    this.#refresher.drop(why);
    this.#renewAt = 0;
    if (this.#validUntil !== undefined) this.#validUntil = Math.min(this.#validUntil, system.now());
    this.#wake();
    await onDropped?.();
  }

  /** @param why - what whoever asks from now on is told */
  async stop(why: FedbridgeError): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = why;
    this.#tellGap(this.#missedAt);
    await this.drop(why);
  }

  /** As long as nothing is dropped. */
  #rest(ms: number): Promise<void> {
    const woken = new Promise<void>((wake) => {
      this.#wake = wake;
    });
    return Promise.race([this.#options.system.sleep(ms), woken]);
  }

  #take(lease: Lease<T>): void {
    const { system } = this.#options;
    this.#validUntil = lease.expiresAt;
    this.#missedAt = undefined;
    this.#renewAt = renewalTime(lease, system.now(), system.random());
  }

  async #acquire(signal: AbortSignal): Promise<Lease<T>> {
    const { acquire, onNew } = this.#options;
    const lease = await acquire(this.#refresher.lease === undefined);
    signal.throwIfAborted();
    await onNew?.(lease);
    return lease;
  }

  #renewed(lease: Lease<T>): void {
    const { system, status } = this.#options;
    if (this.#missedAt !== undefined) this.#tellGap(system.now());
    this.#failures = 0;
    this.#retryAt = 0;
    this.#take(lease);
    status.renewed();
  }

  #failed(error: unknown): void {
    if (this.#stopped) return;
    const { system, status } = this.#options;
    this.#lastError = error;
    this.#failures += 1;
    this.#retryAt = system.now() + backoff(this.#failures, system.random());
    if (!this.#valid) this.#missedAt = system.now();
    this.#tellGap(this.#missedAt);
    status.failed();
  }

  get #valid(): Lease<T> | undefined {
    const { lease } = this.#refresher;
    return lease && lease.expiresAt > this.#options.system.now() ? lease : undefined;
  }

  #refuse(): never {
    this.#missedAt = this.#options.system.now();
    throw this.#lastError;
  }

  /** @param until - undefined where nobody missed what ended */
  #tellGap(until: number | undefined): void {
    const gap = (until ?? 0) - (this.#validUntil ?? Number.POSITIVE_INFINITY);
    if (gap > 0) this.#options.status.gap(gap);
  }
}
