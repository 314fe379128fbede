import type { Language, TokenField, TokenShape } from '@fedbridge/issuers';
import type { Alphabet } from './alphabet.ts';
import type { Atom, ClaimAtom } from './atoms.ts';
import { machineOfLanguage } from './language.ts';
import type { Machine } from './machine.ts';
import { begin, decided, isFalse, isTrue, type Reader, readersOf, truth, undecided } from './readers.ts';
import {
  type Edge,
  end,
  type Found,
  firstOption,
  free,
  missing,
  type Place,
  rest,
  TokenGraph,
  whole,
} from './token-graph.ts';

/** Conjunctions of atoms by number: a token is sought for which one of `some` holds, and none of `none`. */
interface Sought {
  readonly some: readonly (readonly number[])[];
  readonly none: readonly (readonly number[])[];
}

interface State extends Place {
  /** The state of the field's language. */
  readonly field: number;
  /** Of each test its machine's, or whether it holds. */
  readonly atoms: readonly number[];
}

/** What is sought among the tokens of a shape. */
export interface Search {
  readonly atoms: readonly Atom[];
  /** How many options each choice of a request has. */
  readonly choices: readonly number[];
  readonly sought: Sought;
  /** The claims that are lists with the options of all choices. */
  readonly listsWith?: (options: readonly number[]) => Found['lists'];
  /** Machines of languages that were made for other shapes of the same question. */
  readonly languages?: Map<Language, Machine>;
}

/**
 * All tokens of a shape for which something is true: a token is written field by field, and each step of the way holds the state of
 * every test that is not decided yet. What cannot come true any more is not followed.
 *
 * @throws TooMuchWork
 */
export function tokensWith(shape: TokenShape, alphabet: Alphabet, search: Search): TokenGraph {
  const { places, edges } = new Writing(shape, alphabet, search);
  const { choices, listsWith } = search;
  return new TokenGraph(shape, alphabet, { choices: choices.length, places, edges, listsWith });
}

/** More texts of a field, with all that they begin with, are not written one by one. */
const mostWholes = 300;

class Writing {
  readonly places: State[] = [];
  readonly edges: Edge[][] = [];
  readonly #alphabet: Alphabet;
  readonly #atoms: readonly Atom[];
  readonly #sought: Sought;
  /** Atoms that must hold. */
  readonly #needed: ReadonlySet<number>;
  readonly #colon: number;
  readonly #choices: readonly number[];
  readonly #fields: readonly TokenField[];
  readonly #languages: Map<Language, Machine>;
  readonly #readers: readonly (readonly Reader[])[];
  readonly #ids = new Map<string, number>();
  readonly #all: readonly number[];
  /** Of each test whether it makes a difference yet: filled anew for each place. */
  readonly #used: boolean[];

