import type { TokenField, TokenShape } from '@fedbridge/issuers';
import type { Alphabet } from './alphabet.ts';

/**
 * Labels of edges that are no class of units: a field that ends, that is missing, that may be anything, that is one text as a whole; and from
 * there down the options.
 */
export const end = -1;
export const missing = -2;
export const free = -3;
export const whole = -4;
export const firstOption = -5;

export interface Edge {
  readonly label: number;
  readonly to: number;
  /** Of a field as a whole. */
  readonly text?: string;
}

/** A step on the way of writing a token. */
export interface Place {
  /** First the choices of a request, then the fields. */
  readonly at: number;
  /** Whether nothing of its field was written yet. */
  readonly isBegin: boolean;
}

/** A token that was sought, by its fields, a field that it is without left out. */
export interface Found {
  readonly fields: Readonly<Record<string, string>>;
  /** The option of each choice. */
  readonly options: readonly number[];
  /** Claims that are lists, of which something is asked: empty where the token is without it. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

interface Written {
  readonly choices: number;
  readonly places: readonly Place[];
  readonly edges: readonly (readonly Edge[])[];
  readonly listsWith?: ((options: readonly number[]) => Found['lists']) | undefined;
}

/** Longer names are nobody's. */
const longestName = 300;

/** The ways of writing tokens, with those that end at one. */
export class TokenGraph {
  readonly #places: readonly Place[];
  readonly #edges: readonly (readonly Edge[])[];
  readonly #alphabet: Alphabet;
  readonly #choices: number;
  readonly #names: readonly string[];
  readonly #fields: readonly TokenField[];
  readonly #reaches: readonly boolean[];
  readonly #listsWith: (options: readonly number[]) => Found['lists'];

  /** @param choices - how many a request has; the first place is where all ways begin, if there is one */
  constructor({ fields }: TokenShape, alphabet: Alphabet, { choices, places, edges, listsWith = () => ({}) }: Written) {
    this.#places = places;
    this.#edges = edges;
    this.#alphabet = alphabet;
    this.#choices = choices;
    this.#listsWith = listsWith;
    this.#names = Object.keys(fields);
    this.#fields = Object.values(fields);
    this.#reaches = this.#trimmed();
  }

  /** A token, as readable as it can be; undefined where there is none. @param preferred - of fields, in the place of their examples */
  example(preferred: Readonly<Record<string, string>> = {}): Found | undefined {
    if (!this.#reaches[0]) return undefined;
    const fields: Record<string, string> = {};
    const options: number[] = [];
    let place = 0;
    while (!this.#isEnd(place)) {
      const { at } = this.#places[place] as Place;
      const field = at - this.#choices;
      if (field < 0) {
        const edge = this.#out(place)[0] as Edge;
        options.push(firstOption - edge.label);
        place = edge.to;
        continue;
      }
      const name = this.#names[field] ?? '';
      const written = this.#write(place, preferred[name] ?? this.#fields[field]?.example ?? '');
      if (written.text !== undefined) fields[name] = written.text;
      place = written.to;
    }
    return { fields, options, lists: this.#listsWith(options) };
  }

  get isEmpty(): boolean {
    return !this.#reaches[0];
  }

  /** Whether a field may be anything that it can be, whatever else a token is. */
  isFree(name: string): boolean {
    return this.#beginningsOf(name).every((place) => this.#out(place).every(({ label }) => label === free));
  }

  /**
   * All that a field is in these tokens, up to a number, spellings of one name once; undefined where there is more, or a token may have
   * anything or nothing there.
   */
  valuesOf(name: string, most: number): readonly string[] | undefined {
    const field = this.#names.indexOf(name) + this.#choices;
    const found = new Set<string>();
    const begin = this.#beginningsOf(name);
    const path: string[] = [];
    const walk = (places: readonly number[], text: string): boolean => {
      const key = places.join();
      if (path.includes(key) || path.length > longestName) return false;
      path.push(key);
      const edges = places.flatMap((place) => this.#out(place));
      if (edges.some(({ label }) => label === free || label === missing)) return false;
      if (edges.some(({ label }) => label === end)) found.add(text);
      for (const edge of edges) if (edge.text !== undefined) found.add(edge.text);
      const next = this.#byUnit(edges, this.#fields[field - this.#choices]?.anyCase === true, most);
      if (!next?.every(({ unit, to }) => walk(to, text + unit)) || found.size > most) return false;
      path.pop();
      return true;
    };
    return walk(begin, '') ? [...found] : undefined;
  }

  /** The places at which a field begins. */
  #beginningsOf(name: string): readonly number[] {
    const field = this.#names.indexOf(name) + this.#choices;
    return this.#places.flatMap(({ at, isBegin }, id) => (at === field && isBegin && this.#reaches[id] ? [id] : []));
  }

  /** Where units lead, a unit in either case once where case makes no difference; undefined where there are too many. */
  #byUnit(
    edges: readonly Edge[],
    anyCase: boolean,
    most: number,
  ): readonly { readonly unit: string; readonly to: readonly number[] }[] | undefined {
    const found = new Map<string, { unit: string; readonly to: Set<number> }>();
    for (const { label, to } of edges) {
      if (label < 0) continue;
      const units = this.#alphabet.unitsOf(label, most);
      if (!units) return undefined;
      for (const unit of units) {
        const lower = anyCase ? unit.toLowerCase() : unit;
        const known = found.get(lower);
        if (known) known.unit = known.unit === unit ? unit : lower;
        found.set(lower, { unit: known?.unit ?? unit, to: new Set([...(known?.to ?? []), to]) });
      }
    }
    return [...found.values()].map(({ unit, to }) => ({ unit, to: [...to].sort((one, other) => one - other) }));
  }

  /** Whether a token is reached from each place. */
  #trimmed(): readonly boolean[] {
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
    return reaches;
  }

  #out(place: number): readonly Edge[] {
    return (this.#edges[place] ?? []).filter(({ to }) => this.#reaches[to]);
  }

  #isEnd(place: number): boolean {
    return this.#places[place]?.at === this.#choices + this.#names.length;
  }

  /** Writes a field: as proposed where that leads on, else the shortest. */
  #write(place: number, proposed: string): { readonly text: string | undefined; readonly to: number } {
    const [first] = this.#out(place);
    if (first?.label === free) return { text: proposed, to: first.to };
    const known = this.#out(place).find(({ label }) => label === whole);
    if (known) return { text: known.text, to: known.to };
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
