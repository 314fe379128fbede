import { type Claims, isAudience, type Jwt, readJwt } from '../server/jwt.ts';
import { IssuerUnreachableError, type RelyingParty, UnknownKeyError } from '../server/relying-party.ts';
import type { AwsAccount, OidcProvider } from './aws-account.ts';
import { StsProblem } from './sts-problem.ts';

/** STS takes a token this many seconds before and after its times. */
const tolerance = 300;

/** A key may be for any algorithm, and none says for which operations it is. Source: captures of real STS, `aws-keys.json`. */
const keyRules = { keepsToAlgorithm: false, takesOperations: false };

/** A token that an OIDC provider of the account vouches for. */
export interface WebIdentity {
  readonly provider: OidcProvider;
  readonly claims: Claims;
  readonly subject: string;
  /** What the provider lists: the token's `azp`, and its audience only where there is none. */
  readonly audience: string;
}

/**
 * Reads a token and holds it to the account's OIDC provider of its issuer. The texts, and which comes first where the
 * captures show it, are those of real STS.
 * Source: captures of real STS, radkawar/stackd, `internal/services/sts/testdata/oidc`, 2026-09-11.
 *
 * @param now - seconds since 1970-01-01 UTC
 * @throws StsProblem
 */
export async function acceptWebIdentity(
  token: string,
  account: AwsAccount,
  relyingParty: RelyingParty,
  now: number,
): Promise<WebIdentity> {
  const jwt = parseToken(token);
  const { claims } = jwt;
  const missing = ['iss', 'sub', 'aud', 'iat', 'exp'].find((claim) => claims[claim] === undefined);
  if (missing) throw invalid(`Missing a required claim: ${missing}`);
  const times = { iat: seconds(claims.iat), exp: seconds(claims.exp), nbf: seconds(claims.nbf ?? 0) };
  const provider = account.oidcProviders.find(({ url }) => url === claims.iss);
  if (!provider) throw invalid(`No OpenIDConnect provider found in your account for ${claims.iss}`);
  await verify(jwt, provider, relyingParty);
  const audience = audienceOf(claims);
  if (!provider.clientIds.includes(audience)) throw invalid(notValidated);
  checkTimes(times, now);
  if (claims.sub === null) throw new StsProblem('InternalFailure', 'Unknown error validating third-party token', 500);
  return { provider, claims, subject: String(claims.sub), audience };
}

const notValidated =
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.';
const noKey =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";

function invalid(message: string): StsProblem {
  return new StsProblem('InvalidIdentityToken', message);
}

function parseToken(token: string): Jwt {
  try {
    const jwt = readJwt(token);
    // A subject may be a number or null here; a list or an object is no subject of a token [RFC 7519, 4.1.2].
    const isSubject = typeof jwt.claims.sub !== 'object' || jwt.claims.sub === null;
    if (jwt.header.crit === undefined && isSubject && isAudience(jwt.claims.aud)) return jwt;
  } catch {
    // Answered below.
  }
  throw invalid('The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)');
}

/** A whole number of seconds, as a number or as a text. */
function seconds(time: unknown): number {
  if (Number.isInteger(time) || (typeof time === 'string' && /^\d{1,12}$/.test(time))) return Number(time);
  throw invalid('Invalid timestamp in token claims.');
}

function audienceOf({ azp, aud = [] }: Claims): string {
  const audiences = typeof aud === 'string' ? [aud] : aud;
  if (audiences.length === 0) throw invalid('Claim is not allowed to be empty: aud');
  if (typeof azp === 'string') return azp;
  if (audiences.length === 1) return audiences[0] ?? '';
  throw invalid('Token audience contains more than one audience while authorized party is not present');
}

async function verify(jwt: Jwt, provider: OidcProvider, relyingParty: RelyingParty): Promise<void> {
  try {
    await relyingParty.verify(jwt, provider.url, keyRules);
  } catch (error) {
    throw invalid(error instanceof IssuerUnreachableError || error instanceof UnknownKeyError ? noKey : notValidated);
  }
}

/** The current time that STS names is the one that it compares with, the tolerance in it. */
function checkTimes({ iat, exp, nbf }: Readonly<Record<'iat' | 'exp' | 'nbf', number>>, now: number): void {
  const [earliest, latest] = [now - tolerance, now + tolerance];
  if (earliest >= exp) {
    throw new StsProblem(
      'ExpiredTokenException',
      `Token expired: current date/time ${earliest} must be before the expiration date/time ${exp}`,
    );
  }
  if (nbf > latest) {
    throw invalid(
      `Token not yet valid: current date/time ${latest} must be after or equal to the not-before date/time ${nbf}`,
    );
  }
  if (iat > latest) throw invalid(`Token issued in the future: ${iat}`);
}
