import type { System } from '@fedbridge/core';
import type { Holding } from './holdings.ts';

/** For how long what was replaced is of use still to who has just read it, in ms. */
const graceMs = 60_000;

/** What was replaced is ended a minute later, so that nobody has it for longer than it is of use; at once when a broker gives nothing any more. */
export class Replaced implements Holding {
  readonly #system: Pick<System, 'sleep'>;
  readonly #left = new Map<() => Promise<void>, Promise<void> | undefined>();

  constructor(system: Pick<System, 'sleep'>) {
    this.#system = system;
  }

  /** @param end - ends it; whether it can is its own affair */
  add(end: () => Promise<void>): void {
    this.#left.set(end, undefined);
    void this.#system.sleep(graceMs).then(() => this.#end(end));
  }

  async drop(): Promise<void> {
    await Promise.all([...this.#left.keys()].map((end) => this.#end(end)));
  }

  stop(): Promise<void> {
    return this.drop();
  }

  async #end(end: () => Promise<void>): Promise<void> {
    if (!this.#left.has(end)) return;
    const ended =
      this.#left.get(end) ??
      end()
        .catch(() => {})
        .finally(() => this.#left.delete(end));
    this.#left.set(end, ended);
    await ended;
  }
}
