import type { Condition } from '../policy.ts';
import type { Admitted, Witness } from './admitted.ts';
import type { Mine } from './mine.ts';
import { farthest } from './sentence.ts';
import { type Grant, whoIsGranted } from './who.ts';

/**
 * Who is allowed by new grants and was not by old ones: empty where there is nobody. Called the other way round it is who no longer is.
 *
 * @param now - seconds since 1970-01-01 UTC
 */
export function whoIsNew(
  old: readonly Grant[],
  fresh: readonly Grant[],
  mine: readonly Mine[],
  now: number,
): readonly Admitted[] {
  return fresh.flatMap((grant) => {
    const before = old.filter(({ iss }) => iss === grant.iss);
    if (grant.unlimited) return before.some(({ unlimited }) => unlimited) ? [] : [whoIsGranted(grant, mine, now)];
    if (before.some(({ unlimited }) => unlimited)) return [];
    const wasAllowed = (witness: Witness, at: number) => before.some((one) => one.isAllowed(witness, at));
    const isAllowed = (witness: Witness, at: number) => grant.isAllowed(witness, at) && !wasAllowed(witness, at);
    const same = before.filter(({ scope }) => scope.knowsVariables === grant.scope.knowsVariables);
    // Nothing allowed it before, or something denied it.
    const questions: Grant[] = [
      { ...grant, isAllowed, deny: [...grant.deny, ...same.map(({ allow }) => allow)] },
      ...denialsOf(before).map((denied) => ({ ...grant, isAllowed, allow: [...grant.allow, ...denied] })),
    ];
    const answers = questions.map((one) => whoIsGranted(one, mine, now));
    const reach = farthest(answers);
    return reach === 'nobody' ? [] : answers.filter((one) => one.reach === reach).slice(0, 1);
  });
}

function denialsOf(grants: readonly Grant[]): readonly (readonly Condition[])[] {
  return [...new Map(grants.flatMap(({ deny }) => deny).map((one) => [JSON.stringify(one), one])).values()];
}
