import { type Matcher, patternMatcher } from '@fedbridge/core/pattern';
import { patternListMatcher } from '@fedbridge/core/pattern-list';
import { rangesMatcher } from './address.ts';
import type { Resolved } from './variables.ts';

/** What of a request is found out once, however many conditions ask. */
export interface Work {
  /** By a value of the request. */
  readonly matchers: Map<string, Matcher>;
  /** Characters that variables may still put into values. */
  variables: number;
}

/** Of one evaluation. Of what IAM takes of a policy and STS of a token, variables cannot make nearly as much. */
export function newWork(): Work {
  return { matchers: new Map(), variables: 2 ** 18 };
}

/**
 * Whether a value of the request is what one of the policy's says. What has to be done with either is done once, not for each pair.
 *
 * @param isOneOfMany - whether the request has several values
 */
type AnyOf = (wanted: readonly Resolved[], isOneOfMany: boolean, work: Work) => (actual: string) => boolean;

interface Operator {
  readonly anyOf: AnyOf;
  readonly negated: boolean;
  /** Whether variables have a meaning in its values: with texts and ARNs alone. */
  readonly hasVariables: boolean;
}

/** What is equal once both are written in one way. @param normal - undefined for what is no value of the kind */
function same(normal: (text: string) => string | number | undefined): AnyOf {
  return (wanted) => {
    const all = new Set(wanted.map(({ text }) => normal(text)));
    return (actual) => {
      const one = normal(actual);
      return one !== undefined && all.has(one);
    };
  };
}

/** Several values are matched with all patterns at once, one value with each pattern by itself. */
const like: AnyOf = (wanted, isOneOfMany, work) => {
  const patterns = wanted.filter(hasWildcard);
  const exact = new Set(wanted.length === patterns.length ? [] : wanted.filter((one) => !hasWildcard(one)).map(textIn));
  if (patterns.length === 0) return (actual) => exact.has(actual);
  const matches = isOneOfMany
    ? patternListMatcher(patterns)
    : (actual: string) => patterns.some(({ text, literal }) => matcherOf(actual, work)(text, literal));
  return (actual) => exact.has(actual) || matches(actual);
};

const textIn = ({ text }: Resolved) => text;

function hasWildcard({ text, literal }: Resolved): boolean {
  const wildcard = /[*?]/g;
  for (let found = wildcard.exec(text); found; found = wildcard.exec(text)) if (!literal.has(found.index)) return true;
  return false;
}

/** Each of the six parts for itself, so that a wildcard does not span colons but in the last [IAM: ARN condition operators]. */
const arnLike: AnyOf = (wanted, isOneOfMany, work) => {
  const patterns = wanted.map(arnParts).filter((parts) => parts.length === 6);
  if (isOneOfMany) {
    const listed = wanted.filter(({ text }) => colonsOf(text).length === 5);
    return patternListMatcher(listed.map((one) => ({ ...one, colonsFrom: colonsOf(one.text).at(-1) ?? 0 })));
  }
  return (actual) => {
    const parts = arnParts({ text: actual, literal: new Set() });
    const isOf = (pattern: readonly Resolved[]) =>
      pattern.every(({ text, literal }, index) => matcherOf(parts[index]?.text ?? '', work)(text, literal));
    return parts.length === 6 && patterns.some(isOf);
  };
};

function matcherOf(actual: string, { matchers }: Work): Matcher {
  const known = matchers.get(actual);
  if (known) return known;
  const made = patternMatcher(actual);
  matchers.set(actual, made);
  return made;
}

/** The first five. */
function colonsOf(text: string): number[] {
  const all: number[] = [];
  for (let at = text.indexOf(':'); at >= 0 && all.length < 5; at = text.indexOf(':', at + 1)) all.push(at);
  return all;
}

function arnParts({ text, literal }: Resolved): Resolved[] {
  const ends = colonsOf(text);
  return [...ends, text.length].map((end, index) => {
    const start = index === 0 ? 0 : (ends[index - 1] ?? 0) + 1;
    const inside = [...literal].filter((at) => at >= start && at < end).map((at) => at - start);
    return { text: text.slice(start, end), literal: new Set(inside) };
  });
}

const comparisons: Readonly<Record<string, (actual: number, all: readonly number[]) => boolean>> = {
  LessThan: (actual, [, most = Number.NaN]) => actual < most,
  LessThanEquals: (actual, [, most = Number.NaN]) => actual <= most,
  GreaterThan: (actual, [least = Number.NaN]) => actual > least,
  GreaterThanEquals: (actual, [least = Number.NaN]) => actual >= least,
};

/** IAM's condition operators by name, without `IfExists` and set prefixes. */
export const operators: ReadonlyMap<string, Operator> = new Map([
  ...both(
    'StringEquals',
    'StringNotEquals',
    same((text) => text),
    true,
  ),
  ...both(
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
    same((text) => text.toLowerCase()),
    true,
  ),
  ...both('StringLike', 'StringNotLike', like, true),
  ...both('ArnEquals', 'ArnNotEquals', arnLike, true),
  ...both('ArnLike', 'ArnNotLike', arnLike, true),
  ...ordered('Numeric', (text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN)),
  ...ordered('Date', dateOf),
  ...both(
    'Bool',
    undefined,
    same((text) => (/^(true|false)$/i.test(text) ? text.toLowerCase() : undefined)),
  ),
  ...both('BinaryEquals', undefined, same(bytesOf)),
  ...both('IpAddress', 'NotIpAddress', (wanted) => rangesMatcher(wanted.map(({ text }) => text))),
]);

function both(name: string, opposite: string | undefined, anyOf: AnyOf, hasVariables = false): [string, Operator][] {
  const one: [string, Operator] = [name, { anyOf, negated: false, hasVariables }];
  return opposite === undefined ? [one] : [one, [opposite, { anyOf, negated: true, hasVariables }]];
}

function ordered(family: string, parse: (text: string) => number): [string, Operator][] {
  const number = (text: string) => {
    const value = parse(text);
    return Number.isNaN(value) ? undefined : value;
  };
  const bounds: [string, Operator][] = Object.entries(comparisons).flatMap(([name, compare]) =>
    both(`${family}${name}`, undefined, (wanted) => {
      const all = wanted.flatMap(({ text }) => number(text) ?? []);
      const ends = all.length === 0 ? [] : [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
      return (actual) => compare(number(actual) ?? Number.NaN, ends);
    }),
  );
  return [...both(`${family}Equals`, `${family}NotEquals`, same(number)), ...bounds];
}

/** Seconds since 1970-01-01 UTC, or a date of ISO 8601 as W3C's NOTE-datetime has it; in ms. */
export function dateOf(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text) * 1000;
  const [, day = '', time = ''] =
    /^(\d{4}-\d\d(?:-\d\d)?)(T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(text) ?? [];
  const midnight = Date.parse(day);
  // A day that its month does not have is taken for one of the next.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return Number.NaN;
  return Date.parse(day + time);
}

/** What a text of base 64 stands for; undefined for another. */
export function bytesOf(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}
