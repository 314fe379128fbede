import { FedbridgeError } from '@fedbridge/core';
import type { StatusFile } from './status-file.ts';

/** Something acquired that clients may be given. */
export interface Holding {
  /** What there is, and what is being acquired, is given to nobody any more. */
  drop(why: FedbridgeError): Promise<void>;
  /** The same, and nothing is acquired any more. */
  stop(why: FedbridgeError): Promise<void>;
}

/**
 * All that a broker has acquired and may give. It is one identity's: where anything that comes back breaks a guard, nothing of before is given
 * any more, at whatever endpoint, nor what is on its way. What is asked for since is given if it passes the guards.
 */
export class Holdings {
  readonly #all: Holding[] = [];
  readonly #status: Pick<StatusFile, 'denied' | 'settled'>;
  /** For what all was dropped the last time. */
  #lost: FedbridgeError | undefined;
  #stopped: FedbridgeError | undefined;

  constructor(status: Pick<StatusFile, 'denied' | 'settled'>) {
    this.#status = status;
  }

  add(holding: Holding): void {
    this.#all.push(holding);
    if (this.#stopped) void holding.stop(this.#stopped);
  }

  /** Everything is acquired through here. @throws what `ask` throws, or for what it was not worth waiting for */
  async acquire<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#stopped) throw this.#stopped;
    const before = this.#lost;
    const got = await ask().catch(async (error: unknown) => {
      if (error instanceof FedbridgeError && error.detail.breaksGuard) await this.#deny(error);
      throw error;
    });
    if (this.#lost !== before) throw this.#lost;
    return got;
  }

  /** Nothing is given any more, and nothing acquired. */
  async stop(why: FedbridgeError): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = why;
    this.#lost = why;
    await Promise.all(this.#all.map((one) => one.stop(why)));
  }

  async #deny(why: FedbridgeError): Promise<void> {
    this.#lost = why;
    this.#status.denied(why.message);
    await Promise.all(this.#all.map((one) => one.drop(why)));
    // Before anybody knows of it: a broker that is started again must not give what this one does not.
    await this.#status.settled();
  }
}
