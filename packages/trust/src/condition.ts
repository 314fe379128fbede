import { MalformedPolicyError } from './malformed-policy.ts';
import { newWork, operators, type Work } from './operators.ts';
import { type Resolved, resolveVariables } from './variables.ts';

/** One key of one operator: `StringEquals: {"<key>": [values]}`. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Values by condition key, the keys in lower case: IAM does not tell their case apart. */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

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
 * @param work - of the evaluation that it is a part of
 * @throws MalformedPolicyError for an operator that is not known, and where variables make more of a policy than IAM would look at
 */
export function holds(
  { operator, key, values }: Condition,
  context: ConditionContext,
  knowsVariables = true,
  work: Work = newWork(),
): boolean {
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
      ? resolvedValues(values, actual, context, work)
      : values.map((text) => ({ text, literal: none }));
  const isOne = found.anyOf(wanted, actual.length > 1, work);
  const passes = (value: string) => isOne(value) !== found.negated;
  return set === 'ForAnyValue' ? actual.some(passes) : actual.every(passes);
}

const none: ReadonlySet<number> = new Set();

/** Without those that are longer than what they are compared with, or have a variable without a value: these equal nothing. */
function resolvedValues(
  values: readonly string[],
  actual: readonly string[],
  context: ConditionContext,
  work: Work,
): readonly Resolved[] {
  // A letter is at most three in lower case.
  const longest = 3 * actual.reduce((most, { length }) => Math.max(most, length), 0);
  return [...new Set(values)].flatMap((value) => {
    if (!value.includes('${')) return { text: value, literal: none };
    const resolved = resolveVariables(value, (one) => single(context, one), longest);
    work.variables -= resolved?.text.length ?? 0;
    if (work.variables < 0) throw new MalformedPolicyError('its variables stand for more than IAM would look at');
    return resolved ?? [];
  });
}

function single(context: ConditionContext, key: string): string | undefined {
  const found = context.get(key.toLowerCase()) ?? [];
  return found.length === 1 ? found[0] : undefined;
}
