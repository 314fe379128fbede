import { operatorOf } from './condition.ts';
import { type Finding, finding } from './finding.ts';
import { pathOfCondition } from './lint-constraints.ts';
import { isChecked } from './lint-provider.ts';
import { atAnyTime, exampleSentence, whoBeside } from './lint-width.ts';
import type { Condition, Statement } from './policy.ts';
import type { RuleId } from './rules.ts';
import type { Grant } from './who/who.ts';
import { isOnlyAsStrict } from './who/why-nobody.ts';
import type { WorkLeft } from './who/work.ts';

/** Operators that say less than they seem to, or no more than a plainer one. @param grants - of the statement */
export function operatorFindings(
  condition: Condition,
  { conditions }: Statement,
  { grants, work }: { readonly grants: readonly Grant[]; readonly work: WorkLeft },
  where: string,
): readonly Finding[] {
  const { operator, key, values } = condition;
  const { set, name, ifExists } = operatorOf(operator);
  const add = (rule: RuleId, message: string) => [finding(rule, where, message, pathOfCondition(condition))];
  const isLax = (set === 'ForAllValues' || ifExists) && !isChecked(condition, conditions);
  const plain = { ...condition, operator: name };
  // Where whoever is allowed meets the plain operator too, every token has the key, as one value.
  const isIdle =
    isLax && grants.length > 0 && grants.every((one) => isOnlyAsStrict(one, plain, { now: atAnyTime, work }));
  const isWide = isLax && !isIdle;
  const wide = () => `${operator} on ${key}. ${exampleBeside(grants, plain)}`;
  return [
    ...(isIdle ? add('aws/idle-operator', `${operator} on ${key}.`) : []),
    ...(isWide && set === 'ForAllValues' ? add('aws/for-all-values', wide()) : []),
    ...(isWide && ifExists ? add('aws/if-exists', wide()) : []),
    ...(name === 'StringLike' && !values.some((value) => /[*?]|\$\{/.test(value))
      ? add('aws/string-like', `${operator} on ${key} has no wildcard.`)
      : []),
  ];
}

/** Somebody whom a condition would deny. */
function exampleBeside(grants: readonly Grant[], condition: Condition): string {
  const all = grants.map((grant) => whoBeside(grant, condition, atAnyTime));
  if (all.every(({ reach }) => reach === 'nobody')) return 'Nobody is allowed by this statement as it is.';
  return exampleSentence(all.find(({ witness }) => witness)?.witness);
}
