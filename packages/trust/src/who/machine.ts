import type { Alphabet } from './alphabet.ts';

/**
 * A nondeterministic automaton in the making. It is our own: a library for automata works on sets of characters and regular expressions,
 * while here several run over parts of one token at once, and only what can be reached is ever made.
 */
export class Nfa {
  readonly nodes: Node[] = [];
  readonly alphabet: Alphabet;

  constructor(alphabet: Alphabet) {
    this.alphabet = alphabet;
  }

  node(): number {
    return this.nodes.push({ on: new Map(), any: [], free: [], accepts: false }) - 1;
  }

  at(node: number): Node {
    return this.nodes[node] as Node;
  }

  /** A node from which everything goes on as from another, and that accepts an empty text or not, whatever that does. */
  before(start: number, accepts: boolean): number {
    const node = this.node();
    const all = new Set([start]);
    for (const one of all) for (const next of this.at(one).free) all.add(next);
    for (const one of all) {
      const { on, any } = this.at(one);
      this.at(node).any.push(...any);
      for (const [index, to] of on) this.at(node).on.set(index, [...(this.at(node).on.get(index) ?? []), ...to]);
    }
    this.at(node).accepts = accepts;
    return node;
  }

  on(from: number, classes: readonly number[], to: number): void {
    const { on } = this.at(from);
    for (const one of classes) on.set(one, [...(on.get(one) ?? []), to]);
  }
}

interface Node {
  /** By class. */
  readonly on: Map<number, number[]>;
  /** Whatever comes. */
  readonly any: number[];
  /** Without anything. */
  readonly free: number[];
  accepts: boolean;
}

/** A deterministic automaton. State 0 is where nothing can be accepted any more, 1 where all is. */
export interface Machine {
  readonly start: number;
  step(state: number, classIndex: number): number;
  run(state: number, text: string): number;
  accepts(state: number): boolean;
  /** The classes with which something can still be accepted; undefined for all. */
  live(state: number): readonly number[] | undefined;
  /** The text that it accepts, where that is known to be the only one. */
  readonly only?: string | undefined;
}

/** One of sets of nodes, made as far as it is asked. */
export class SubsetMachine implements Machine {
  readonly start: number;
  readonly #nfa: Nfa;
  readonly #sets: (readonly number[])[] = [[], []];
  readonly #states = new Map<string, number>();
  /** The states of nodes with all that is behind them. */
  readonly #known = new Map<string, number>();
  /** By state and class; -1 where nobody asked yet. */
  readonly #next: Int32Array[] = [];
  readonly #accepts: boolean[] = [false, true];
  readonly #live = new Map<number, readonly number[]>();

  constructor(nfa: Nfa, start: number) {
    this.#nfa = nfa;
    this.start = this.#stateOf([start]);
  }

  step(state: number, classIndex: number): number {
    if (state <= 1) return state;
    const row = this.#next[state] ?? new Int32Array(this.#nfa.alphabet.size).fill(-1);
    const known = row[classIndex] ?? 0;
    if (known >= 0) return known;
    this.#next[state] = row;
    const targets: number[] = [];
    for (const node of this.#sets[state] ?? []) {
      const { on, any } = this.#nfa.at(node);
      targets.push(...(on.get(classIndex) ?? []), ...any);
    }
    const next = this.#behind(targets);
    row[classIndex] = next;
    return next;
  }

  run(state: number, text: string): number {
    let now = state;
    for (let at = 0; at < text.length && now > 1; at += 1)
      now = this.step(now, this.#nfa.alphabet.classOf(text.charCodeAt(at)));
    return now;
  }

  accepts(state: number): boolean {
    return this.#accepts[state] ?? false;
  }

  live(state: number): readonly number[] | undefined {
    if (state === 1) return undefined;
    const known = this.#live.get(state);
    if (known) return known;
    const set = (this.#sets[state] ?? []).map((node) => this.#nfa.at(node));
    if (set.some(({ any }) => any.length > 0)) return undefined;
    const found = [...new Set(set.flatMap(({ on }) => [...on.keys()]))];
    this.#live.set(state, found);
    return found;
  }

  #isOfUse(node: number): boolean {
    const { on, any, accepts } = this.#nfa.at(node);
    return accepts || any.length > 0 || on.size > 0;
  }

  /** Many classes of a state lead to the same nodes. */
  #behind(nodes: readonly number[]): number {
    const key = nodes.join();
    const known = this.#known.get(key);
    if (known === undefined) {
      const state = this.#stateOf(nodes);
      this.#known.set(key, state);
      return state;
    }
    this.#nfa.alphabet.spend(1 + nodes.length);
    return known;
  }

  #stateOf(nodes: readonly number[]): number {
    const all = new Set<number>();
    const open = [...nodes];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (all.has(node)) continue;
      all.add(node);
      open.push(...this.#nfa.at(node).free);
    }
    this.#nfa.alphabet.spend(1 + all.size);
    if (all.size === 0) return 0;
    // What is only passed on the way makes no difference.
    const set = [...all].filter((node) => this.#isOfUse(node)).sort((one, other) => one - other);
    if (set.length === 0) return 0;
    // One that accepts and stays whatever comes.
    if (set.some((node) => this.#nfa.at(node).accepts && this.#nfa.at(node).any.includes(node))) return 1;
    const key = set.join();
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const state = this.#sets.push(set) - 1;
    this.#states.set(key, state);
    this.#accepts[state] = set.some((node) => this.#nfa.at(node).accepts);
    return state;
  }
}
