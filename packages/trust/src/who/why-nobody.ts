import type { Condition } from '../policy.ts';
import { subjectOf } from './atoms.ts';
import type { Mine } from './mine.ts';
import { Asked, type Question } from './question.ts';
import { titleOf } from './sentence.ts';
import type { Grant } from './who.ts';
import { costOf, mostWork, TooMuchWork, type WorkLeft } from './work.ts';

/** The least of what a document says by which nobody is allowed: each of it alone, or without one of them, would allow somebody. */
export interface Contradiction {
  /** Conditions of the statement, or tests of the credential. */
  readonly conditions: readonly Condition[];
  /** Where the denials stand. */
  readonly denials: readonly string[];
  /** A sentence. */
  readonly why: string;
}

/** More parts are not tried one by one. */
const mostParts = 30;

/** When it is asked, in seconds since 1970-01-01 UTC, and what may still be done: as much as a few questions may cost without. */
export interface When {
  readonly now: number;
  readonly work?: WorkLeft | undefined;
}

/**
 * What of a statement or a credential contradicts itself, so that it allows nobody; undefined where it allows somebody, or where that
 * would take too long to tell. Where it is to be looked for any longer what is said is not the least.
 */
export function contradictionIn(grant: Grant, { now, work = workOn(grant) }: When): Contradiction | undefined {
  if (grant.unlimited || grant.never !== undefined) return undefined;
  const parts = partsOf(grant);
  const when = { now, work };
  if (!isOfNobody(grant, parts, when)) return undefined;
  const least = leastOf(parts, (some) => isOfNobody(grant, some, when));
  const conditions = least.flatMap((one) => ('condition' in one ? one.condition : []));
  const denials = [...new Set(least.flatMap((one) => ('where' in one ? one.where : [])))];
  const isOfAll = least.every((one) => 'condition' in one || one.denial.length === 0);
  return { conditions, denials, why: sentence(grant, conditions, { denials, isOfAll }) };
}

/** Why a statement or a credential allows nobody, a sentence; undefined where it is not told. */
export function whyNobody(grant: Grant, when: When): string | undefined {
  return grant.never ?? contradictionIn(grant, when)?.why;
}

/** Whether no token of an issuer meets a condition, whatever else is said. */
export function isMetByNobody(grant: Grant, condition: Condition, when: When): boolean {
  return isOfNobody(grant, [{ condition }], when);
}

/** Whether whoever is allowed meets a condition, so that it would deny nobody. */
export function isOnlyAsStrict(grant: Grant, condition: Condition, when: When): boolean {
  return isOfNobody(grant, [...partsOf(grant), { denial: [condition], where: '' }], when);
}

const workOn = ({ most = mostWork }: Grant): WorkLeft => ({ left: 4 * most });

type Part = { readonly condition: Condition } | { readonly denial: readonly Condition[]; readonly where: string };

const partsOf = ({ allow, deny, denials = [] }: Grant): readonly Part[] => [
  ...allow.map((condition) => ({ condition })),
  ...deny.map((denial, index) => ({ denial, where: denials[index] ?? 'a denial' })),
];

function leastOf(parts: readonly Part[], isOfNobody: (some: readonly Part[]) => boolean): readonly Part[] {
  const single = parts.slice(0, mostParts).find((one) => isOfNobody([one]));
  if (single) return [single];
  if (parts.length > mostParts) return parts;
  return parts.reduce((left, one) => {
    const others = left.filter((other) => other !== one);
    return isOfNobody(others) ? others : left;
  }, parts);
}

const nobody: readonly Mine[] = [];

function isOfNobody(grant: Grant, parts: readonly Part[], { now, work = workOn(grant) }: When): boolean {
  const most = Math.min(grant.most ?? mostWork, work.left);
  if (most <= 0) return false;
  const question: Question = {
    ...grant,
    ...{ mine: nobody, now, most },
    allow: parts.flatMap((one) => ('condition' in one ? one.condition : [])),
    deny: parts.flatMap((one) => ('denial' in one ? [one.denial] : [])),
  };
  let asked: Asked | undefined;
  try {
    asked = new Asked(question);
    return question.shapes.every((shape) => !asked?.tokensOf(shape, false)?.example());
  } catch (error) {
    if (error instanceof TooMuchWork) return false;
    throw error;
  } finally {
    work.left -= costOf([question.allow, ...question.deny]) + most - Math.max(0, asked?.alphabet.left ?? 0);
  }
}

function sentence(
  { iss, shapes, scope }: Grant,
  conditions: readonly Condition[],
  { denials, isOfAll }: { readonly denials: readonly string[]; readonly isOfAll: boolean },
): string {
  const who = shapes.some(({ claims }) => claims.aud) ? `token of ${titleOf(iss)}` : 'request';
  const met = conditions.map(textOf).join(' and ');
  const [only] = conditions;
  if (denials.length === 0 && only && conditions.length === 1 && isNeverFilled(only, scope))
    return `STS never fills ${only.key}.`;
  if (denials.length === 0) return `No ${who} meets ${conditions.length === 2 ? 'both ' : ''}${met}.`;
  const denier = denials.join(' and ');
  if (conditions.length === 0 || isOfAll) return `Every ${who} is denied by ${denier}.`;
  return `Every ${who} that meets ${met} is denied by ${denier}.`;
}

/** Whether a condition has one answer ever, since its key is in no request. */
const isNeverFilled = (condition: Condition, scope: Grant['scope']) =>
  subjectOf(condition, scope).of === 'nothing' && !scope.constants.has(condition.key.toLowerCase());

/** Further values are not told. */
const mostValues = 3;

function textOf({ operator, key, values }: Condition): string {
  const told = values.slice(0, mostValues).join(' or ');
  return `${operator} on ${key} (${told}${values.length > mostValues ? ' or …' : ''})`;
}
