import { patternMatcher } from '@fedbridge/core/pattern';
import { isInRange } from './address.ts';
import { MalformedPolicyError } from './malformed-policy.ts';
import type { Condition } from './policy.ts';
import { type Resolved, resolveVariables } from './variables.ts';

/** Values by condition key, the keys in lower case: IAM does not tell their case apart. */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

/** What is done once with a value of the request stands before what is done with each of the policy's. */
type Test = (actual: string) => (wanted: Resolved) => boolean;

interface Operator {
  readonly test: Test;
  readonly negated: boolean;
  /** Whether variables have a meaning in its values: with texts and ARNs alone. */
  readonly hasVariables: boolean;
}

const equals: Test =
  (actual) =>
  ({ text }) =>
    actual === text;
const equalsIgnoringCase: Test = (actual) => {
  const lower = actual.toLowerCase();
  return ({ text }) => lower === text.toLowerCase();
};
const like: Test = (actual) => {
  const matches = patternMatcher(actual);
  return ({ text, literal }) => matches(text, literal);
};
const sameBoolean: Test = (actual) => (/^(true|false)$/i.test(actual) ? equalsIgnoringCase(actual) : () => false);
const sameBytes: Test = (actual) => {
  const bytes = bytesOf(actual);
  return ({ text }) => bytes !== undefined && bytes === bytesOf(text);
};
const inRange: Test =
  (actual) =>
  ({ text }) =>
    isInRange(actual, text);
/** Each of the six parts for itself, so that a wildcard does not span colons but in the last [IAM: ARN condition operators]. */
const arnLike: Test = (actual) => {
  const parts = arnParts({ text: actual, literal: new Set() }).map(({ text }) => patternMatcher(text));
  return (wanted) => {
    const patterns = arnParts(wanted);
    const isArn = parts.length === 6 && patterns.length === 6;
    return isArn && patterns.every(({ text, literal }, index) => parts[index]?.(text, literal));
  };
};

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  Equals: (order) => order === 0,
  LessThan: (order) => order < 0,
  LessThanEquals: (order) => order <= 0,
  GreaterThan: (order) => order > 0,
  GreaterThanEquals: (order) => order >= 0,
};

const operators: ReadonlyMap<string, Operator> = new Map([
  ...ofTexts('String', 'Equals', equals),
  ...ofTexts('String', 'EqualsIgnoreCase', equalsIgnoringCase),
  ...ofTexts('String', 'Like', like),
  ...ofTexts('Arn', 'Equals', arnLike),
  ...ofTexts('Arn', 'Like', arnLike),
  ...ordered('Numeric', (text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN)),
  ...ordered('Date', dateOf),
  ['Bool', { test: sameBoolean, negated: false, hasVariables: false }],
  ['BinaryEquals', { test: sameBytes, negated: false, hasVariables: false }],
  ['IpAddress', { test: inRange, negated: false, hasVariables: false }],
  ['NotIpAddress', { test: inRange, negated: true, hasVariables: false }],
]);

function ofTexts(family: string, name: string, test: Test): [string, Operator][] {
  return [
    [`${family}${name}`, { test, negated: false, hasVariables: true }],
    [`${family}Not${name}`, { test, negated: true, hasVariables: true }],
  ];
}

function ordered(family: string, parse: (text: string) => number): [string, Operator][] {
  const compared =
    (holds: (order: number) => boolean): Test =>
    (actual) => {
      const is = parse(actual);
      return ({ text }) => !Number.isNaN(is - parse(text)) && holds(is - parse(text));
    };
  const all = Object.entries(comparisons).map(([name, holds]): [string, Operator] => [
    `${family}${name}`,
    { test: compared(holds), negated: false, hasVariables: false },
  ]);
  return [
    ...all,
    [`${family}NotEquals`, { test: compared((order) => order === 0), negated: true, hasVariables: false }],
  ];
}

/** Seconds since 1970-01-01 UTC, or a date of ISO 8601 as W3C's NOTE-datetime has it; in ms. */
function dateOf(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text) * 1000;
  const [, day = '', time = ''] =
    /^(\d{4}-\d\d(?:-\d\d)?)(T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(text) ?? [];
  const midnight = Date.parse(day);
  // A day that its month does not have is taken for one of the next.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return Number.NaN;
  return Date.parse(day + time);
}

/** What a text of base 64 stands for; undefined for another. */
function bytesOf(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}

function arnParts({ text, literal }: Resolved): Resolved[] {
  const ends: number[] = [];
  for (let at = text.indexOf(':'); at >= 0 && ends.length < 5; at = text.indexOf(':', at + 1)) ends.push(at);
  return [...ends, text.length].map((end, index) => {
    const start = index === 0 ? 0 : (ends[index - 1] ?? 0) + 1;
    const inside = [...literal].filter((at) => at >= start && at < end).map((at) => at - start);
    return { text: text.slice(start, end), literal: new Set(inside) };
  });
}

/** An operator's name in its parts: the set operator before it, the name, and whether the key may be missing. */
export function operatorOf(operator: string): {
  set: string | undefined;
  name: string;
  ifExists: boolean;
  negated: boolean;
} {
  const [, set, name = '', ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w{1,40}?)(IfExists)?$/.exec(operator) ?? [];
  return { set, name, ifExists: ifExists !== undefined, negated: operators.get(name)?.negated ?? false };
}

/** Whether IAM has this operator. */
export function isOperator(operator: string): boolean {
  return operator === 'Null' || operators.has(operatorOf(operator).name);
}

/**
 * Whether one condition holds.
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "Set operators for multivalued keys" and
 * "Variables and tags".
 *
 * @param knowsVariables - whether the policy is of a version that has them; in an older one `${…}` is a text like any other
 * @throws MalformedPolicyError for an operator that is not known
 */
export function holds({ operator, key, values }: Condition, context: ConditionContext, knowsVariables = true): boolean {
  const actual = context.get(key.toLowerCase()) ?? [];
  if (operator === 'Null') return values.some((wanted) => (actual.length === 0) === (wanted.toLowerCase() === 'true'));
  const { set, name, ifExists } = operatorOf(operator);
  const found = operators.get(name);
  if (!found) throw new MalformedPolicyError(`the condition operator ${operator} is not known`);
  // To a set operator values that are all empty are none.
  const isMissing = set ? actual.every((value) => value === '') : actual.length === 0;
  if (isMissing) {
    if (set === 'ForAllValues' || (ifExists && actual.length === 0)) return true;
    // A negated operator holds for a key that is not there; ForAnyValue never does.
    return found.negated && set !== 'ForAnyValue';
  }
  const wanted =
    knowsVariables && found.hasVariables
      ? values.flatMap((value) => resolveVariables(value, (one) => single(context, one)) ?? [])
      : values.map((text) => ({ text, literal: new Set<number>() }));
  const passes = (value: string) => wanted.some(found.test(value)) !== found.negated;
  return set === 'ForAnyValue' ? actual.some(passes) : actual.every(passes);
}

function single(context: ConditionContext, key: string): string | undefined {
  const found = context.get(key.toLowerCase()) ?? [];
  return found.length === 1 ? found[0] : undefined;
}
