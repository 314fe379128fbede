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
  const { fields, claims, lists = {} } = shape;
  // What an owner is called decides whether he is one.
  const isWhole = !shape.shared && Object.values(claims).every((parts) => areApart(parts, shape));
  const all = [
    ...Object.values(fields).map(({ language }) => language),
    ...Object.values(lists).map(({ each }) => each),
  ].map(ofLanguage);
  const texts = [textsIn(claims), Object.values(fields).map(({ example }) => example), textsIn(lists)].flat();
  const blind = {
    to: new Set(isWhole ? kinds.filter((kind) => all.every(({ to }) => to.has(kind))) : []),
    own: new Set([...texts.flatMap(wordsIn), ...all.flatMap(({ own }) => own)]),
  };
  known.set(shape, blind);
  return blind;
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
  /** Words that stand in it. */
  readonly own: readonly string[];
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
  const of = (chars: string) => new Set(alphabet.classesOf(charsOf(chars)));
  const [any, letters, others] = [of('^'), of('a-zA-Z0-9'), of('^a-zA-Z0-9')];
  const states = reachedIn(machine, any);
  const begins = new Set([
    machine.start,
    ...[...states].flatMap((state) => [...stepsOf(machine, state, others).values(), machine.run(state, colon)]),
  ]);
  const own = [...new Set(textsIn(language).flatMap(wordsIn))];
  const reader = new WordReader(machine, { own: new TextMachine(alphabet, own), others });
  const isWithin = (state: number) => [...stepsOf(machine, state, letters).values()];
  const isBlindTo = ({ first, units, must, isOfLength }: Kind) => {
    const read = { first: of(first), units: of(units), must: of(must), isOfLength };
    return [...begins].every((state) => reader.isBlindFrom(state, read));
  };
  return {
    own,
    to: new Set(kinds.filter(isBlindTo)),
    begins: isWithin(machine.start).length > 0,
    ends: [...states].some((state) => isWithin(state).some((next) => machine.accepts(next))),
    isEmpty: machine.accepts(machine.start),
  };
}

const colon = '%3A';

function reachedIn(machine: Machine, classes: ReadonlySet<number>): ReadonlySet<number> {
  const states = new Set([machine.start]);
  for (const state of states) for (const next of stepsOf(machine, state, classes).values()) states.add(next);
  return states;
}

/** Where classes lead from a state, those left out that lead to nothing. */
function stepsOf(machine: Machine, state: number, classes: ReadonlySet<number>): ReadonlyMap<number, number> {
  const live = machine.live(state);
  const steps = new Map<number, number>();
  const add = (one: number) => {
    const next = machine.step(state, one);
    if (next !== 0) steps.set(one, next);
  };
  if (!live) for (const one of classes) add(one);
  else for (const one of live) if (classes.has(one)) add(one);
  return steps;
}

interface Letters {
  /** The words that stand in a language itself. */
  readonly own: Machine;
  /** Of what stands between words. */
  readonly others: ReadonlySet<number>;
}

/** A kind of words, in classes. */
interface ReadKind extends Pick<Kind, 'isOfLength'> {
  readonly first: ReadonlySet<number>;
  readonly units: ReadonlySet<number>;
  readonly must: ReadonlySet<number>;
}

/** Where a word leads, as far as it was read. */
interface Read {
  readonly state: number;
  readonly own: number;
  readonly has: boolean;
}

class WordReader {
  readonly #machine: Machine;
  readonly #of: Letters;
  readonly #ends = new Map<number, string>();

  constructor(machine: Machine, of: Letters) {
    this.#machine = machine;
    this.#of = of;
  }

  /** Whether all words of a kind but a language's own lead to the same. */
  isBlindFrom(from: number, { first, units, must, isOfLength }: ReadKind): boolean {
    const { own } = this.#of;
    let ends = new Set<string>();
    let isLost = false;
    const seen = new Set<string>();
    let open: readonly Read[] = [{ state: from, own: own.start, has: false }];
    for (let classes = first; open.length > 0; classes = units) {
      const next = new Map<string, Read>();
      if (isOfLength) ends = new Set(isLost ? [this.#endOf(0)] : []);
      for (const at of open) {
        const steps = stepsOf(this.#machine, at.state, classes);
        // Of all that leads to nothing some is no word of the language's own.
        isLost ||= steps.size < classes.size;
        if (isLost) ends.add(this.#endOf(0));
        for (const [one, state] of steps) {
          const read = { state, own: own.step(at.own, one), has: at.has || must.has(one) };
          const isOver = !isOfLength && this.#staysAt(state, units);
          if (isOver || (read.has && !own.accepts(read.own))) ends.add(this.#endOf(state));
          if (ends.size > 1) return false;
          if (!isOver) next.set(`${state} ${read.own} ${read.has}`, read);
        }
      }
      // Of words of a length all are read at once: where they lead where shorter ones did, longer ones do so too.
      const keys = isOfLength ? [[...next.keys()].sort().join()] : [...next.keys()];
      const isKnown = (key: string) => seen.has(key);
      open = keys.every(isKnown)
        ? []
        : isOfLength
          ? [...next.values()]
          : [...next].filter(([key]) => !isKnown(key)).map(([, read]) => read);
      for (const key of keys) seen.add(key);
    }
    return true;
  }

  /** Whether all that can follow in a word leads to where it is: what ends here goes on as whatever else does. */
  #staysAt(state: number, units: ReadonlySet<number>): boolean {
    const steps = stepsOf(this.#machine, state, units);
    return steps.size === units.size && [...steps.values()].every((next) => next === state);
  }

  /** What can come of a word that ends. */
  #endOf(state: number): string {
    const after = () => [...stepsOf(this.#machine, state, this.#of.others)].sort(([one], [two]) => one - two).join();
    const known = this.#ends.get(state) ?? `${this.#machine.accepts(state)} ${after()}`;
    this.#ends.set(state, known);
    return known;
  }
}
