import type { Condition } from '../policy.ts';
import { unsureKeys } from '../web-identity.ts';
import type { Admitted, Witness } from './admitted.ts';
import type { Mine } from './mine.ts';
import { farthest } from './sentence.ts';
import { type Grant, whoIsGranted } from './who.ts';
import { isTooLarge, shareOf } from './work.ts';

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
  const changed = fresh.flatMap((grant) => {
    const ofIssuer = old.filter((one) => one.iss === grant.iss && kindOf(one) === kindOf(grant));
    return ofIssuer.some((one) => isWithin(grant, one)) ? [] : [{ grant, ofIssuer }];
  });
  const most = shareOf(changed.reduce((all, { ofIssuer }) => all + 1 + countOf(ofIssuer), 0));
  return changed.flatMap(({ grant, ofIssuer }) => {
    if (grant.unlimited) return [whoIsGranted(grant, mine, now)];
    const questions = questionsOf({ ...grant, most: Math.min(most, grant.most ?? most) }, ofIssuer);
    const answers = questions.map((one) => whoIsGranted(one, mine, now));
    const reach = farthest(answers);
    return reach === 'nobody' ? [] : answers.filter((one) => one.reach === reach).slice(0, 1);
  });
}

/** One name may be a provider's, and a service's: `*` is both. */
function kindOf({ provider, isOfService, unlimited }: Grant): 'provider' | 'service' | 'other' {
  if (provider !== undefined) return 'provider';
  return isOfService || unlimited ? 'service' : 'other';
}

const countOf = (grants: readonly Grant[]) => grants.reduce((all, { deny }) => all + deny.length, 0);

/** Who of a new grant nothing allowed before, and whom something denied. */
function questionsOf(grant: Grant, old: readonly Grant[]): readonly Grant[] {
  if (isTooLarge(grant)) return [grant];
  const wasAllowed = (witness: Witness, at: number) => old.some((one) => one.isAllowed(witness, at));
  const isAllowed = (witness: Witness, at: number) => grant.isAllowed(witness, at) && !wasAllowed(witness, at);
  // What was denied to everybody allowed nobody before.
  const before = old.filter(
    (one) => meansTheSame(one, grant) && one.never === undefined && !one.deny.some((all) => all.length === 0),
  );
  const isNew = { ...grant, isAllowed, deny: [...grant.deny, ...before.map(({ allow }) => allow)] };
  if (isTooLarge(isNew)) return [isNew];
  return [isNew, ...denialsOf(before).map((denied) => ({ ...grant, isAllowed, allow: [...grant.allow, ...denied] }))];
}

/** Whether a new grant says all that an old one says, so that it allows nobody whom that does not allow. */
function isWithin(fresh: Grant, old: Grant): boolean {
  if (old.never !== undefined || !saysAll(fresh.allow, old.allow) || !saysAll(fresh.deny, old.deny)) return false;
  return fresh.unlimited !== undefined || meansTheSame(old, fresh);
}

function saysAll(fresh: readonly object[], old: readonly object[]): boolean {
  const said = textsIn(fresh);
  for (const one of textsIn(old)) if (!said.has(one)) return false;
  return true;
}

/** Whether conditions of an old grant mean the same beside those of a new one: what both know of all requests is the same. */
function meansTheSame(old: Grant, fresh: Grant): boolean {
  const { constants, isUnsure, hasVariables } = namedBy(old);
  if (old.unlimited || (hasVariables && old.scope.knowsVariables !== fresh.scope.knowsVariables)) return false;
  // These hang on the provider, in a way that is not known.
  if (old.provider !== fresh.provider && isUnsure) return false;
  return constants.every(([key, values]) => values.join() === fresh.scope.constants.get(key)?.join());
}

function denialsOf(grants: readonly Grant[]): readonly (readonly Condition[])[] {
  return [...new Map(grants.flatMap(({ deny }) => deny).map((one) => [textOf(one), one])).values()];
}

// Each grant of one document is compared with each of another.
const textOf = of((one) => JSON.stringify(one));
const textsIn = of((all: readonly object[]): ReadonlySet<string> => new Set(all.map(textOf)));
const namedBy = of(({ allow, deny, scope }: Grant) => {
  const said = JSON.stringify([allow, deny]).toLowerCase();
  const constants = [...scope.constants].filter(([key]) => said.includes(key));
  const isUnsure = unsureKeys.some((key) => said.includes(key));
  return { constants, isUnsure, hasVariables: said.includes('${') };
});

/** The same again for the same thing. */
function of<Of extends object, T>(make: (one: Of) => T): (one: Of) => T {
  const known = new WeakMap<Of, T>();
  return (one) => {
    const made = known.get(one) ?? make(one);
    known.set(one, made);
    return made;
  };
}
