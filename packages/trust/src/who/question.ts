import type { TokenShape } from '@fedbridge/issuers';
import { operatorOf } from '../condition.ts';
import type { Condition } from '../policy.ts';
import type { Alphabet } from './alphabet.ts';
import {
  type Atom,
  atomOf,
  type ClaimAtom,
  cutsOfCondition,
  joined,
  Machines,
  type RequestAtom,
  subjectOf,
} from './atoms.ts';
import { type Said, saidBy } from './claim-variables.ts';
import { type Ground, groundOf } from './ground.ts';
import { Lists, listAsked } from './lists.ts';
import type { Mine } from './mine.ts';
import { conjunctionsOf } from './ours.ts';
import { type Choice, choicesOf, cutsOfRequest, groupOf, holdsWith } from './request.ts';
import type { Scope } from './scope.ts';
import type { TokenGraph } from './token-graph.ts';
import { tokensWith } from './tokens.ts';
import { type Asking, isTooLarge, mostWork, TooMuchWork } from './work.ts';

/** Who is asked about: the tokens for which all conditions of `allow` hold, and for none of `deny` all. */
export interface Question extends Asking {
  readonly iss: string;
  readonly scope: Scope;
  readonly shapes: readonly TokenShape[];
  readonly mine: readonly Mine[];
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
}

/** A condition that holds too, and one of the question that it stands in the place of. */
export interface Narrowed {
  readonly from: Condition | undefined;
  readonly to: Condition;
}

/** What tokens must be beside what a question says. */
export interface Demanded {
  readonly narrowed?: Narrowed | undefined;
  /** What holds of them. */
  readonly some?: readonly ClaimAtom[];
  /** Conjunctions that do not hold. */
  readonly none?: readonly (readonly ClaimAtom[])[];
}

/** A question put in a form in which it can be asked of each shape of token. */
export class Asked {
  readonly #question: Question;
  readonly #ground: Ground;
  readonly #choices: readonly Choice[];
  readonly #choiceOf: readonly string[];
  readonly #machines: Machines;
  readonly #said: Said;
  readonly #unread = new Map<TokenShape, Set<Condition>>();

