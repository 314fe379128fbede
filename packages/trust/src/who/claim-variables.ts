import type { ClaimPart, TokenShape } from '@fedbridge/issuers';
import { operatorOf } from '../condition.ts';
import type { Condition } from '../policy.ts';
import { isCharacter, keyOf, partsOf, type Resolved, resolveVariables } from '../variables.ts';
import { mayBeThere, type Scope } from './scope.ts';

/** Condition keys, in lower case, of which a statement demands one text and no other. */
export type Said = ReadonlyMap<string, string>;

/** What the conditions of an Allow say in one text, whatever else may be. */
export function saidBy(allow: readonly Condition[]): Said {
  return new Map(
    allow.flatMap(({ operator, key, values: [value, ...others] }) => {
      const isText = operator === 'StringEquals' || (operator === 'StringLike' && !/[*?]/.test(value ?? ''));
      const isOne = value !== undefined && others.length === 0 && !value.includes('${');
      return isText && isOne ? [[key.toLowerCase(), value] as const] : [];
    }),
  );
}

/** What of a claim is left to be compared, and with what. */
interface Left {
  readonly parts: readonly ClaimPart[];
  readonly patterns: readonly Resolved[];
}

/**
 * A condition in whose values are variables of other claims, without them. A variable is written as what its claim is made of. What
 * then is the same on both sides, from the beginning and from the end, is equal in every token, and only the rest is compared.
 *
 * @param parts - of the claim that is compared
 * @returns undefined where something else than that is left
 */
export function withoutVariables(
  { operator, values }: Condition,
  parts: readonly ClaimPart[],
  of: { readonly shape: TokenShape; readonly scope: Scope; readonly said: Said },
): Left | undefined {
  const { name, set, negated } = operatorOf(operator);
  if (set !== undefined || !/^String(Not)?(Equals|Like)$/.test(name)) return undefined;
  const hasWildcards = name.endsWith('Like');
  const left: Left[] = [];
  for (const value of values) {
    const written = writtenOut(value, hasWildcards, of);
    // What no token has a value for equals nothing; whether the rest of the statement counts then is not certain.
    if (written === 'nothing' && !negated) continue;
    const rest = typeof written === 'string' ? 'unknown' : restOf(parts.flatMap(itemsOf), written);
    if (rest === 'unknown') return undefined;
    if (rest !== 'nothing') left.push(rest);
  }
  const [first] = left;
  if (!first) return { parts, patterns: [] };
  const isSame = (one: Left) => JSON.stringify(one.parts) === JSON.stringify(first.parts);
  return left.every(isSame) ? { parts: first.parts, patterns: left.flatMap(({ patterns }) => patterns) } : undefined;
}

/** A character, which may be a wildcard, or a field. */
type Item = { readonly unit: string; readonly isWild: boolean } | Exclude<ClaimPart, string>;

const itemsOf = (part: ClaimPart): readonly Item[] =>
  typeof part === 'string' ? part.split('').map((unit) => ({ unit, isWild: false })) : [part];

/** A value with its variables written out; nothing where one has no value, ever; unknown where that cannot be told. */
function writtenOut(
  value: string,
  hasWildcards: boolean,
  { shape, scope, said }: { readonly shape: TokenShape; readonly scope: Scope; readonly said: Said },
): readonly Item[] | 'nothing' | 'unknown' {
  const items: Item[] = [];
  const isOpen = (key: string) => !said.has(key) && !scope.constants.has(key) && mayBeThere(key, scope);
  for (const { text, variable } of partsOf(value)) {
    if (variable === undefined) {
      items.push(...text.split('').map((unit) => ({ unit, isWild: hasWildcards && (unit === '*' || unit === '?') })));
      continue;
    }
    const key = isCharacter(variable) ? '' : keyOf(variable).toLowerCase();
    const claims = key === '' ? undefined : scope.claimsOf(key);
    const parts = claims ? partsIn(shape, claims, said.has(key)) : 'nothing';
    if (parts === 'unknown' || (!claims && key !== '' && isOpen(key))) return 'unknown';
    if (parts !== 'nothing') {
      items.push(...parts.flatMap(itemsOf));
      continue;
    }
    const one = scope.constants.get(key) ?? [];
    const known = said.get(key) ?? (one.length === 1 ? one[0] : undefined);
    const resolved = resolveVariables(`\${${variable}}`, () => known);
    if (!resolved) return 'nothing';
    items.push(...itemsOf(resolved.text));
  }
  return items;
}

/** What a variable of claims stands for in the tokens of a shape, where it is not said to be one text. */
function partsIn(
  shape: TokenShape,
  claims: readonly string[],
  isSaid: boolean,
): readonly ClaimPart[] | 'nothing' | 'unknown' {
  const claim = claims.find((one) => shape.claims[one]);
  if (claims.some((one) => shape.lists?.[one])) return 'unknown';
  if (isSaid) return 'nothing';
  if (claim !== undefined) return shape.claims[claim] ?? 'unknown';
  return shape.isOpen ? 'unknown' : 'nothing';
}

/**
 * Both sides without what they begin and end with alike; nothing where they are never equal, unknown where a field is left among what is
 * compared with.
 */
function restOf(claim: readonly Item[], value: readonly Item[]): Left | 'nothing' | 'unknown' {
  const most = Math.min(claim.length, value.length);
  let from = 0;
  while (from < most && isSame(claim[from], value[from])) from += 1;
  let end = 0;
  while (end < most - from && isSame(claim.at(-1 - end), value.at(-1 - end))) end += 1;
  const [left, right] = [claim.slice(from, claim.length - end), value.slice(from, value.length - end)];
  if (areDifferent(left[0], right[0]) || areDifferent(left.at(-1), right.at(-1))) return 'nothing';
  const parts = left.map((one): ClaimPart => ('unit' in one ? one.unit : one));
  const units = right.flatMap((one) => ('unit' in one ? [one] : []));
  if (units.length < right.length) return 'unknown';
  const literal = new Set(units.flatMap(({ isWild }, at) => (isWild ? [] : [at])));
  return { parts, patterns: [{ text: units.map(({ unit }) => unit).join(''), literal }] };
}

function isSame(one: Item | undefined, other: Item | undefined): boolean {
  if (!one || !other) return false;
  if ('unit' in one) return 'unit' in other && !other.isWild && one.unit === other.unit;
  return 'field' in other && one.field === other.field && one.escaped === other.escaped;
}

/** Whether both are characters, and not the same. */
function areDifferent(one: Item | undefined, other: Item | undefined): boolean {
  return (
    one !== undefined &&
    'unit' in one &&
    other !== undefined &&
    'unit' in other &&
    !other.isWild &&
    one.unit !== other.unit
  );
}
