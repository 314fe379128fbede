/** What happened, the newest of it: a load test does not fill the memory. */
export class History<T> {
  readonly #all: T[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** In the order it came; at least the newest `limit`, at most twice as many. The same list for good. */
  get all(): readonly T[] {
    return this.#all;
  }

  add(one: T): void {
    if (this.#all.length >= 2 * this.#limit) this.#all.splice(0, this.#all.length - this.#limit + 1);
    this.#all.push(one);
  }
}
