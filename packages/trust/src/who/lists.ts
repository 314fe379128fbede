import type { ListClaim, TokenShape } from '@fedbridge/issuers';
import { holds, operatorOf } from '../condition.ts';
import type { Condition } from '../policy.ts';
import type { Alphabet } from './alphabet.ts';
import type { RequestAtom } from './atoms.ts';
import { hangsOnOthers, subjectOf } from './atoms.ts';
import { areOfOneKind, textsToldApart } from './candidates.ts';
import { machineOfLanguage } from './language.ts';
import type { Scope } from './scope.ts';

/** A list in a claim; empty where a token is without it. */
export type List = readonly string[];

interface ListChoice {
  readonly claim: string;
  readonly options: readonly List[];
  /** The conditions that can be read, with whether each holds, by option. */
  readonly truths: ReadonlyMap<Condition, readonly boolean[]>;
}

/**
 * What the claims of a shape that may be lists can be, as far as conditions tell lists apart. A condition asks whether any value of a list
 * passes, or whether all do: so of lists it matters no more than of which conditions any passes and all pass.
 */
export class Lists {
  readonly choices: readonly ListChoice[];
  readonly #first: number;

  /** @param first - the number of its first choice among those of a question */
  constructor(
    shape: TokenShape,
    conditions: readonly Condition[],
    { scope, alphabet, first }: { readonly scope: Scope; readonly alphabet: Alphabet; readonly first: number },
  ) {
    this.#first = first;
    this.choices = Object.entries(shape.lists ?? {}).flatMap(([claim, list]) => {
      const isOfIt = (one: Condition) => listAsked(one, shape, scope) === claim;
      const asking = conditions.filter((one) => isOfIt(one) && !hangsOnOthers(one, scope) && canAsk(one, list));
      if (asking.length === 0 || !areOfOneKind(asking)) return [];
      return [{ claim, ...choiceOf(list, asking, scope, alphabet) }];
    });
  }

  /** A condition on a list; undefined for one that cannot be read. */
  atomOf(condition: Condition): RequestAtom | undefined {
    const index = this.choices.findIndex(({ truths }) => truths.has(condition));
    const truths = this.choices[index]?.truths.get(condition);
    return truths && { choice: this.#first + index, truths };
  }

  /** The lists of a token, by claim. @param options - of all choices of a question */
  in(options: readonly number[]): Readonly<Record<string, List>> {
    const chosen = this.choices.map(({ claim, options: all }, index) => [
      claim,
      all[options[this.#first + index] ?? 0],
    ]);
    return Object.fromEntries(chosen);
  }
}

/** The claim that a condition asks of, where it may be a list in tokens of a shape. */
export function listAsked(condition: Condition, shape: TokenShape, scope: Scope): string | undefined {
  const subject = subjectOf(condition, scope);
  if (!shape.lists || subject.of !== 'token') return undefined;
  const claim = subject.claims.find((one) => shape.lists?.[one] ?? shape.claims[one]);
  return claim !== undefined && shape.lists[claim] ? claim : undefined;
}

/** Whether it is documented what a condition says of a list. Source: IAM User Guide, "Set operators for multivalued context keys". */
function canAsk({ operator }: Condition, { isMultivalued }: ListClaim): boolean {
  const { name, set } = operatorOf(operator);
  return !isMultivalued || set !== undefined || name === 'Null';
}

function choiceOf(
  { each, always = [], optional }: ListClaim,
  conditions: readonly Condition[],
  scope: Scope,
  alphabet: Alphabet,
): Omit<ListChoice, 'claim'> {
  const language = machineOfLanguage(alphabet, each);
  const texts = textsToldApart(conditions, { scope, alphabet, language });
  const spend = () => alphabet.spend(conditions.length);
  const lists = listsOf(always, texts, spend, (text) => conditions.map((one) => passes(one, text, scope)));
  const all: readonly List[] = [...(optional ? [[]] : []), ...lists];
  const rows = new Map<string, { readonly list: List; readonly row: readonly boolean[] }>();
  for (const list of all) {
    alphabet.spend(conditions.length);
    const row = conditions.map((one) => holds(one, contextOf(one, list, scope), scope.knowsVariables));
    const key = row.join();
    if (!rows.has(key)) rows.set(key, { list, row });
  }
  const kept = [...rows.values()];
  return {
    options: kept.map(({ list }) => list),
    truths: new Map(conditions.map((one, index) => [one, kept.map(({ row }) => row[index] === true)])),
  };
}

/** Lists with all that is always in them, one at least for each way in which conditions can be passed by any and by all of their texts. */
function listsOf(
  always: List,
  texts: readonly string[],
  spend: () => void,
  passedBy: (text: string) => readonly boolean[],
): readonly List[] {
  const known = [...always, ...texts].map((text) => {
    spend();
    return { list: [text], ...kindOf(passedBy(text), text === '') };
  });
  const ofAlways = known.slice(0, always.length).reduce<Kind | undefined>(joined, undefined);
  const rest = known.slice(always.length);
  const seen = new Set<string>();
  const open: Kind[] = [];
  const add = (kind: Kind) => {
    const key = [kind.any, kind.all, kind.isEmpty].join(' ');
    if (!seen.has(key)) open.push(kind);
    seen.add(key);
  };
  for (const one of ofAlways ? [ofAlways] : rest) add(one);
  for (const one of open) {
    for (const other of rest) {
      spend();
      add(joined(one, other));
    }
  }
  return open.map(({ list }) => list);
}

interface Kind {
  readonly list: List;
  readonly any: readonly boolean[];
  readonly all: readonly boolean[];
  /** Whether all of its texts are empty, which are none to a set operator. */
  readonly isEmpty: boolean;
}

const kindOf = (passed: readonly boolean[], isEmpty: boolean) => ({ any: passed, all: passed, isEmpty });

function joined(one: Kind | undefined, other: Kind): Kind {
  if (!one) return other;
  return {
    list: [...one.list, ...other.list.filter((text) => !one.list.includes(text))],
    any: one.any.map((passed, index) => passed || other.any[index] === true),
    all: one.all.map((passed, index) => passed && other.all[index] === true),
    isEmpty: one.isEmpty && other.isEmpty,
  };
}

/** Whether a text by itself passes, whatever the others are. */
function passes(condition: Condition, text: string, scope: Scope): boolean {
  const { name } = operatorOf(condition.operator);
  return holds({ ...condition, operator: name }, contextOf(condition, [text], scope), scope.knowsVariables);
}

function contextOf({ key }: Condition, list: List, { constants }: Scope) {
  return new Map([...constants, [key.toLowerCase(), list] as const]);
}
