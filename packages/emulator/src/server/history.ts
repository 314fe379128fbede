/** What happened, the newest of it: a load test does not fill the memory. */
export class History<T> {
  /** In the order it came; at least the newest `kept`, at most twice as many. */
  readonly all: readonly T[];
  readonly #all: T[] = [];
  readonly #kept: number;

  constructor(kept: number) {
    this.all = this.#all;
    this.#kept = kept;
  }

  add(one: T): void {
    if (this.#all.length >= 2 * this.#kept) this.#all.splice(0, this.#all.length - this.#kept + 1);
    this.#all.push(one);
  }
}