  constructor(shape: TokenShape, alphabet: Alphabet, { atoms, choices, sought, languages = new Map() }: Search) {
    this.#alphabet = alphabet;
    this.#all = Array.from({ length: alphabet.size }, (_, unit) => unit);
    this.#atoms = atoms;
    this.#used = atoms.map(() => false);
    this.#sought = sought;
    this.#needed = new Set(sought.some.length === 1 ? sought.some[0] : []);
    this.#colon = alphabet.classOf(58);
    this.#choices = choices;
    this.#fields = Object.values(shape.fields);
    this.#languages = languages;
    this.#readers = Object.keys(shape.fields).map((name) => readersOf(name, atoms));
    this.#placeOf(
      0,
      atoms.map((atom) => ('choice' in atom ? undecided : begin(atom))),
    );
    const last = this.#choices.length + this.#fields.length;
    for (let place = 0; place < this.places.length; place += 1) {
      const state = this.places[place] as State;
      if (state.at < last) this.edges[place] = this.#edgesOf(state);
    }
  }

  #languageOf(field: number): Machine {
    const language = this.#fields[field]?.language ?? '';
    const machine = this.#languages.get(language) ?? machineOfLanguage(this.#alphabet, language);
    this.#languages.set(language, machine);
    return machine;
  }

  #edgesOf({ at, isBegin, field: state, atoms }: State): Edge[] {
    const field = at - this.#choices.length;
    if (field < 0) return this.#optionsOf(at, atoms);
    const readers = (this.#readers[field] ?? []).filter(({ atom }) => (atoms[atom] ?? 0) >= 0);
    const edges: Edge[] = [];
    const add = (label: number, to: number | undefined) => {
      if (to !== undefined) edges.push({ label, to });
    };
    if (isBegin && readers.length === 0) {
      add(free, this.#placeOf(at + 1, atoms));
      return edges;
    }
    const language = this.#languageOf(field);
    if (readers.length === 0) {
      const to = this.#placeOf(at + 1, atoms);
      return to === undefined ? [] : [{ label: rest, to, from: { language, state } }];
    }
    const now = isBegin ? language.start : state;
    const wholes = isBegin ? this.#wholes(at, atoms, readers, language) : undefined;
    if (wholes) edges.push(...wholes);
    if (isBegin && this.#fields[field]?.optional) add(missing, this.#placeOf(at + 1, this.#without(readers, atoms)));
    if (wholes) return edges;
    if (language.accepts(now)) add(end, this.#placeOf(at + 1, this.#ended(readers, atoms)));
    const before = readers.map(({ atom }) => atoms[atom] ?? 0);
    // Most letters lead where the one before leads.
    const known = new Map<string, number | undefined>();
    for (const unit of this.#live(language, now, readers, atoms)) {
      const next = language.step(now, unit);
      if (next === 0) continue;
      const states = this.#stepped(readers, before, unit);
      const key = `${next} ${states.join()}`;
      if (!known.has(key)) known.set(key, this.#placeOf(at, this.#withStates(readers, atoms, states), next));
      add(unit, known.get(key));
    }
    this.#alphabet.spend(edges.length);
    return edges;
  }

  /**
   * A field text by text, where a test that must hold leaves few of them: an owner, a repository or an audience is mostly one. Undefined
   * where there are too many, or a wildcard leaves any.
   */
  #wholes(
    at: number,
    atoms: readonly number[],
    readers: readonly Reader[],
    language: Machine,
  ): readonly Edge[] | undefined {
    const leading = readers.findIndex(({ atom, escaped }) => !escaped && this.#mustBe(atom));
    const machine = leading < 0 ? undefined : (this.#atoms[readers[leading]?.atom ?? 0] as ClaimAtom).machine;
    if (!machine) return undefined;
    const begins: readonly number[] = readers.map(({ atom }) => atoms[atom] ?? 0);
    const open = [{ text: '', field: language.start, states: begins }];
    for (const { text, field, states } of open) {
      const live = machine.live(states[leading] ?? 0);
      if (!live || open.length > mostWholes) return undefined;
      for (const unit of live) {
        const next = language.step(field, unit);
        if (next === 0) continue;
        const letter = this.#alphabet.unitOf(unit);
        if (letter === undefined) return undefined;
        const stepped = this.#stepped(readers, states, unit);
        if (stepped[leading] === isTrue) return undefined;
        if (stepped[leading] !== isFalse) open.push({ text: text + letter, field: next, states: stepped });
      }
    }
    this.#alphabet.spend(open.length);
    return open.flatMap(({ text, field, states }): readonly Edge[] => {
      if (!language.accepts(field)) return [];
      const to = this.#placeOf(at + 1, this.#ended(readers, this.#withStates(readers, atoms, states)));
      return to === undefined ? [] : [{ label: whole, to, text }];
    });
  }

  /** Whether a text must be among those of a test. */
  #mustBe = (atom: number) => this.#needed.has(atom) && !(this.#atoms[atom] as ClaimAtom).negated;

  /** The classes with which neither the field nor a test that must hold is lost. */
  #live(language: Machine, state: number, readers: readonly Reader[], atoms: readonly number[]): readonly number[] {
    const lists = readers.flatMap(({ atom, escaped }) => {
      const { machine } = this.#atoms[atom] as ClaimAtom;
      return this.#mustBe(atom) && !escaped ? [machine.live(atoms[atom] ?? 0)] : [];
    });
    const found = [language.live(state), ...lists].filter((one) => one !== undefined);
    return found.reduce((one, other) => (other.length < one.length ? other : one), this.#all);
  }

  #optionsOf(choice: number, atoms: readonly number[]): Edge[] {
    return Array.from({ length: this.#choices[choice] ?? 0 }, (_, option) => {
      const chosen = atoms.map((state, index) => {
        const atom = this.#atoms[index];
        return atom && 'choice' in atom && atom.choice === choice ? (atom.truths[option] ? isTrue : isFalse) : state;
      });
      return { label: firstOption - option, to: this.#placeOf(choice + 1, chosen) };
    }).filter((edge): edge is Edge => edge.to !== undefined);
  }

  /** Of each reader its test's state. */
  #stepped(readers: readonly Reader[], states: readonly number[], unit: number): readonly number[] {
    const isColon = unit === this.#colon;
    return readers.map(({ atom: index, escaped }, reader) => {
      const state = states[reader] ?? 0;
      if (state < 0) return state;
      const atom = this.#atoms[index] as ClaimAtom;
      return decided(atom, escaped && isColon ? atom.machine.run(state, '%3A') : atom.machine.step(state, unit));
    });
  }

  #withStates(readers: readonly Reader[], atoms: readonly number[], states: readonly number[]): readonly number[] {
    const next = [...atoms];
    for (const [index, { atom }] of readers.entries()) next[atom] = states[index] ?? 0;
    return next;
  }

  #ended(readers: readonly Reader[], atoms: readonly number[]): number[] {
    const next = [...atoms];
    for (const { atom: index, after } of readers) {
      if (after === undefined || (next[index] ?? 0) < 0) continue;
      const atom = this.#atoms[index] as ClaimAtom;
      next[index] = truth(atom.machine.accepts(atom.machine.run(next[index] ?? 0, after)) !== atom.negated);
    }
    return next;
  }

  #without(readers: readonly Reader[], atoms: readonly number[]): number[] {
    const next = [...atoms];
    for (const { atom } of readers) next[atom] = truth((this.#atoms[atom] as ClaimAtom).ifMissing);
    return next;
  }

  /** @returns undefined where nothing that is sought can come of it */
  #placeOf(at: number, atoms: readonly number[], field?: number): number | undefined {
    const states = field === undefined ? this.#entered(at, atoms) : atoms;
    const kept = this.#relevant(states);
    if (!kept) return undefined;
    const key = `${at} ${field} ${kept.join()}`;
    this.#alphabet.spend(1 + kept.length);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.places.push({ at, isBegin: field === undefined, field: field ?? 0, atoms: kept }) - 1;
    this.edges[id] = [];
    this.#ids.set(key, id);
    return id;
  }

  /** What stands in claims before a field. */
  #entered(at: number, atoms: readonly number[]): readonly number[] {
    const readers = this.#readers[at - this.#choices.length] ?? [];
    if (readers.every(({ before }) => before === '')) return atoms;
    const next = [...atoms];
    for (const { atom: index, before } of readers) {
      const state = next[index] ?? 0;
      const atom = this.#atoms[index] as ClaimAtom;
      if (state >= 0) next[index] = decided(atom, atom.machine.run(state, before));
    }
    return next;
  }

  /** The states with those of tests that make no difference any more left out; undefined where what is sought is out of reach. */
  #relevant(states: readonly number[]): readonly number[] | undefined {
    const { some, none } = this.#sought;
    const used = this.#used.fill(false);
    let isInReach = false;
    for (const all of none) {
      if (all.every((atom) => states[atom] === isTrue)) return undefined;
      if (isOpen(all, states)) for (const atom of all) used[atom] = true;
    }
    for (const all of some) {
      if (!isOpen(all, states)) continue;
      isInReach = true;
      for (const atom of all) used[atom] = true;
    }
    return isInReach ? states.map((state, atom) => (used[atom] ? state : isFalse)) : undefined;
  }
}

const isOpen = (all: readonly number[], states: readonly number[]) => all.every((atom) => states[atom] !== isFalse);
