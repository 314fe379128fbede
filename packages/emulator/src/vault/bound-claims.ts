import type { Claims } from '../server/jwt.ts';
import { type JwtRole, VaultProblem } from './vault.ts';

/**
 * Makes sure that each claim that a role binds has a value that it is bound to, of the same type.
 * Source: hashicorp/vault-plugin-auth-jwt, `claims.go`.
 *
 * @throws VaultProblem
 */
export function checkBoundClaims(claims: Claims, boundClaims: JwtRole['boundClaims'] = {}): void {
  const refuse = (why: string) => new VaultProblem(400, `error validating claims: ${why}`);
  for (const [name, bound] of Object.entries(boundClaims)) {
    const claim = claimOf(claims, name);
    if (claim === undefined || claim === null) throw refuse(`claim "${name}" is missing`);
    const actual = valuesOf(claim);
    if (!actual) throw refuse(`received claim is not a string, bool, int or list: ${asGoPrints(claim)}`);
    if (![bound].flat().some((one) => actual.includes(one))) {
      throw refuse(`claim "${name}" does not match any associated bound claim values`);
    }
  }
}

function claimOf(claims: Claims, name: string): unknown {
  if (!name.startsWith('/')) return claims[name];
  const parts = name.slice(1).split('/');
  return parts.reduce<unknown>((value, part) => {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? (value as Record<string, unknown>)[key]
      : undefined;
  }, claims);
}

/** A number is an integer; in a list it is equal to none that a role binds. */
function valuesOf(claim: unknown): readonly unknown[] | undefined {
  if (Array.isArray(claim)) return claim.filter((one) => typeof one !== 'number');
  if (typeof claim === 'number') return [Math.trunc(claim)];
  return typeof claim === 'string' || typeof claim === 'boolean' ? [claim] : undefined;
}

function asGoPrints(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `map[${members.map(([name, member]) => `${name}:${asGoPrints(member)}`).join(' ')}]`;
}
