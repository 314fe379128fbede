import type { TokenShape } from '@fedbridge/issuers';
import { operatorOf } from '../condition.ts';
import type { Condition } from '../policy.ts';
import type { Mine } from './mine.ts';
import { type Blind, blindnessOf } from './name-blind.ts';
import type { Question } from './question.ts';
import type { Scope } from './scope.ts';
import { kindOf, kinds, piecesIn, textsIn, withWords, wordsIn } from './words.ts';
import { isTooLarge } from './work.ts';

type Conditions = Pick<Question, 'allow' | 'deny'>;

/** A question with other names in the place of its own: all that differ in names alone become one, and what is found is given its names back. */
export interface Renamed extends Conditions {
  /** The same for all questions about the same shapes, and the same of ours, that become one. */
  readonly key: string;
  /** As it is in the question. */
  back(text: string): string;
  /** A condition that holds too, of which each value is one of a condition's. */
  also(condition: Condition): Condition;
}

/** What is asked beside a question. */
export interface Beside {
  /** With wildcards. */
  readonly patterns: readonly string[];
  /** Whatever else has texts in it. */
  readonly texts: unknown;
}

const nothing: Beside = { patterns: [], texts: [] };

/**
 * A name means nothing: to an issuer, to a condition that does not cut it in pieces and to who is ours if he is called something else, one
 * is as good as another. What is true of a policy about `app-1` and of all tokens is true of the same about `app-2` and all tokens in which
 * both have changed places. So an account of thousands of roles has a few dozen questions.
 *
 * @returns undefined where that is not so, or cannot be told
 */
export function renamed(question: Question, beside = nothing): Renamed | undefined {
  if (isTooLarge(question)) return undefined;
  const { scope, mine, allow, deny } = question;
  const all = [...allow, ...deny.flat()];
  const ofToken = all.filter(({ key }) => scope.claimsOf(key.toLowerCase()) !== undefined);
  if (all.some((one) => hasVariables(one, scope)) || !ofToken.every(isBlind)) return undefined;
  const values = ofToken.filter(isOfNames).flatMap((one) => one.values);
  const cut = [...ofToken.filter(isPattern).flatMap((one) => one.values), ...beside.patterns];
  const pieces = [...new Set(cut.flatMap(piecesIn))];
  // Where one goes on behind a wildcard it may be the rest of an escaped colon.
  if (pieces.some((one) => /^3?A/.test(one)) || cut.some((one) => one.includes('?'))) return undefined;
  const others = ofToken.filter((one) => !isOfNames(one)).flatMap((one) => one.values);
  const names = new Names({
    shapes: blindnessOfAll(question.shapes),
    taken: [takenBy(mine), takenBy(beside), takenBy(others)],
    used: new Set(values.flatMap(wordsIn)),
    pieces,
  });
  const inPlace = (condition: Condition): Condition =>
    ofToken.includes(condition) && isOfNames(condition)
      ? { ...condition, values: condition.values.map((value) => withWords(value, names.inPlaceOf)) }
      : condition;
  if (names.areTooMany) return undefined;
  const named = { allow: allow.map(inPlace), deny: deny.map((some) => some.map(inPlace)) };
  return {
    ...named,
    key: keyOf(named, question),
    back: (text) => withWords(text, names.back),
    also: (condition) => ({ ...condition, values: condition.values.map((value) => withWords(value, names.inPlaceOf)) }),
  };
}

/** Whether a condition compares texts as they are, or asks whether there are any. */
function isBlind({ operator }: Condition): boolean {
  return operator === 'Null' || /^(String(Not)?(Equals|Like)|Bool)$/.test(operatorOf(operator).name);
}

const hasVariables = ({ values }: Condition, { knowsVariables }: Scope) =>
  knowsVariables && values.some((value) => value.includes('${'));

const isOfNames = ({ operator }: Condition) => operatorOf(operator).name.startsWith('String');
const isPattern = ({ operator }: Condition) => operatorOf(operator).name.endsWith('Like');

/** All that a question is about beside shapes and who is ours. */
function keyOf({ allow, deny }: Conditions, { iss, scope, now, most }: Question): string {
  const told = ({ operator, key, values }: Condition) => {
    const lower = key.toLowerCase();
    const { constants } = scope;
    return [
      operator,
      key,
      values,
      scope.claimsOf(lower),
      constants.get(lower),
      scope.isOfRequest(lower),
      scope.isUnknown?.(lower),
    ];
  };
  return JSON.stringify([iss, now, most, scope.knowsVariables, allow.map(told), deny.map((some) => some.map(told))]);
}

