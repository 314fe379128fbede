import { remembered } from '@fedbridge/core/remembered';
import type { Language } from '@fedbridge/issuers';
import { type Alphabet, charsOf, cutsOf } from './alphabet.ts';
import { type Machine, Nfa, SubsetMachine } from './machine.ts';
import { TextMachine } from './text-machine.ts';

/** A text in which `*` and `?` are wildcards but where they are literal. */
export interface Pattern {
  readonly text: string;
  readonly literal: ReadonlySet<number>;
}

/** Where classes of units must begin for a language to be told. */
export function cutsOfLanguage(language: Language): readonly number[] {
  if (typeof language === 'string') return cutsOfText(language);
  if ('anyCase' in language) return cutsIgnoringCase(language.anyCase);
  if ('chars' in language) return cutsOf(charsOf(language.chars));
  if ('many' in language) return cutsOfLanguage(language.many);
  return ('sequence' in language ? language.sequence : language.anyOf).flatMap(cutsOfLanguage);
}

/** Where classes must begin for a text to be told, as code units. */
export function cutsOfText(text: string): readonly number[] {
  return [...new Set(text.split(''))].flatMap((unit) => [unit.charCodeAt(0), unit.charCodeAt(0) + 1]);
}

/** Where classes must begin for a text to be told whatever the case of its letters. */
export function cutsIgnoringCase(text: string): readonly number[] {
  return text.split('').flatMap((unit) => variantsOf(unit).flatMap((one) => cutsOfText(one)));
}

/** A machine that accepts the texts of a language. */
export function machineOfLanguage(alphabet: Alphabet, language: Language): Machine {
  const nfa = new Nfa(alphabet);
  const end = nfa.node();
  nfa.at(end).accepts = true;
  return new SubsetMachine(nfa, new Backwards(nfa, end).from(language, end));
}

/**
 * Writes a language from its end: what ends alike is there once. That is most of what a minimization would find, before anything is made
 * that it would take away again.
 */
class Backwards {
  readonly #nfa: Nfa;
  readonly #end: number;
  readonly #known = new Map<string, number>();
  readonly #classesOf = remembered((chars) => this.#nfa.alphabet.classesOf(charsOf(chars)));
  readonly #ids = new Map<Language, number>();

  constructor(nfa: Nfa, end: number) {
    this.#nfa = nfa;
    this.#end = end;
  }

  /** @returns the node from which a text of the language leads to another node */
  from(language: Language, to: number): number {
    if (typeof language === 'string') return language.split('').reduceRight((next, unit) => this.#unit(unit, next), to);
    if ('anyCase' in language) return this.#anyCase(language.anyCase, to);
    if ('chars' in language) return this.#chars(language, to);
    if ('sequence' in language) return language.sequence.reduceRight((next, one) => this.from(one, next), to);
    if ('anyOf' in language)
      return this.#once(`of ${this.#idOf(language)} ${to}`, (node) => {
        for (const one of language.anyOf) this.#nfa.at(node).free.push(this.from(one, to));
      });
    return this.#once(`many ${this.#idOf(language)} ${to}`, (node) => {
      this.#nfa.at(node).free.push(to, this.from(language.many, node));
    });
  }

  #anyCase(text: string, to: number): number {
    return text.split('').reduceRight(
      (next, unit) =>
        this.#once(`case ${unit} ${next}`, (node) => {
          for (const one of variantsOf(unit)) addVariant(this.#nfa, node, next, one);
        }),
      to,
    );
  }

  #chars({ chars, length }: { readonly chars: string; readonly length?: number }, to: number): number {
    if (length !== undefined) return Array.from({ length }).reduce<number>((next) => this.#oneOf(chars, next), to);
    const classes = this.#classesOf(chars);
    const isAny = classes.length === this.#nfa.alphabet.size;
    const again = this.#once(`again ${chars} ${to}`, (node) => {
      this.#nfa.at(node).free.push(to);
      if (!isAny) this.#nfa.on(node, classes, node);
      else this.#nfa.at(node).any.push(node);
      // Whatever follows is accepted.
      if (isAny && to === this.#end) this.#nfa.at(node).accepts = true;
    });
    return this.#oneOf(chars, again);
  }

  #oneOf(chars: string, to: number): number {
    return this.#once(`one ${chars} ${to}`, (node) => this.#nfa.on(node, this.#classesOf(chars), to));
  }

  #unit(unit: string, to: number): number {
    return this.#once(`on ${unit} ${to}`, (node) =>
      this.#nfa.on(node, [this.#nfa.alphabet.classOf(unit.charCodeAt(0))], to),
    );
  }

  #once(key: string, fill: (node: number) => void): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const node = this.#nfa.node();
    this.#known.set(key, node);
    fill(node);
    return node;
  }

  #idOf(language: Language): number {
    const id = this.#ids.get(language) ?? this.#ids.size;
    this.#ids.set(language, id);
    return id;
  }
}

