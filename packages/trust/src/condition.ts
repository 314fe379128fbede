import { matchesPattern } from '@fedbridge/core';
import { type Condition, MalformedPolicyError } from './policy.ts';

/** Values by condition key, the keys in lower case: IAM does not tell their case apart. */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

type Test = (actual: string, wanted: string) => boolean;

const equals: Test = (actual, wanted) => actual === wanted;
const equalsIgnoringCase: Test = (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase();

const tests: Readonly<Record<string, { readonly test: Test; readonly negated: boolean }>> = {
  StringEquals: { test: equals, negated: false },
  StringNotEquals: { test: equals, negated: true },
  StringEqualsIgnoreCase: { test: equalsIgnoringCase, negated: false },
  StringNotEqualsIgnoreCase: { test: equalsIgnoringCase, negated: true },
  StringLike: { test: matchesPattern, negated: false },
  StringNotLike: { test: matchesPattern, negated: true },
  Bool: { test: equalsIgnoringCase, negated: false },
};

/**
 * Whether one condition holds.
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for multivalued keys".
 *
 * @throws MalformedPolicyError for an operator that is not known
 */
export function holds({ operator, key, values }: Condition, context: ConditionContext): boolean {
  const actual = context.get(key.toLowerCase()) ?? [];
  if (operator === 'Null') return values.every((wanted) => (actual.length === 0) === (wanted.toLowerCase() === 'true'));
  const [, set, name = '', ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const known = Object.hasOwn(tests, name) ? tests[name] : undefined;
  if (!known) throw new MalformedPolicyError(`the condition operator ${operator} is not known`);
  if (actual.length === 0) {
    if (set === 'ForAllValues' || ifExists) return true;
    // A negated operator holds for a key that is not there; ForAnyValue never does.
    return known.negated && set !== 'ForAnyValue';
  }
  const passes = (value: string) => values.some((wanted) => known.test(value, wanted)) !== known.negated;
  return set === 'ForAnyValue' ? actual.some(passes) : actual.every(passes);
}
