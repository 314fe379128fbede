import type { ClaimPart, TokenField, TokenShape } from '@fedbridge/issuers';
import type { Alphabet } from './alphabet.ts';
import type { Machine } from './machine.ts';

/**
 * Labels of edges that are no class of units: a field that ends, that is missing, that may be anything, that is one text as a whole, of which
 * the rest may be anything; and from there down the options.
 */
export const end = -1;
/** A field that the token does not have. */
export const missing = -2;
/** A field that may be anything. */
export const free = -3;
/** A field that is one text as a whole. */
export const whole = -4;
/** A field of which the rest may be anything. */
export const rest = -5;
/** The first of the options, which go on downwards. */
export const firstOption = -6;

/** A step from one node of the graph to another. */
export interface Edge {
  readonly label: number;
  readonly to: number;
  /** Of a field as a whole. */
  readonly text?: string;
  /** Of the rest of a field: its language, and where in it the rest begins. */
  readonly from?: { readonly language: Machine; readonly state: number };
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
  readonly #subject: readonly ClaimPart[];
  readonly #fields: readonly TokenField[];
  readonly #reaches: readonly boolean[];
  readonly #listsWith: (options: readonly number[]) => Found['lists'];

  /** @param choices - how many a request has; the first place is where all ways begin, if there is one */
  constructor(
    { fields, claims }: TokenShape,
    alphabet: Alphabet,
    { choices, places, edges, listsWith = () => ({}) }: Written,
  ) {
    this.#places = places;
    this.#edges = edges;
    this.#alphabet = alphabet;
    this.#choices = choices;
    this.#listsWith = listsWith;
    this.#names = Object.keys(fields);
    this.#subject = claims.sub ?? [];
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
      const written = this.#write(
        place,
        preferred[name] ?? this.#saidOf(name, fields) ?? this.#fields[field]?.example ?? '',
      );
      if (written.text !== undefined) fields[name] = written.text;
      place = written.to;
    }
    return { fields, options, lists: this.#listsWith(options) };
  }

  /** What a subject that is written already says of a claim beside it, behind its name: `…:ref:refs/heads/main`. */
  #saidOf(name: string, fields: Found['fields']): string | undefined {
    const [, after] = `:${textOf(this.#subject, fields)}:`.split(`:${name}:`);
    return after?.split(':', 1)[0]?.replaceAll('%3A', ':');
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
    const anyCase = this.#fields[field - this.#choices]?.anyCase === true;
    const found = new Map<string, string>();
    const add = (text: string) => {
      const key = anyCase ? text.toLowerCase() : text;
      found.set(key, (found.get(key) ?? text) === text ? text : key);
    };
    const begin = this.#beginningsOf(name);
    const path: string[] = [];
    const walk = (places: readonly number[], text: string): boolean => {
      const key = places.join();
      if (path.includes(key) || path.length > longestName) return false;
      path.push(key);
      const edges = places.flatMap((place) => this.#out(place));
      if (edges.some(({ label }) => label === free || label === missing || label === rest)) return false;
      if (edges.some(({ label }) => label === end)) add(text);
      for (const edge of edges) if (edge.text !== undefined) add(edge.text);
      const next = this.#byUnit(edges, anyCase, most);
      if (!next?.every(({ unit, to }) => walk(to, text + unit)) || found.size > most) return false;
      path.pop();
      return true;
    };
    return walk(begin, '') ? [...found.values()] : undefined;
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

  /** Writes a field: as proposed where that leads on, else the shortest, and empty where it is nothing else. */
  #write(place: number, proposed: string): { readonly text: string | undefined; readonly to: number } {
    const [first] = this.#out(place);
    if (first?.label === free) return { text: proposed, to: first.to };
    const written = this.#asProposed(place, proposed);
    if (written) return written;
    const without = this.#out(place).find(({ label }) => label === missing);
    if (without) return { text: undefined, to: without.to };
    const wholes = this.#out(place).flatMap(({ text, to }) => (text === undefined ? [] : [{ text, to }]));
    const byLength = wholes.sort((one, other) => lengthOf(one) - lengthOf(other));
    return byLength[0] ?? this.#shortest(place);
  }

  /** A field with one text; undefined where that leads nowhere. */
  #asProposed(place: number, text: string): { readonly text: string; readonly to: number } | undefined {
    const known = this.#out(place).find((edge) => edge.text === text);
    if (known) return { text, to: known.to };
    let at = place;
    for (let index = 0; ; index += 1) {
      const out = this.#out(at);
      const [{ from, to } = {}] = out;
      if (from && to !== undefined) {
        const { language, state } = from;
        return language.accepts(language.run(state, text.slice(index))) ? { text, to } : undefined;
      }
      const label = index < text.length ? this.#alphabet.classOf(text.charCodeAt(index)) : end;
      const next = out.find((edge) => edge.label === label);
      if (!next || label === end) return next && { text, to: next.to };
      at = next.to;
    }
  }

  /** Letters and digits before what a name seldom has. */
  #rank({ label }: Pick<Edge, 'label'>): number {
    return label < 0 || /[a-z\d]/i.test(this.#alphabet.textOf(label)) ? 0 : 1;
  }

  #shortest(place: number): { readonly text: string; readonly to: number } {
    const open: { at: number; text: string }[] = [{ at: place, text: '' }];
    const seen = new Set([place]);
    let empty: number | undefined;
    for (const { at, text } of open)
      for (const { label, to, from } of [...this.#out(at)].sort((one, other) => this.#rank(one) - this.#rank(other))) {
        if (label === end && text !== '') return { text, to };
        if (label === end) empty = to;
        if (from) return { text: text + this.#shortestIn(from.language, from.state), to };
        if (!seen.has(to) && label >= 0) open.push({ at: to, text: text + this.#alphabet.textOf(label) });
        seen.add(to);
      }
    if (empty !== undefined) return { text: '', to: empty };
    throw new Error('a field that leads nowhere');
  }

  /** How a text of a language goes on. */
  #shortestIn(language: Machine, start: number): string {
    const all = Array.from({ length: this.#alphabet.size }, (_, label) => label);
    const open = [{ state: start, text: '' }];
    const seen = new Set([start]);
    for (const { state, text } of open) {
      if (language.accepts(state)) return text;
      const labels = [...(language.live(state) ?? all)].sort(
        (one, other) => this.#rank({ label: one }) - this.#rank({ label: other }),
      );
      for (const label of labels) {
        const next = language.step(state, label);
        if (next !== 0 && !seen.has(next)) open.push({ state: next, text: text + this.#alphabet.textOf(label) });
        seen.add(next);
      }
    }
    throw new Error('a language that ends nowhere');
  }
}

const lengthOf = ({ text }: { readonly text: string }) => (text === '' ? Number.POSITIVE_INFINITY : text.length);

/** A claim that is made of fields; undefined where one is missing. */
export function textOf(parts: readonly ClaimPart[], fields: Found['fields']): string | undefined {
  const texts = parts.map((part) => {
    if (typeof part === 'string') return part;
    return part.escaped ? fields[part.field]?.replaceAll(':', '%3A') : fields[part.field];
  });
  return texts.includes(undefined) ? undefined : texts.join('');
}
