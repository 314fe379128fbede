import type { Alphabet } from './alphabet.ts';
import type { Machine } from './machine.ts';

/** Texts without wildcards: letter by letter, with what they begin with in common. Most conditions are no more than that. */
export class TextMachine implements Machine {
  readonly start = 2;
  readonly only: string | undefined;
  readonly #alphabet: Alphabet;
  readonly #next: Map<number, number>[] = [];
  readonly #accepts: boolean[] = [];

  constructor(alphabet: Alphabet, texts: readonly string[]) {
    this.#alphabet = alphabet;
    this.only = texts.length === 1 ? texts[0] : undefined;
    this.#state();
    for (const text of texts) {
      alphabet.spend(1 + text.length);
      let at: number = this.start;
      for (let index = 0; index < text.length; index += 1) {
        const next = this.#nextOf(at);
        const unit = alphabet.classOf(text.charCodeAt(index));
        at = next.get(unit) ?? this.#state();
        next.set(unit, at);
      }
      this.#accepts[at - this.start] = true;
    }
  }

  step(state: number, classIndex: number): number {
    return state < this.start ? state : (this.#nextOf(state).get(classIndex) ?? 0);
  }

  run(state: number, text: string): number {
    let now = state;
    for (let at = 0; at < text.length && now > 1; at += 1)
      now = this.step(now, this.#alphabet.classOf(text.charCodeAt(at)));
    return now;
  }

  accepts(state: number): boolean {
    return state === 1 || (this.#accepts[state - this.start] ?? false);
  }

  live(state: number): readonly number[] | undefined {
    return state === 1 ? undefined : state === 0 ? [] : [...this.#nextOf(state).keys()];
  }

  #state(): number {
    this.#accepts.push(false);
    return this.#next.push(new Map()) - 1 + this.start;
  }

  #nextOf(state: number): Map<number, number> {
    return this.#next[state - this.start] as Map<number, number>;
  }
}
