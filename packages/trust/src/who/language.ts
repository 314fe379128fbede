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
  const start = nfa.node();
  nfa.at(add(nfa, start, language)).accepts = true;
  return new SubsetMachine(nfa, start);
}

/** @returns the node at its end */
function add(nfa: Nfa, from: number, language: Language): number {
  if (typeof language === 'string') return addText(nfa, from, language);
  if ('anyCase' in language) return addAnyCase(nfa, from, language.anyCase);
  if ('chars' in language) return addChars(nfa, from, language);
  if ('sequence' in language) return language.sequence.reduce((at, one) => add(nfa, at, one), from);
  if ('anyOf' in language)
    return joined(
      nfa,
      language.anyOf.map((one) => add(nfa, from, one)),
    );
  const again = joined(nfa, [from]);
  nfa.at(add(nfa, again, language.many)).free.push(again);
  return joined(nfa, [again]);
}

function addChars(
  nfa: Nfa,
  from: number,
  { chars, length }: { readonly chars: string; readonly length?: number },
): number {
  const classes = nfa.alphabet.classesOf(charsOf(chars));
  let at = from;
  for (let count = 0; count < (length ?? 1); count += 1) {
    const to = nfa.node();
    nfa.on(at, classes, to);
    at = to;
  }
  if (length === undefined) nfa.on(at, classes, at);
  return at;
}

function joined(nfa: Nfa, ends: readonly number[]): number {
  const end = nfa.node();
  for (const one of ends) nfa.at(one).free.push(end);
  return end;
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

function addAnyCase(nfa: Nfa, from: number, text: string): number {
  return text.split('').reduce((at, unit) => {
    const to = nfa.node();
    for (const one of variantsOf(unit)) addVariant(nfa, at, to, one);
    return to;
  }, from);
}

/** How a text is compared with patterns. */
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
