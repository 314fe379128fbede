import type { ClaimPart, Language, TokenField, TokenShape } from '@fedbridge/issuers';
import type { Alphabet } from './alphabet.ts';
import { machineOfLanguage } from './language.ts';
import type { Machine } from './machine.ts';

/** Something that is true or false of a token, or of the request that it comes with. */
export type Atom = ClaimAtom | RequestAtom;

/** A test of the text of one claim. */
export interface ClaimAtom {
  readonly parts: readonly ClaimPart[];
  readonly machine: Machine;
  readonly negated: boolean;
  /** What it is of a token without the claim. */
  readonly ifMissing: boolean;
}

/** A test of what only the request has: an address, a time. */
export interface RequestAtom {
  readonly choice: number;
  /** By option of that choice. */
  readonly truths: readonly boolean[];
}

/** Conjunctions of atoms by number: a token is sought for which one of `some` holds, and none of `none`. */
export interface Sought {
  readonly some: readonly (readonly number[])[];
  readonly none: readonly (readonly number[])[];
}

/** A token that was sought, by its fields, a field that it is without left out. */
export interface Found {
  readonly fields: Readonly<Record<string, string>>;
  /** The option of each choice. */
  readonly options: readonly number[];
}

const isTrue = -1;
const isFalse = -2;

/** Labels of edges that are no class of units. */
const end = -1;
const missing = -2;
const free = -3;
const firstOption = -4;

/** In the place of the state of a field of which nothing was written yet. */
const begun = -1;

interface Place {
  /** First the choices, then the fields. */
  readonly at: number;
  readonly field: number;
  readonly atoms: readonly number[];
}

interface Edge {
  readonly label: number;
  readonly to: number;
}

interface Reader {
  readonly atom: number;
  readonly escaped: boolean;
  readonly before: string;
  /** Behind the field, where it is the last of its claim. */
  readonly after: string | undefined;
}

/**
 * All tokens of a shape for which something is true, as a graph: a token is written field by field, and each step of the way holds the
 * state of every test that is not decided yet. What cannot come true any more is not followed.
 *
 * @throws TooMuchWork
 */
export class Tokens {
  readonly #alphabet: Alphabet;
  readonly #atoms: readonly Atom[];
  readonly #sought: Sought;
  readonly #choices: readonly number[];
  readonly #names: readonly string[];
  readonly #fields: readonly TokenField[];
  readonly #languages: Map<Language, Machine>;
  readonly #readers: readonly (readonly Reader[])[];
  readonly #places: Place[] = [];
  readonly #edges: Edge[][] = [];
  readonly #ids = new Map<string, number>();
  readonly #all: readonly number[];
  readonly #start: number | undefined;
  #reaches: readonly boolean[] = [];

  /** @param choices - how many options each choice of a request has */
  constructor(
    shape: TokenShape,
    alphabet: Alphabet,
    {
      atoms,
      choices,
      sought,
      languages = new Map(),
    }: {
      readonly atoms: readonly Atom[];
      readonly choices: readonly number[];
      readonly sought: Sought;
      /** Those that were made for other shapes of the same question. */
      readonly languages?: Map<Language, Machine>;
    },
  ) {
    this.#alphabet = alphabet;
    this.#all = Array.from({ length: alphabet.size }, (_, unit) => unit);
    this.#atoms = atoms;
    this.#sought = sought;
    this.#choices = choices;
    this.#names = Object.keys(shape.fields);
    this.#fields = Object.values(shape.fields);
    this.#languages = languages;
    this.#readers = this.#names.map((name) => readersOf(name, atoms));
    this.#start = this.#placeOf(
      0,
      atoms.map((atom) => ('choice' in atom ? 2 : begin(atom))),
    );
    if (this.#start !== undefined) this.#explore();
    this.#trim();
  }

  get isEmpty(): boolean {
    return this.#start === undefined || !this.#reaches[this.#start];
  }

