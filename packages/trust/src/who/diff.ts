import type { Condition } from '../policy.ts';
import { unsureKeys } from '../web-identity.ts';
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
    const ofIssuer = old.filter(({ iss }) => iss === grant.iss);
    if (grant.unlimited) return ofIssuer.some((one) => isWithin(grant, one)) ? [] : [whoIsGranted(grant, mine, now)];
    const wasAllowed = (witness: Witness, at: number) => ofIssuer.some((one) => one.isAllowed(witness, at));
    const isAllowed = (witness: Witness, at: number) => grant.isAllowed(witness, at) && !wasAllowed(witness, at);
    // What was denied to everybody allowed nobody before.
    const before = ofIssuer.filter(
      (one) => meansTheSame(one, grant) && one.never === undefined && !one.deny.some((all) => all.length === 0),
    );
    // Nothing allowed it before, or something denied it.
    const questions: Grant[] = [
      { ...grant, isAllowed, deny: [...grant.deny, ...before.map(({ allow }) => allow)] },
      ...denialsOf(before).map((denied) => ({ ...grant, isAllowed, allow: [...grant.allow, ...denied] })),
    ];
    const answers = questions.map((one) => whoIsGranted(one, mine, now));
    const reach = farthest(answers);
    return reach === 'nobody' ? [] : answers.filter((one) => one.reach === reach).slice(0, 1);
  });
}

/** Whether all conditions of an old grant of which nothing more is known are in a new one too. */
function isWithin(fresh: Grant, old: Grant): boolean {
  const texts = (all: readonly unknown[]) => new Set(all.map((one) => JSON.stringify(one)));
  const [allowed, denied] = [texts(fresh.allow), texts(fresh.deny)];
  return [...texts(old.allow)].every((one) => allowed.has(one)) && [...texts(old.deny)].every((one) => denied.has(one));
}

/** Whether conditions of an old grant mean the same beside those of a new one: what both know of all requests is the same. */
function meansTheSame(old: Grant, fresh: Grant): boolean {
  if (old.unlimited || old.scope.knowsVariables !== fresh.scope.knowsVariables) return false;
  const said = JSON.stringify([old.allow, old.deny]).toLowerCase();
  // These hang on the provider, in a way that is not known.
  if (old.provider !== fresh.provider && unsureKeys.some((key) => said.includes(key))) return false;
  return [...old.scope.constants].every(
    ([key, values]) => !said.includes(key) || values.join() === fresh.scope.constants.get(key)?.join(),
  );
}

function denialsOf(grants: readonly Grant[]): readonly (readonly Condition[])[] {
  return [...new Map(grants.flatMap(({ deny }) => deny).map((one) => [JSON.stringify(one), one])).values()];
}