  /** @param cuts - where classes must begin for what is asked beside the question @throws TooMuchWork */
  constructor(question: Question, cuts: readonly number[] = []) {
    if (isTooLarge(question)) throw new TooMuchWork();
    this.#question = question;
    this.#said = saidBy(question.allow);
    const { scope, now } = question;
    const all = [...question.allow, ...question.deny.flat()];
    this.#ground = groundOf(question, [
      ...all.flatMap((one) => cutsOfCondition(one, scope)),
      ...cutsOfRequest(all),
      ...cuts,
    ]);
    this.#ground.alphabet.renew(question.most ?? mostWork);
    this.#machines = new Machines(scope, this.#ground.alphabet);
    const ofRequest = all.filter((one) => subjectOf(one, scope).of === 'request');
    const choices = choicesOf(ofRequest, scope, this.#ground.alphabet, now);
    this.#choices = [...choices.values()];
    this.#choiceOf = [...choices.keys()];
  }

  /** Conditions that could not be read of the shapes that were asked about. What they are in the way of is taken for allowed. */
  get unread(): readonly Condition[] {
    return [...new Set([...this.#unread.values()].flatMap((some) => [...some]))];
  }

  /** Whether all conditions could be read of a shape that was asked about. */
  isRead(shape: TokenShape): boolean {
    return (this.#unread.get(shape)?.size ?? 0) === 0;
  }

  get alphabet(): Alphabet {
    return this.#ground.alphabet;
  }

  /**
   * @param strangersAlone - leaves out whoever is one of ours
   * @returns undefined where it is plain that there are none
   */
  tokensOf(
    shape: TokenShape,
    strangersAlone: boolean,
    { narrowed, some = [], none = [] }: Demanded = {},
  ): TokenGraph | undefined {
    const { deny } = this.#question;
    const further = this.#question.allow.filter((one) => one !== narrowed?.from);
    const allow = narrowed ? [...further, narrowed.to] : further;
    const lists = this.#listsOf(shape, [...allow, ...deny.flat()]);
    const atoms: Atom[] = [];
    const unread = this.#unread.get(shape) ?? new Set();
    this.#unread.set(shape, unread);
    const known = new Map<Condition, number>();
    const numberOf = (atom: Atom) => atoms.push(atom) - 1;
    /** @returns undefined for a conjunction that never holds */
    const conjunction = (conditions: readonly Condition[], isDenied: boolean): number[] | undefined => {
      const numbers: number[] = [];
      for (const condition of conditions) {
        const seen = known.get(condition);
        const atom = seen === undefined ? this.#atomOf(condition, shape, lists) : undefined;
        if (seen === undefined && atom === undefined) {
          unread.add(condition);
          if (isDenied) return undefined;
        }
        if (atom === false) return undefined;
        if (seen !== undefined) numbers.push(seen);
        else if (atom !== undefined && atom !== true) {
          const number = numberOf(atom);
          known.set(condition, number);
          numbers.push(number);
        }
      }
      return numbers;
    };
    const allowed = conjunction(allow, false);
    if (!allowed) return undefined;
    const denied = deny.flatMap((one) => {
      const numbers = conjunction(one, true);
      return numbers ? [numbers] : [];
    });
    const policy = { some: allowed, none: denied };
    const ours = strangersAlone ? this.#ground.oursIn(shape).flatMap((one) => conjunctionsOf(one, policy, atoms)) : [];
    return tokensWith(shape, this.#ground.alphabet, {
      atoms,
      choices: [...this.#choices, ...lists.choices].map(({ options }) => options.length),
      listsWith: (options) => lists.in(options),
      languages: this.#ground.languages,
      sought: {
        some: [[...allowed, ...some.map(numberOf)]],
        none: [...denied, ...ours, ...none.map((all) => all.map(numberOf))],
      },
    });
  }

  /** Condition keys of the request with their values. */
  requestOf(options: readonly number[]): Readonly<Record<string, string>> {
    return Object.assign({}, ...this.#choices.map((choice, index) => choice.options[options[index] ?? 0]));
  }

  #listsOf(shape: TokenShape, conditions: readonly Condition[]): Lists {
    const { scope } = this.#question;
    return new Lists(shape, conditions, { scope, alphabet: this.alphabet, first: this.#choices.length });
  }

  #atomOf(condition: Condition, shape: TokenShape, lists: Lists): ClaimAtom | RequestAtom | boolean | undefined {
    const { scope } = this.#question;
    if (listAsked(condition, shape, scope) !== undefined) return lists.atomOf(condition);
    const subject = subjectOf(condition, scope);
    if (subject.of === 'nothing') return subject.truth;
    if (subject.of === 'unknown') return undefined;
    if (subject.of === 'request') return this.#requestAtom(condition);
    const atom = atomOf(condition, shape, {
      claims: subject.claims,
      scope,
      machines: this.#machines,
      said: this.#said,
    });
    return typeof atom === 'object' ? { ...atom, parts: joined(atom.parts) } : atom;
  }

  #requestAtom(condition: Condition): RequestAtom | undefined {
    const choice = this.#choiceOf.indexOf(groupOf(condition.key));
    if (choice < 0) return undefined;
    const { options = [] } = this.#choices[choice] ?? {};
    return { choice, truths: options.map((option) => holdsWith(option, condition, this.#question.scope)) };
  }
}

/** More names than these are not told one by one: so many are written at least, or left by a wildcard. */
export function mostNamesOf(allow: readonly Condition[]): number {
  const written = allow.filter(({ operator }) => !operatorOf(operator).negated).flatMap(({ values }) => values);
  return Math.max(20, written.length);
}

/** Whether one condition holds wherever another does, since that names fewer of the same values. */
export function implies(narrow: Condition, wide: Condition): boolean {
  const isAlike = narrow.key === wide.key && narrow.operator === wide.operator && !operatorOf(wide.operator).negated;
  return isAlike && narrow.values.length > 0 && narrow.values.every((value) => wide.values.includes(value));
}
