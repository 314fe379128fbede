import { type Finding, finding } from './finding.ts';
import { pathOfCondition } from './lint-constraints.ts';
import { atAnyTime } from './lint-width.ts';
import type { Condition, Statement } from './policy.ts';
import type { RuleId } from './rules.ts';
import type { Grant } from './who/who.ts';
import { type Contradiction, contradictionIn, type When } from './who/why-nobody.ts';

/** That a statement allows nobody, whenever it is or since its dates have passed, and by what of it. */
export function nobodyFindings(grant: Grant | undefined, where: string, { now, work }: When): readonly Finding[] {
  if (!grant) return [];
  const ever = contradictionIn(grant, { now: atAnyTime, work });
  if (ever) return [findingOf('allows-nobody', ever, where)];
  const since = now === atAnyTime ? undefined : contradictionIn(grant, { now, work });
  return since ? [findingOf('aws/expired', since, where)] : [];
}

/** That a denial keeps nobody out since its dates have passed. @param grants - those of the policy */
export function expiredDenials(
  { effect, conditions }: Statement,
  grants: readonly Grant[],
  where: string,
  { now, work }: When,
): readonly Finding[] {
  const dates = conditions.filter(isOnTime);
  if (effect !== 'Deny' || dates.length === 0) return [];
  return grants.flatMap((grant) => {
    if (!grant.denials?.includes(where)) return [];
    const onTime = { ...grant, allow: dates, deny: [], denials: [] };
    const since = contradictionIn(onTime, { now, work });
    return since && !contradictionIn(onTime, { now: atAnyTime, work })
      ? [findingOf('aws/expired-denial', since, where)]
      : [];
  });
}

/** Of requests they alone are of the clock, and nothing else of a request hangs on them. */
const isOnTime = ({ key }: Condition) => /^aws:(currenttime|epochtime)$/i.test(key);

function findingOf(rule: RuleId, { conditions: [first], why }: Contradiction, where: string): Finding {
  return finding(rule, where, why, first && pathOfCondition(first));
}
