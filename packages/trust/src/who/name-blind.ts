import type { ClaimPart, Language, TokenShape } from '@fedbridge/issuers';
import { Alphabet, charsOf, cutsOf } from './alphabet.ts';
import { cutsOfLanguage, cutsOfText, machineOfLanguage } from './language.ts';
import type { Machine } from './machine.ts';
import { TextMachine } from './text-machine.ts';
import { type Kind, kinds, textsIn, wordsIn } from './words.ts';

/** What a shape has beside names that mean nothing to it. */
export interface Blind {
  /** The kinds of words of which one in the place of another makes another token of the shape. */
  readonly to: ReadonlySet<Kind>;
  /** Words that stand in the shape itself. */
  readonly own: ReadonlySet<string>;
}

const known = new WeakMap<TokenShape, Blind>();

/**
 * Whether all tokens of a shape are tokens of it still when words of one kind that it does not have itself change places, and their claims
 * are the same but for that.
 */
export function blindnessOf(shape: TokenShape): Blind {
  const before = known.get(shape);
  if (before) return before;
  const { fields, claims, lists } = shape;
  const blind = {
    to: shape.isOfAnyNames ? new Set(kinds) : provenOf(shape),
    own: new Set(textsIn([claims, fields, lists]).flatMap(wordsIn)),
  };
  known.set(shape, blind);
  return blind;
}

/** What it is blind to, whatever it says itself. */
export function provenOf(shape: TokenShape): ReadonlySet<Kind> {
  const { fields, claims, lists = {} } = shape;
  // What an owner is called decides whether he is one.
  const isWhole = !shape.shared && Object.values(claims).every((parts) => areApart(parts, shape));
  const all = [
    ...Object.values(fields).map(({ language }) => language),
    ...Object.values(lists).map(({ each }) => each),
  ].map(ofLanguage);
  return new Set(isWhole ? kinds.filter((kind) => all.every(({ to }) => to.has(kind))) : []);
}

interface Edges {
  readonly begins: boolean;
  readonly ends: boolean;
  readonly isEmpty: boolean;
}

/** Whether no word of a claim goes from one of its parts to the next. */
function areApart(parts: readonly ClaimPart[], { fields }: TokenShape): boolean {
  const edges = parts.map((part) =>
    typeof part === 'string' ? ofText(part) : ofLanguage(fields[part.field]?.language ?? ''),
  );
  // What stands after a percent sign would be a colon.
  if (parts.some((part) => typeof part === 'string' && /^3?A/.test(part))) return false;
  return edges.every(
    ({ ends }, index) =>
      !ends ||
      !edges.slice(index + 1).some((one, at, rest) => one.begins && rest.slice(0, at).every(({ isEmpty }) => isEmpty)),
  );
}

const ofText = (text: string): Edges => ({
  begins: /^[A-Za-z\d]/.test(text),
  ends: /[A-Za-z\d]$/.test(text),
  isEmpty: text === '',
});

interface OfLanguage extends Edges {
  readonly to: ReadonlySet<Kind>;
}

const languages = new WeakMap<object, OfLanguage>();

function ofLanguage(language: Language): OfLanguage {
  if (typeof language === 'string') return lookedAt(language);
  const found = languages.get(language) ?? lookedAt(language);
  languages.set(language, found);
  return found;
}

function lookedAt(language: Language): OfLanguage {
  const alphabet = new Alphabet([
    ...cutsOfLanguage(language),
    ...cutsOfText(colon),
    ...kinds.flatMap(({ first, units, must }) => cutsOf(charsOf(first + units + must))),
  ]);
  const machine = machineOfLanguage(alphabet, language);
  const from = stepsOf(machine, alphabet.size);
  const of = (chars: string) => alphabet.classesOf(charsOf(chars));
  const letters = of('a-zA-Z0-9');
  const others = of('^a-zA-Z0-9');
  const states = new Set([machine.start]);
  const begins = new Set(states);
  for (const state of states) {
    for (const next of from(state)) states.add(next);
    for (const one of others) begins.add(from(state)[one] ?? nowhere);
    begins.add(machine.run(state, colon));
  }
  const own = [...new Set(textsIn(language).flatMap(wordsIn))];
  const read = { machine, from, own: new TextMachine(alphabet, own), others };
  const isBlindTo = ({ first, units, must, isOfLength }: Kind) => {
    const isBlindFrom = blindWith({ ...read, first: of(first), units: of(units), must: of(must), isOfLength });
    return [...begins].every(isBlindFrom);
  };
  return {
    to: new Set(kinds.filter(isBlindTo)),
    begins: letters.some((one) => from(machine.start)[one] !== nowhere),
    ends: [...states].some((state) => letters.some((one) => machine.accepts(from(state)[one] ?? nowhere))),
    isEmpty: machine.accepts(machine.start),
  };
}