function addText(nfa: Nfa, from: number, text: string): number {
  let at = from;
  for (let index = 0; index < text.length; index += 1) {
    const to = nfa.node();
    nfa.on(at, [nfa.alphabet.classOf(text.charCodeAt(index))], to);
    at = to;
  }
  return at;
}

/** How a text is compared with a pattern. */
export interface Comparison {
  readonly wildcards: boolean;
  readonly ignoreCase?: boolean;
  /** Whether an empty text is taken for one of the patterns, where that is not theirs to say. */
  readonly ifEmpty?: boolean | undefined;
}

/** Any one of the patterns. Those that begin alike share their nodes, so that a list of a thousand stays small. */
export function machineOfPatterns(alphabet: Alphabet, patterns: readonly Pattern[], how: Comparison): Machine {
  const isPlain = !how.ignoreCase && how.ifEmpty === undefined;
  if (isPlain && !(how.wildcards && patterns.some(({ text }) => /[*?]/.test(text))))
    return new TextMachine(
      alphabet,
      patterns.map(({ text }) => text),
    );
  const nfa = new Nfa(alphabet);
  const start = nfa.node();
  const known = new Map<string, number>();
  for (const { text, literal } of patterns) {
    let at = start;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text[index] ?? '';
      const isWild = how.wildcards && !literal.has(index) && (unit === '*' || unit === '?');
      const key = `${at} ${isWild ? unit : `= ${unit}`}`;
      const to = known.get(key) ?? nfa.node();
      if (!known.has(key)) {
        known.set(key, to);
        if (isWild) addWildcard(nfa, at, to, unit);
        else for (const one of how.ignoreCase ? variantsOf(unit) : [unit]) addVariant(nfa, at, to, one);
      }
      at = to;
    }
    nfa.at(at).accepts = true;
  }
  return startedAt(nfa, start, how);
}

const startedAt = (nfa: Nfa, start: number, { ifEmpty }: Pick<Comparison, 'ifEmpty'>) =>
  new SubsetMachine(nfa, ifEmpty === undefined ? start : nfa.before(start, ifEmpty));

function addWildcard(nfa: Nfa, from: number, to: number, unit: string): void {
  if (unit === '?') nfa.at(from).any.push(to);
  else {
    nfa.at(from).free.push(to);
    nfa.at(to).any.push(to);
  }
}

function addVariant(nfa: Nfa, from: number, to: number, text: string): void {
  const before = addText(nfa, from, text.slice(0, -1));
  nfa.on(before, [nfa.alphabet.classOf(text.charCodeAt(text.length - 1))], to);
}

/** All texts whose lower case is the lower case of one unit. */
function variantsOf(unit: string): readonly string[] {
  const lower = unit.toLowerCase();
  const found = unitsByLower().get(lower) ?? [lower];
  return [...new Set([lower, ...found])];
}

/** Units by their lower case where it is another. */
let byLower: ReadonlyMap<string, readonly string[]> | undefined;

function unitsByLower(): ReadonlyMap<string, readonly string[]> {
  if (byLower) return byLower;
  const found = new Map<string, string[]>();
  for (let unit = 0; unit <= 0xffff; unit += 1) {
    const text = String.fromCharCode(unit);
    const lower = text.toLowerCase();
    if (lower !== text) found.set(lower, [...(found.get(lower) ?? []), text]);
  }
  byLower = found;
  return found;
}

/** Six parts between colons, each for itself: a wildcard spans colons in the last alone. Source: IAM, "ARN condition operators". */
export function machineOfArns(
  alphabet: Alphabet,
  patterns: readonly Pattern[],
  how: Pick<Comparison, 'ifEmpty'> = {},
): Machine {
  const nfa = new Nfa(alphabet);
  const start = nfa.node();
  const colon = [alphabet.classOf(':'.charCodeAt(0))];
  const others = alphabet.classesOf(charsOf('^:'));
  for (const { text, literal } of patterns) {
    let at = start;
    let colons = 0;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text[index] ?? '';
      const to = nfa.node();
      const isLast = colons >= 5;
      if (unit === ':') colons += 1;
      if ((unit === '*' || unit === '?') && !literal.has(index)) {
        if (isLast) addWildcard(nfa, at, to, unit);
        else if (unit === '?') nfa.on(at, others, to);
        else {
          nfa.at(at).free.push(to);
          nfa.on(to, others, to);
        }
      } else nfa.on(at, unit === ':' ? colon : [alphabet.classOf(unit.charCodeAt(0))], to);
      at = to;
    }
    nfa.at(at).accepts = colons >= 5;
  }
  return startedAt(nfa, start, how);
}