/** What was found out about questions, by their shapes, by who is ours and by their keys. */
export class Answers<T> {
  readonly #known = new WeakMap<readonly TokenShape[], WeakMap<readonly Mine[], Map<string, T>>>();

  of({ shapes, mine }: Question, key: string, find: () => T): T {
    const byMine = this.#known.get(shapes) ?? new WeakMap<readonly Mine[], Map<string, T>>();
    this.#known.set(shapes, byMine);
    const answers = byMine.get(mine) ?? new Map<string, T>();
    byMine.set(mine, answers);
    const found = answers.get(key) ?? find();
    // The one that was asked last is the last to go.
    answers.delete(key);
    answers.set(key, found);
    const [first] = answers.keys();
    if (first !== undefined && answers.size > mostAnswers) answers.delete(first);
    return found;
  }
}

const mostAnswers = 100;

/** Words that mean something, in lower case. What has them is the same for many questions. */
const taken = new WeakMap<object, ReadonlySet<string>>();

function takenBy(some: object): ReadonlySet<string> {
  const words =
    taken.get(some) ??
    new Set(
      textsIn(some)
        .flatMap(wordsIn)
        .map((one) => one.toLowerCase()),
    );
  taken.set(some, words);
  return words;
}

const blindness = new WeakMap<readonly TokenShape[], Blind>();

/** What all of some shapes are blind to. */
function blindnessOfAll(shapes: readonly TokenShape[]): Blind {
  const all = () => shapes.map(blindnessOf);
  const known = blindness.get(shapes) ?? {
    to: new Set(kinds.filter((kind) => all().every(({ to }) => to.has(kind)))),
    own: new Set(all().flatMap(({ own }) => [...own])),
  };
  blindness.set(shapes, known);
  return known;
}

interface Among {
  readonly shapes: Blind;
  readonly taken: readonly ReadonlySet<string>[];
  /** All that a question says. */
  readonly used: ReadonlySet<string>;
  readonly pieces: readonly string[];
}

/** Which name stands for which: the first of a question is always called the same. */
class Names {
  areTooMany = false;
  readonly #inPlace = new Map<string, string>();
  readonly #back = new Map<string, string>();

  constructor({ shapes, taken, used, pieces }: Among) {
    const isOwn = (word: string) => shapes.own.has(word) || taken.some((one) => one.has(word.toLowerCase()));
    const isFree = (word: string) => !isOwn(word) && !pieces.some((piece) => word.includes(piece));
    const spellings = new Map<string, number>();
    for (const word of used) spellings.set(word.toLowerCase(), (spellings.get(word.toLowerCase()) ?? 0) + 1);
    const renamed = [...used].filter((word) => {
      const kind = kindOf(word);
      return kind !== undefined && shapes.to.has(kind) && isFree(word) && spellings.get(word.toLowerCase()) === 1;
    });
    this.areTooMany = renamed.length > mostNames;
    if (this.areTooMany) return;
    const kept = new Set([...used].filter((word) => !renamed.includes(word)));
    for (const word of renamed) {
      const other = stageNames(word).find((one) => !this.#back.has(one) && !kept.has(one) && isFree(one));
      if (other === undefined) {
        this.areTooMany = true;
        return;
      }
      this.#inPlace.set(word, other);
      this.#back.set(other, word);
    }
    this.#close();
  }

  readonly inPlaceOf = (word: string) => this.#inPlace.get(word) ?? word;
  readonly back = (word: string) => this.#back.get(word) ?? word;

  /** What stands for nothing else is what is called otherwise: two names that change places. */
  #close(): void {
    const left = [...this.#inPlace.keys()].filter((word) => !this.#back.has(word));
    for (const other of [...this.#inPlace.values()].filter((one) => !this.#inPlace.has(one))) {
      const at = left.findIndex((word) => kindOf(word) === kindOf(other) && isAsLong(word, other));
      const [word] = left.splice(at, 1);
      if (word !== undefined) this.#back.set(word, other);
    }
  }
}

/** Numbers change places with those of their length. */
const isAsLong = (word: string, other: string) => !kindOf(word)?.isOfLength || word.length === other.length;

/** More names of a question are not given others: it has few like it. */
const mostNames = 100;

/** By their kind, and by their length where that matters. */
const stage = new Map<string, readonly string[]>();

function stageNames(word: string): readonly string[] {
  const kind = kindOf(word);
  if (!kind) return [];
  const key = `${kinds.indexOf(kind)} ${kind.isOfLength ? word.length : ''}`;
  const fits = (one: string) => kind.fits.test(one) && (!kind.isOfLength || one.length === word.length);
  const names =
    stage.get(key) ?? Array.from({ length: mostNames }, (_, index) => kind.word(index, word.length)).filter(fits);
  stage.set(key, names);
  return names;
}
