import { areOfTheirTypes, type Jwt, readJwt } from '../server/jwt.ts';
import { IssuerUnreachableError, type RelyingParty, UnknownKeyError } from '../server/relying-party.ts';
import { entraAudience } from './audience.ts';
import type { Registered } from './directory.ts';
import { EntraProblem } from './entra-problem.ts';
import { type Mismatch, matchCredential } from './federated-credential.ts';

const federation = 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation';
const advice = 'Check your federated identity credential Subject, Audience and Issuer against the presented assertion.';

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
  const jwt = parseAssertion(assertion);
  const { iss = '', sub = '', aud = '', exp = 0, nbf = 0, iat } = jwt.claims;
  const audiences = [aud].flat();
  // Source: zitadel/oidc#887; it says so of every client credential.
  if (audiences.length > 1) {
    throw new EntraProblem(
      5002741,
      'invalid_client',
      `Number of audience values in the provided client credential exceed maximum allowed. ${audiences.length} audience values provided, maximum allowed is 1.`,
    );
  }
  const [audience = ''] = audiences;
  // A token that Entra signed itself names its token exchange by client id, and a credential by URI alone.
  const isById = audience === entraAudience.clientId;
  const match = matchCredential(federatedCredentials, jwt.claims, isById ? entraAudience.uri : audience);
  if ('differs' in match) throw mismatch(match, { iss, sub, audience, isById }, application.clientId);
  await verify(jwt, iss, relyingParty);
  if (exp + clockSkew <= now || nbf - clockSkew > now) {
    throw new EntraProblem(
      700024,
      'invalid_client',
      `Client assertion is not within its valid time range. Current time: ${iso(now)}, assertion valid from ${iso(nbf)}, expiry time of assertion ${iso(exp)}. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .`,
    );
  }
  const issued = iat ?? nbf;
  if (exp - issued > longestLifetime) {
    // Source: MicrosoftDocs/azure-docs#86916.
    throw new EntraProblem(
      70023,
      'invalid_request',
      `External OIDC Provider token must have a lifetime of less than or equal to 1.01:00:00. Token issued at ${issued}. Token expires on ${exp}.`,
    );
  }
}

interface Presented {
  readonly iss: string;
  readonly sub: string | number | null;
  readonly audience: string;
  /** Whether it is a token of Entra's own, with the GUID as its audience. */
  readonly isById: boolean;
}

/** Sources of the texts: Azure/login#482, #515, #517; Azure/azure-workload-identity#1200. */
function mismatch({ differs, audiences }: Mismatch, presented: Presented, clientId: string): EntraProblem {
  const { iss, sub, audience, isById } = presented;
  const none = (code: number, what: string, end = `${advice} ${federation}`) => {
    const message = `No matching federated identity record found for presented assertion ${what}. ${end}`;
    return new EntraProblem(code, 'invalid_client', message);
  };
  switch (differs) {
    case 'none':
      return new EntraProblem(
        70025,
        'invalid_client',
        `The client '${clientId}' has no configured federated identity credentials.`,
      );
    case 'issuer':
      return none(700211, `issuer '${iss}'`);
    case 'subject':
      return none(700213, `subject '${sub}'`);
    case 'subject case':
      return none(
        7002138,
        `subject '${sub}'`,
        'The subject matches with case-insensitive comparison, but not with case-sensitive comparison. ' +
          `${advice} See documentation at: ${federation}. See breaking change notification and remediation at: ` +
          'https://learn.microsoft.com/en-us/entra/identity-platform/reference-breaking-changes#august-2024.',
      );
    default:
      return none(isById && audiences.includes(audience) ? 700214 : 700212, `audience '${audience}'`);
  }
}

function parseAssertion(assertion: string): Jwt {
  try {
    const jwt = readJwt(assertion);
    if (areOfTheirTypes(jwt.claims)) return jwt;
  } catch {
    // Answered below.
  }
  throw new EntraProblem(50027, 'invalid_client', 'JWT token is invalid or malformed.');
}

async function verify(jwt: Jwt, issuer: string, relyingParty: RelyingParty): Promise<void> {
  try {
    // Entra supports no other.
    if (jwt.header.alg !== 'RS256') throw new Error(`The algorithm is ${jwt.header.alg}.`);
    await relyingParty.verify(jwt, issuer);
  } catch (error) {
    if (error instanceof IssuerUnreachableError) {
      throw new EntraProblem(50166, 'invalid_request', 'Request to External OIDC endpoint failed.');
    }
    if (error instanceof UnknownKeyError) {
      throw new EntraProblem(
        7000272,
        'invalid_client',
        `The certificate with identifier ${jwt.header.kid} used to sign the federated credential could not be found in the ` +
          `metadata of identity provider ${issuer}. Please validate that your Identity Provider's metadata exposes the key ` +
          'used to sign the incoming token.',
      );
    }
    throw new EntraProblem(700027, 'invalid_client', 'Client assertion failed signature validation.');
  }
}

/** With seven digits, as .NET writes it. */
const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace('Z', '0000Z');