  /** A token, as readable as it can be; undefined where there is none. */
  example(): Found | undefined {
    if (this.#start === undefined || this.isEmpty) return undefined;
    const fields: Record<string, string> = {};
    const options: number[] = [];
    let place = this.#start;
    while (!this.#isEnd(place)) {
      const { at } = this.#places[place] as Place;
      const field = at - this.#choices.length;
      if (field < 0) {
        const edge = this.#out(place)[0] as Edge;
        options.push(firstOption - edge.label);
        place = edge.to;
        continue;
      }
      const name = this.#names[field] ?? '';
      const written = this.#write(place, this.#fields[field]?.example ?? '');
      if (written.text !== undefined) fields[name] = written.text;
      place = written.to;
    }
    return { fields, options };
  }

  /** All that a field is in these tokens, up to a number; undefined where there is more, or a token may have anything or nothing there. */
  valuesOf(name: string, most: number): readonly string[] | undefined {
    const field = this.#names.indexOf(name) + this.#choices.length;
    const found = new Set<string>();
    const begin = this.#places.flatMap(({ at }, id) =>
      at === field && this.#isBegin(id) && this.#reaches[id] ? [id] : [],
    );
    const path: number[] = [];
    const walk = (place: number, text: string): boolean => {
      if (path.includes(place)) return false;
      path.push(place);
      for (const { label, to } of this.#out(place)) {
        if (label === free || label === missing) return false;
        if (label === end) found.add(text);
        else if (!this.#alphabet.unitsOf(label, most)?.every((unit) => walk(to, text + unit))) return false;
        if (found.size > most) return false;
      }
      path.pop();
      return true;
    };
    return begin.every((place) => walk(place, '')) ? [...found] : undefined;
  }

  #languageOf(field: number): Machine {
    const language = this.#fields[field]?.language ?? '';
    const machine = this.#languages.get(language) ?? machineOfLanguage(this.#alphabet, language);
    this.#languages.set(language, machine);
    return machine;
  }

