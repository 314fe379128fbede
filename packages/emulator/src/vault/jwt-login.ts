import { type Claims, type Jwt, readJwt } from '../server/jwt.ts';
import type { RelyingParty } from '../server/relying-party.ts';
import { type JwtMethod, type JwtRole, VaultProblem } from './vault.ts';

/** Seconds. Source: go-jose, `jwt.DefaultLeeway`. */
const leeway = 60;

/**
 * Whether a token may log in by a role of a method.
 * Sources: hashicorp/vault-plugin-auth-jwt, `path_login.go`, `claims.go`; hashicorp/cap, `jwt/jwt.go`.
 *
 * @param now - seconds since 1970-01-01 UTC
 * @returns the role
 * @throws VaultProblem
 */
export async function logIn(
  method: JwtMethod,
  given: unknown,
  relyingParty: RelyingParty,
  now: number,
): Promise<JwtRole> {
  const { role: name, jwt: token } = (given ?? {}) as Readonly<Record<string, unknown>>;
  const refuse = (why: string) => new VaultProblem(400, why);
  if (typeof name !== 'string' || name === '') throw refuse('missing role');
  const role = Object.hasOwn(method.roles, name) ? method.roles[name] : undefined;
  if (!role) throw refuse(`role "${name}" could not be found`);
  if (typeof token !== 'string' || token === '') throw refuse('missing token');
  const invalid = (why: string) => refuse(`error validating token: ${why}`);
  const jwt = read(token, invalid);
  await relyingParty.verify(jwt, method.oidcDiscoveryUrl).catch(() => {
    throw invalid('error verifying token signature: failed to verify id token signature');
  });
  checkRegistered(jwt.claims, method, role, { now, invalid });
  const audiences = [jwt.claims.aud ?? []].flat();
  if (audiences.length > 0 && (role.boundAudiences ?? []).length === 0) {
    throw refuse('audience claim found in JWT but no audiences bound to the role');
  }
  if (typeof jwt.claims[role.userClaim] !== 'string') throw refuse(`claim "${role.userClaim}" not found in token`);
  for (const [claim, expected] of Object.entries(role.boundClaims ?? {})) {
    const actual = jwt.claims[claim];
    if (actual === undefined) throw refuse(`error validating claims: claim "${claim}" is missing`);
    const wanted = [expected].flat();
    if (![actual].flat().some((one) => wanted.includes(String(one)))) {
      throw refuse(`error validating claims: claim "${claim}" does not match any associated bound claim values`);
    }
  }
  return role;
}

interface Checked {
  readonly now: number;
  readonly invalid: (why: string) => VaultProblem;
}

/** Issuer, subject, audience and times, in the order in which Vault looks at them. */
function checkRegistered(
  claims: Claims,
  { boundIssuer = '' }: JwtMethod,
  role: JwtRole,
  { now, invalid }: Checked,
): void {
  const { boundSubject = '', boundAudiences = [] } = role;
  if (boundIssuer !== '' && boundIssuer !== claims.iss) throw invalid('invalid issuer (iss) claim');
  if (boundSubject !== '' && boundSubject !== claims.sub) throw invalid('invalid subject (sub) claim');
  const audiences = [claims.aud ?? []].flat();
  if (boundAudiences.length > 0 && !boundAudiences.some((one) => audiences.includes(one))) {
    throw invalid('invalid audience (aud) claim: audience claim does not match any expected audience');
  }
  const { iat, exp, nbf } = claims;
  if (iat === undefined && exp === undefined && nbf === undefined) {
    throw invalid('no issued at (iat), not before (nbf), or expiration time (exp) claims in token');
  }
  const from = nbf ?? iat ?? 0;
  if (now + leeway < from) throw invalid('invalid not before (nbf) claim: token not yet valid');
  if (now - leeway > (exp ?? from + 150)) throw invalid('invalid expiration time (exp) claim: token is expired');
}

function read(token: string, invalid: (why: string) => VaultProblem): Jwt {
  try {
    return readJwt(token);
  } catch {
    throw invalid('error verifying token signature: oidc: malformed jwt');
  }
}
