import type { Lease } from './lease.ts';
import type { System } from './system.ts';

/** How a value that expires is acquired, and who hears of it. */
export interface RefresherOptions<T> {
  /** @param signal - aborted when what comes will be given to nobody */
  readonly acquire: (signal: AbortSignal) => Promise<Lease<T>>;
  /** What there is already. */
  readonly lease?: Lease<T> | undefined;
  /** Told of each new one before those who wait for it. */
  readonly onRenewed?: (lease: Lease<T>) => void;
  /** Told of each failure before those who wait. */
  readonly onFailed?: (error: unknown) => void;
}

/**
 * A value that expires, and the next one: one acquisition runs at a time, and all who ask meanwhile share it. When to ask for the next is
 * for whoever holds it to say: `renewed` when somebody needs it, a broker ahead of its expiry.
 */
export class Refresher<T> {
  readonly #options: RefresherOptions<T>;
  #lease: Lease<T> | undefined;
  #pending: Promise<Lease<T>> | undefined;
  #wanted = new AbortController();

  constructor(options: RefresherOptions<T>) {
    this.#options = options;
    this.#lease = options.lease;
  }

  /** What came last, expired or not; undefined before the first, and once dropped. */
  get lease(): Lease<T> | undefined {
    return this.#lease;
  }

  /** @throws what `acquire` throws, or why it was dropped meanwhile */
  renew(): Promise<Lease<T>> {
    this.#pending ??= this.#acquire().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  /** What there is, and what is being acquired, is given to nobody any more. @param why - what those are told who wait */
  drop(why: Error): void {
    this.#lease = undefined;
    this.#wanted.abort(why);
    this.#wanted = new AbortController();
  }

  async #acquire(): Promise<Lease<T>> {
    const { acquire, onRenewed, onFailed } = this.#options;
    const { signal } = this.#wanted;
    try {
      const lease = await acquire(signal);
      signal.throwIfAborted();
      this.#lease = lease;
      onRenewed?.(lease);
      return lease;
    } catch (error) {
      const why: unknown = signal.aborted ? signal.reason : error;
      onFailed?.(why);
      throw why;
    }
  }
}

/**
 * One value for all who ask, until it has too little time left; then a new one. Whoever asks meanwhile shares the request, and asks anew
 * where it failed.
 *
 * @param least - how much must be left, in ms
 */
export function renewed<T>(
  acquire: () => Promise<Lease<T>>,
  least: number,
  system: Pick<System, 'now'>,
): () => Promise<T> {
  const refresher = new Refresher({ acquire });
  return async () => {
    const { lease } = refresher;
    const isFresh = lease !== undefined && lease.expiresAt - system.now() > least;
    return (isFresh ? lease : await refresher.renew()).value;
  };
}