  #explore(): void {
    for (let place = 0; place < this.#places.length; place += 1)
      if (!this.#isEnd(place)) this.#edges[place] = this.#edgesOf(this.#places[place] as Place);
  }

  #edgesOf({ at, field: state, atoms }: Place): Edge[] {
    const field = at - this.#choices.length;
    if (field < 0) return this.#optionsOf(at, atoms);
    const readers = (this.#readers[field] ?? []).filter(({ atom }) => (atoms[atom] ?? 0) >= 0);
    const edges: Edge[] = [];
    const add = (label: number, to: number | undefined) => {
      if (to !== undefined) edges.push({ label, to });
    };
    if (state === begun && readers.length === 0) {
      add(free, this.#placeOf(at + 1, atoms));
      return edges;
    }
    const language = this.#languageOf(field);
    const now = state === begun ? language.start : state;
    if (state === begun && this.#fields[field]?.optional)
      add(missing, this.#placeOf(at + 1, this.#without(readers, atoms)));
    if (language.accepts(now)) add(end, this.#placeOf(at + 1, this.#ended(readers, atoms)));
    for (const unit of this.#live(language, now, readers, atoms)) {
      const next = language.step(now, unit);
      if (next !== 0) add(unit, this.#placeOf(at, this.#stepped(readers, atoms, unit), next));
    }
    return edges;
  }

  /** The classes with which neither the field nor a test that must hold is lost. */
  #live(language: Machine, state: number, readers: readonly Reader[], atoms: readonly number[]): readonly number[] {
    const needed = new Set(this.#sought.some.length === 1 ? this.#sought.some[0] : []);
    const lists = readers.flatMap(({ atom, escaped }) => {
      const { machine, negated } = this.#atoms[atom] as ClaimAtom;
      return needed.has(atom) && !negated && !escaped ? [machine.live(atoms[atom] ?? 0)] : [];
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

  #stepped(readers: readonly Reader[], atoms: readonly number[], unit: number): number[] {
    const next = [...atoms];
    const isColon = unit === this.#alphabet.classOf(58);
    for (const { atom: index, escaped } of readers) {
      const atom = this.#atoms[index] as ClaimAtom;
      const state = next[index] ?? 0;
      next[index] = decided(atom, escaped && isColon ? atom.machine.run(state, '%3A') : atom.machine.step(state, unit));
    }
    return next;
  }

  #ended(readers: readonly Reader[], atoms: readonly number[]): number[] {
    const next = [...atoms];
    for (const { atom: index, after } of readers) {
      if (after === undefined) continue;
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
    const place = { at, field: field ?? begun, atoms: kept };
    const key = `${at} ${place.field} ${kept.join()}`;
    this.#alphabet.spend(1 + kept.length);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#places.push(place) - 1;
    this.#edges[id] = [];
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
    if (none.some((all) => all.every((atom) => states[atom] === isTrue))) return undefined;
    const open = [...some, ...none].filter((all) => all.every((atom) => states[atom] !== isFalse));
    if (!some.some((all) => open.includes(all))) return undefined;
    const used = new Set(open.flat());
    return states.map((state, atom) => (used.has(atom) ? state : isFalse));
  }

  #trim(): void {
    const before: number[][] = this.#places.map(() => []);
    for (const [from, edges] of this.#edges.entries()) for (const { to } of edges) before[to]?.push(from);
    const reaches = this.#places.map((_, place) => this.#isEnd(place));
    const open = reaches.flatMap((one, place) => (one ? [place] : []));
    for (let place = open.pop(); place !== undefined; place = open.pop())
      for (const from of before[place] ?? []) {
        if (reaches[from]) continue;
        reaches[from] = true;
        open.push(from);
      }
    this.#reaches = reaches;
  }

  #out(place: number): readonly Edge[] {
    return (this.#edges[place] ?? []).filter(({ to }) => this.#reaches[to]);
  }

  #isEnd(place: number): boolean {
    return this.#places[place]?.at === this.#choices.length + this.#names.length;
  }

  #isBegin(place: number): boolean {
    return this.#places[place]?.field === begun;
  }

  /** Writes a field: as proposed where that leads on, else the shortest. */
  #write(place: number, proposed: string): { readonly text: string | undefined; readonly to: number } {
    const [first] = this.#out(place);
    if (first?.label === free) return { text: proposed, to: first.to };
    let at: number | undefined = place;
    for (const unit of proposed.split('')) {
      const label = this.#alphabet.classOf(unit.charCodeAt(0));
      at = at === undefined ? undefined : this.#out(at).find((edge) => edge.label === label)?.to;
    }
    const ended = at === undefined ? undefined : this.#out(at).find(({ label }) => label === end);
    if (ended) return { text: proposed, to: ended.to };
    const without = this.#out(place).find(({ label }) => label === missing);
    if (without) return { text: undefined, to: without.to };
    return this.#shortest(place);
  }

  /** Letters and digits before what a name seldom has. */
  #rank({ label }: Edge): number {
    return label < 0 || /[a-z\d]/i.test(this.#alphabet.textOf(label)) ? 0 : 1;
  }

  #shortest(place: number): { readonly text: string; readonly to: number } {
    const open: { at: number; text: string }[] = [{ at: place, text: '' }];
    const seen = new Set([place]);
    for (const { at, text } of open)
      for (const { label, to } of [...this.#out(at)].sort((one, other) => this.#rank(one) - this.#rank(other))) {
        if (label === end) return { text, to };
        if (!seen.has(to) && label >= 0) open.push({ at: to, text: text + this.#alphabet.textOf(label) });
        seen.add(to);
      }
    throw new Error('a field that leads nowhere');
  }
}

function readersOf(name: string, atoms: readonly Atom[]): readonly Reader[] {
  return atoms.flatMap((one, atom) => {
    if ('choice' in one) return [];
    const index = one.parts.findIndex((part) => typeof part === 'object' && part.field === name);
    const part = one.parts[index];
    if (typeof part !== 'object') return [];
    const before = one.parts[index - 1];
    const rest = one.parts.slice(index + 1);
    const isLast = rest.every((other) => typeof other === 'string');
    return [
      {
        atom,
        escaped: part.escaped === true,
        before: typeof before === 'string' ? before : '',
        after: isLast ? rest.join('') : undefined,
      },
    ];
  });
}

/** The state of a test of which nothing was read yet: decided where its claim is one text. */
function begin({ parts, machine, negated }: ClaimAtom): number {
  if (parts.some((part) => typeof part === 'object')) return machine.start;
  return truth(machine.accepts(machine.run(machine.start, parts.join(''))) !== negated);
}

const truth = (holds: boolean) => (holds ? isTrue : isFalse);

function decided({ negated }: ClaimAtom, state: number): number {
  return state > 1 ? state : truth((state === 1) !== negated);
}