const colon = '%3A';
/** The state of which nothing can come. */
const nowhere = 0;

/** The states that the classes of a machine lead to, in their order. */
type Steps = (state: number) => Int32Array;

const stepsOf = (machine: Machine, size: number): Steps =>
  byState((state) => {
    const row = new Int32Array(size);
    for (const one of machine.live(state) ?? row.keys()) row[one] = machine.step(state, one);
    return row;
  });

/** Finds out once what is so of a state. */
function byState<T>(of: (state: number) => T): (state: number) => T {
  const known: T[] = [];
  return (state) => {
    known[state] ??= of(state);
    return known[state];
  };
}

/** A language and a kind of words, in classes. */
interface Words extends Pick<Kind, 'isOfLength'> {
  readonly machine: Machine;
  readonly from: Steps;
  /** The words that stand in the language itself. */
  readonly own: Machine;
  /** Of what stands between words. */
  readonly others: readonly number[];
  readonly first: readonly number[];
  readonly units: readonly number[];
  readonly must: readonly number[];
}

/** Where a word leads, as far as it was read. */
interface Read {
  readonly state: number;
  readonly own: number;
  readonly has: boolean;
}

/** Asks of a state whether all words of a kind but a language's own lead from it to the same. */
function blindWith({ machine, from, own, others, first, units, must, isOfLength }: Words): (start: number) => boolean {
  const musts = new Set(must);
  /** What can come of a word that ends. */
  const endOf = byState((state) => `${machine.accepts(state)} ${others.map((one) => from(state)[one])}`);
  /** Whether all that can follow in a word leads to where it is: what ends here goes on as whatever else does. */
  const staysAt = byState((state) => units.every((one) => from(state)[one] === state));
  return (start) => {
    let ends = new Set<string>();
    let isLost = false;
    const seen = new Set<string | number>();
    let open: readonly Read[] = [{ state: start, own: own.start, has: false }];
    for (let classes = first; open.length > 0; classes = units) {
      const next = new Map<number, Read>();
      for (const at of open)
        for (const one of classes) {
          const read = {
            state: from(at.state)[one] ?? nowhere,
            own: own.step(at.own, one),
            has: at.has || musts.has(one),
          };
          if (read.state === nowhere) isLost = true;
          else next.set(keyOf(read), read);
        }
      if (isOfLength) ends = new Set();
      // Of all that leads to nothing some is no word of the language's own.
      if (isLost) ends.add(endOf(nowhere));
      for (const [key, read] of next) {
        const isOver = !isOfLength && staysAt(read.state);
        if (isOver || (read.has && !own.accepts(read.own))) ends.add(endOf(read.state));
        if (isOver) next.delete(key);
      }
      if (ends.size > 1) return false;
      // Of words of a length all are read at once: where they lead where shorter ones did, longer ones do so too.
      const keys = isOfLength ? [[...next.keys()].sort().join()] : [...next.keys()];
      const isKnown = (key: string | number) => seen.has(key);
      open = keys.every(isKnown)
        ? []
        : isOfLength
          ? [...next.values()]
          : [...next].filter(([key]) => !isKnown(key)).map(([, read]) => read);
      for (const key of keys) seen.add(key);
    }
    return true;
  };
}

/** As one number: words of a language's own have fewer than a million letters. */
const keyOf = ({ state, own, has }: Read) => (state * 2 ** 20 + own) * 2 + (has ? 1 : 0);
