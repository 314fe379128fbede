import { matchFederatedCredential } from '@fedbridge/trust';
import { type Jwt, readJwt } from '../server/jwt.ts';
import { IssuerUnreachableError, type RelyingParty } from '../server/relying-party.ts';
import type { Registered } from './directory.ts';
import { EntraProblem } from './problem.ts';
import { tokenExchange } from './token-exchange.ts';

const advice =
  'Check your federated identity credential Subject, Audience and Issuer against the presented assertion. ' +
  'https://learn.microsoft.com/entra/workload-id/workload-identity-federation';

/** Entra takes an assertion this many seconds before and after its times. */
const clockSkew = 300;
const longestLifetime = 25 * 60 * 60;

/**
 * Verifies a client assertion and matches it against the application's federated credentials.
 *
 * @param now - seconds since 1970-01-01 UTC
 * @throws EntraProblem
 */
export async function acceptAssertion(
  assertion: string,
  { application, federatedCredentials }: Registered,
  relyingParty: RelyingParty,
  now: number,
): Promise<void> {
  const jwt = read(assertion);
  const { iss = '', sub = '', aud = '', exp = 0, nbf = 0, iat } = jwt.claims;
  const audience = typeof aud === 'string' ? aud : (aud[0] ?? '');
  const assertionFor = (one: string) =>
    matchFederatedCredential(federatedCredentials, { issuer: iss, subject: sub, audience: one });
  // A token that Entra signed itself names its token exchange by client id, and a credential by URI alone.
  const isById = audience === tokenExchange.clientId;
  const match = assertionFor(isById ? tokenExchange.uri : audience);
  const none = (code: number, what: string) =>
    new EntraProblem(
      code,
      'invalid_client',
      `No matching federated identity record found for presented assertion ${what}. ${advice}`,
    );
  switch (match.differs) {
    case 'none':
      throw new EntraProblem(
        70025,
        'invalid_client',
        `The client '${application.clientId}' has no configured federated identity credentials.`,
      );
    case 'issuer':
      throw none(700211, `issuer '${iss}'`);
    case 'subject':
      throw none(700213, `subject '${sub}'`);
    case 'subject case':
      throw none(7002138, `subject '${sub}' (a record differs in case only)`);
    case 'audience':
      if (isById && assertionFor(audience).matched) throw none(700214, `audience '${audience}'`);
      throw none(700212, `audience '${audience}'`);
    default:
  }
  await verify(jwt, iss, relyingParty);
  if (exp + clockSkew <= now || nbf - clockSkew > now) {
    throw new EntraProblem(
      700024,
      'invalid_client',
      `Client assertion is not within its valid time range. Current time: ${iso(now)}, assertion valid from ${iso(nbf)}, expiry time of assertion ${iso(exp)}.`,
    );
  }
  if (exp - (iat ?? nbf) > longestLifetime) {
    throw new EntraProblem(70023, 'invalid_client', 'The external OIDC token lifetime is longer than allowed.');
  }
}

function read(assertion: string): Jwt {
  try {
    return readJwt(assertion);
  } catch {
    throw new EntraProblem(50027, 'invalid_client', 'JWT token is invalid or malformed.');
  }
}

async function verify(jwt: Jwt, issuer: string, relyingParty: RelyingParty): Promise<void> {
  try {
    await relyingParty.verify(jwt, issuer);
  } catch (error) {
    if (error instanceof IssuerUnreachableError) {
      throw new EntraProblem(50166, 'invalid_request', 'Request to External OIDC endpoint failed.');
    }
    throw new EntraProblem(5000273, 'invalid_client', 'The signature of the client assertion is invalid.');
  }
}

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
