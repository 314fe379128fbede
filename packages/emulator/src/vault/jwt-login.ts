import { type Claims, type Jwt, readJwt } from '../server/jwt.ts';
import type { RelyingParty } from '../server/relying-party.ts';
import { checkBoundClaims } from './bound-claims.ts';
import { type JwtMethod, type JwtRole, VaultProblem } from './vault.ts';

/** Seconds: of clocks, and for which a token is valid that says only when it begins, or when it ends. Source: go-jose; cap, `jwt/jwt.go`. */
const leeway = { clock: 60, time: 150 };

/** Who logged in, and by what. */
export interface LoggedIn {
  readonly role: JwtRole;
  readonly roleName: string;
  readonly user: string;
}

/**
 * Whether a token may log in by a role of a method. What each is answered was seen of Vault 1.21.4: test/interop/vault-answers.test.ts.
 * Sources: hashicorp/vault-plugin-auth-jwt, `path_login.go`; hashicorp/cap, `jwt/jwt.go`.
 *
 * @param now - seconds since 1970-01-01 UTC
 * @throws VaultProblem
 */
export async function logIn(
  method: JwtMethod,
  given: Readonly<Record<string, unknown>>,
  relyingParty: RelyingParty,
  now: number,
): Promise<LoggedIn> {
  const [roleName, token] = [textOf(given.role), textOf(given.jwt)];
  const refuse = (why: string) => new VaultProblem(400, why);
  if (roleName === '') throw refuse('missing role');
  const role = Object.hasOwn(method.roles, roleName) ? method.roles[roleName] : undefined;
  if (!role) throw refuse(`role "${roleName}" could not be found`);
  if (token === '') throw refuse('missing token');
  const invalid = (why: string) => refuse(`error validating token: ${why}`);
  const jwt = read(token, invalid);
  await relyingParty.verify(jwt, method.oidcDiscoveryUrl).catch(() => {
    throw invalid('error verifying token signature: failed to verify id token signature');
  });
  checkTypes(jwt.claims, invalid);
  checkRegistered(jwt.claims, method, role, invalid);
  checkTimes(jwt.claims, now, invalid);
  if (audiencesOf(jwt.claims).length > 0 && (role.boundAudiences ?? []).length === 0) {
    throw refuse('audience claim found in JWT but no audiences bound to the role');
  }
  const user = jwt.claims[role.userClaim] ?? undefined;
  if (user === undefined) throw refuse(`claim "${role.userClaim}" not found in token`);
  if (typeof user !== 'string') throw refuse(`claim "${role.userClaim}" could not be converted to string`);
  checkBoundClaims(jwt.claims, role.boundClaims);
  return { role, roleName, user };
}

type Invalid = (why: string) => VaultProblem;

/** Times are numbers; null stands for none. Seen of Vault 1.21.4. */
function checkTypes({ iat, exp, nbf }: Readonly<Record<string, unknown>>, invalid: Invalid): void {
  if ([iat, exp, nbf].every((time) => time === undefined || time === null || typeof time === 'number')) return;
  throw invalid('go-jose/go-jose/jwt: expected number value to unmarshal NumericDate');
}

/** Issuer, subject and audience, in the order in which Vault looks at them. */
function checkRegistered(claims: Claims, { boundIssuer = '' }: JwtMethod, role: JwtRole, invalid: Invalid): void {
  const { boundSubject = '', boundAudiences = [] } = role;
  if (boundIssuer !== '' && boundIssuer !== claims.iss) throw invalid('invalid issuer (iss) claim');
  if (boundSubject !== '' && boundSubject !== claims.sub) throw invalid('invalid subject (sub) claim');
  const audiences = audiencesOf(claims);
  if (boundAudiences.length > 0 && !boundAudiences.some((one) => audiences.includes(one))) {
    throw invalid('invalid audience (aud) claim: audience claim does not match any expected audience');
  }
}

/** What is not said follows from what is. */
function checkTimes({ iat = 0, exp = 0, nbf = 0 }: Claims, now: number, invalid: Invalid): void {
  if (iat === 0 && exp === 0 && nbf === 0) {
    throw invalid('no issued at (iat), not before (nbf), or expiration time (exp) claims in token');
  }
  const until = exp || Math.max(iat, nbf) + leeway.time;
  const from = nbf || iat || until - leeway.time;
  if (now + leeway.clock < from) throw invalid('invalid not before (nbf) claim: token not yet valid');
  if (now - leeway.clock > until) throw invalid('invalid expiration time (exp) claim: token is expired');
  if (now + leeway.clock < iat) throw invalid('invalid issued at (iat) claim: token issued in the future');
}

const audiencesOf = ({ aud }: Claims): readonly string[] => [aud ?? []].flat();

/** A parameter, as Vault reads one that is to be a text. */
const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

function read(token: string, invalid: Invalid): Jwt {
  const malformed = (why: string) => invalid(`error verifying token signature: oidc: malformed jwt: ${why}`);
  if (token.split('.').length !== 3) throw malformed('go-jose/go-jose: compact JWS format must have three parts');
  try {
    return readJwt(token);
  } catch {
    throw malformed('illegal base64 data at input byte 0');
  }
}
