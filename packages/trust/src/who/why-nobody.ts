import type { Condition } from '../policy.ts';
import { TooMuchWork } from './alphabet.ts';
import type { Mine } from './mine.ts';
import { Asked, type Question } from './question.ts';
import { titleOf } from './sentence.ts';
import type { Grant } from './who.ts';

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

/**
 * What of a statement or a credential contradicts itself, so that it allows nobody; undefined where it allows somebody, or where that
 * would take too long to tell.
 *
 * @param now - seconds since 1970-01-01 UTC
 */
export function contradictionIn(grant: Grant, now: number): Contradiction | undefined {
  if (grant.unlimited || grant.never !== undefined) return undefined;
  const parts = partsOf(grant);
  if (!isOfNobody(grant, parts, now)) return undefined;
  const least = leastOf(parts, (some) => isOfNobody(grant, some, now));
  const conditions = least.flatMap((one) => ('condition' in one ? one.condition : []));
  const denials = [...new Set(least.flatMap((one) => ('where' in one ? one.where : [])))];
  const isOfAll = least.every((one) => 'condition' in one || one.denial.length === 0);
  return { conditions, denials, why: sentence(grant, conditions, { denials, isOfAll }) };
}

/** Why a statement or a credential allows nobody, a sentence; undefined where it is not told. @param now - as above */
export function whyNobody(grant: Grant, now: number): string | undefined {
  return grant.never ?? contradictionIn(grant, now)?.why;
}

/** Whether no token of an issuer meets a condition, whatever else is said. */
export function isMetByNobody(grant: Grant, condition: Condition, now: number): boolean {
  return isOfNobody(grant, [{ condition }], now);
}

/** Whether whoever is allowed meets a condition, so that it would deny nobody. @param now - seconds since 1970-01-01 UTC */
export function isOnlyAsStrict(grant: Grant, condition: Condition, now: number): boolean {
  return isOfNobody(grant, [...partsOf(grant), { denial: [condition], where: '' }], now);
}

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

function isOfNobody(grant: Grant, parts: readonly Part[], now: number): boolean {
  const question: Question = {
    ...grant,
    ...{ mine: nobody, now },
    allow: parts.flatMap((one) => ('condition' in one ? one.condition : [])),
    deny: parts.flatMap((one) => ('denial' in one ? [one.denial] : [])),
  };
  try {
    const asked = new Asked(question);
    return question.shapes.every((shape) => !asked.tokensOf(shape, false)?.example());
  } catch (error) {
    if (error instanceof TooMuchWork) return false;
    throw error;
  }
}

function sentence(
  { iss, shapes }: Grant,
  conditions: readonly Condition[],
  { denials, isOfAll }: { readonly denials: readonly string[]; readonly isOfAll: boolean },
): string {
  const who = shapes.some(({ claims }) => claims.aud) ? `token of ${titleOf(iss)}` : 'request';
  const met = conditions.map(textOf).join(' and ');
  if (denials.length === 0) return `No ${who} meets ${conditions.length === 2 ? 'both ' : ''}${met}.`;
  const denier = denials.join(' and ');
  if (conditions.length === 0 || isOfAll) return `Every ${who} is denied by ${denier}.`;
  return `Every ${who} that meets ${met} is denied by ${denier}.`;
}

/** Further values are not told. */
const mostValues = 3;

function textOf({ operator, key, values }: Condition): string {
  const told = values.slice(0, mostValues).join(' or ');
  return `${operator} on ${key} (${told}${values.length > mostValues ? ' or …' : ''})`;
}
