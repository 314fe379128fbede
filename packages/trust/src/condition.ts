import { BlockList, isIP } from 'node:net';
import { matchesPattern } from '@fedbridge/core';
import { type Condition, MalformedPolicyError } from './policy.ts';

/** Values by condition key, the keys in lower case: IAM does not tell their case apart. */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

type Test = (actual: string, wanted: Wanted) => boolean;

/** A value of a policy, its variables resolved: as a text, and as a pattern in which a resolved variable is literal. */
interface Wanted {
  readonly text: string;
  readonly pattern: string;
}

const equals: Test = (actual, { text }) => actual === text;
const equalsIgnoringCase: Test = (actual, { text }) => actual.toLowerCase() === text.toLowerCase();
const like: Test = (actual, { pattern }) => matchesPattern(literal(actual), pattern);
const isBoolean = (text: string) => /^(true|false)$/i.test(text);
const sameBoolean: Test = (actual, wanted) => isBoolean(actual) && equalsIgnoringCase(actual, wanted);
/** An address, or a range with its number of bits. */
const inRange: Test = (actual, { text }) => {
  const [network = '', bits] = text.split('/');
  const version = isIP(network);
  if (version === 0 || isIP(actual) !== version) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const all = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? all : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (!(prefix <= all)) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return list.check(actual, family);
};
/** Each of the six parts for itself, so that a wildcard does not span colons but in the last [IAM: ARN condition operators]. */
const arnLike: Test = (actual, { pattern }) => {
  const [parts, wanted] = [arnParts(literal(actual)), arnParts(pattern)];
  return (
    parts.length === 6 && wanted.length === 6 && parts.every((part, index) => matchesPattern(part, wanted[index] ?? ''))
  );
};

const compared = (parse: (text: string) => number, holds: (order: number) => boolean): Test => {
  return (actual, { text }) => {
    const order = parse(actual) - parse(text);
    return !Number.isNaN(order) && holds(order);
  };
};

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  Equals: (order) => order === 0,
  LessThan: (order) => order < 0,
  LessThanEquals: (order) => order <= 0,
  GreaterThan: (order) => order > 0,
  GreaterThanEquals: (order) => order >= 0,
};

interface Operator {
  readonly test: Test;
  readonly negated: boolean;
}

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: { test: equals, negated: false },
  StringNotEquals: { test: equals, negated: true },
  StringEqualsIgnoreCase: { test: equalsIgnoringCase, negated: false },
  StringNotEqualsIgnoreCase: { test: equalsIgnoringCase, negated: true },
  StringLike: { test: like, negated: false },
  StringNotLike: { test: like, negated: true },
  Bool: { test: sameBoolean, negated: false },
  BinaryEquals: { test: equals, negated: false },
  IpAddress: { test: inRange, negated: false },
  NotIpAddress: { test: inRange, negated: true },
  ArnEquals: { test: arnLike, negated: false },
  ArnLike: { test: arnLike, negated: false },
  ArnNotEquals: { test: arnLike, negated: true },
  ArnNotLike: { test: arnLike, negated: true },
  ...family('Numeric', (text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN)),
  ...family('Date', dateOf),
};

function family(name: string, parse: (text: string) => number): Record<string, Operator> {
  const all = Object.entries(comparisons).map(([suffix, holds]) => [
    `${name}${suffix}`,
    { test: compared(parse, holds), negated: false },
  ]);
  return {
    ...Object.fromEntries(all),
    [`${name}NotEquals`]: { test: compared(parse, (order) => order === 0), negated: true },
  };
}

/** Seconds since 1970-01-01 UTC, or a date of ISO 8601; in ms. */
function dateOf(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text) * 1000;
  return /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
}

function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')].slice(0, Math.min(6, parts.length));
}

function known(name: string): Operator | undefined {
  return Object.hasOwn(operators, name) ? operators[name] : undefined;
}

/** An operator's name in its parts: the set operator before it, the name, and whether the key may be missing. */
export function operatorOf(operator: string): {
  set: string | undefined;
  name: string;
  ifExists: boolean;
  negated: boolean;
} {
  const [, set, name = '', ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  return { set, name, ifExists: ifExists !== undefined, negated: known(name)?.negated ?? false };
}

/** Whether IAM has this operator. */
export function isOperator(operator: string): boolean {
  return operator === 'Null' || known(operatorOf(operator).name) !== undefined;
}

/**
 * Whether one condition holds.
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "Set operators for multivalued keys" and
 * "Variables and tags".
 *
 * @throws MalformedPolicyError for an operator that is not known
 */
export function holds({ operator, key, values }: Condition, context: ConditionContext): boolean {
  const actual = context.get(key.toLowerCase()) ?? [];
  if (operator === 'Null') return values.some((wanted) => (actual.length === 0) === (wanted.toLowerCase() === 'true'));
  const { set, name, ifExists } = operatorOf(operator);
  const found = known(name);
  if (!found) throw new MalformedPolicyError(`the condition operator ${operator} is not known`);
  if (actual.length === 0) {
    if (set === 'ForAllValues' || ifExists) return true;
    // A negated operator holds for a key that is not there; ForAnyValue never does.
    return found.negated && set !== 'ForAnyValue';
  }
  const wanted = values.flatMap((value) => resolve(value, context) ?? []);
  const passes = (value: string) => wanted.some((one) => found.test(value, one)) !== found.negated;
  return set === 'ForAnyValue' ? actual.some(passes) : actual.every(passes);
}

/** A value with its variables in place; undefined if one has no value, since then it equals nothing. */
function resolve(value: string, context: ConditionContext): Wanted | undefined {
  let isWhole = true;
  const put = (asPattern: boolean) =>
    value.replace(/\$\{([^}]*)\}/g, (_whole, name: string) => {
      if (name === '*' || name === '?' || name === '$') return asPattern && name !== '$' ? literal(name) : name;
      const [, key = '', byDefault] = /^\s*([^,]+?)\s*(?:,\s*'(.*)')?\s*$/.exec(name) ?? [];
      const found = context.get(key.toLowerCase()) ?? [];
      const text = found.length === 1 ? found[0] : byDefault;
      if (text === undefined) isWhole = false;
      return asPattern ? literal(text ?? '') : (text ?? '');
    });
  const wanted = { text: put(false), pattern: put(true) };
  return isWhole ? wanted : undefined;
}

/** A text whose wildcards stand for themselves: as characters that no text has. */
function literal(text: string): string {
  return text.replaceAll('*', '\uE000').replaceAll('?', '\uE001');
}
