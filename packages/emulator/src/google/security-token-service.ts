import { randomBytes } from 'node:crypto';
import type { IssuedTokens } from '../server/issued-tokens.ts';
import { type Claims, type Jwt, readJwt } from '../server/jwt.ts';
import { IssuerUnreachableError, type RelyingParty } from '../server/relying-party.ts';
import type { World } from '../server/service.ts';
import { principalOf } from './attribute-mapping.ts';
import type { GoogleCloud, Principal, WorkloadIdentityPoolProvider } from './google-cloud.ts';
import { OAuthProblem } from './oauth-problem.ts';

/** What the service works with. */
export interface SecurityTokenService {
  readonly google: GoogleCloud;
  readonly federated: IssuedTokens<Federated>;
  readonly relyingParty: RelyingParty;
  readonly world: World;
}

/** What a federated token stands for. */
export interface Federated {
  readonly principal: Principal;
  readonly scopes: readonly string[];
}

/** Parameters by the names that the JSON form has for them, from either form. */
export type Parameters = Readonly<Record<string, string | undefined>>;

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`;
const longestLifetime = 24 * 3600;

/**
 * Exchanges an OIDC token for a federated one, which lives an hour.
 * Sources: STS REST reference, `v1.token`; IAM, "Workload Identity Federation with other identity providers" (requirements of tokens); the
 * texts from google-github-actions/auth#60, #161, #211, terraform-example-foundation#1362 and the like.
 *
 * @throws OAuthProblem
 */
export async function exchangeToken(given: Parameters, service: SecurityTokenService) {
  if (given.grantType !== exchange) throw new OAuthProblem('unsupported_grant_type', 'Invalid value for "grantType".');
  const invalid = (name: string, more = '') =>
    new OAuthProblem('invalid_request', `Invalid value for "${name}".${more}`);
  const [, name = ''] =
    /^\/\/iam\.googleapis\.com\/(projects\/\d+\/locations\/global\/workloadIdentityPools\/[^/]+\/providers\/[^/]+)$/.exec(
      given.audience ?? '',
    ) ?? [];
  if (name === '') {
    const more =
      ' This value should be the full resource name of the Identity Provider. See https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token for the list of possible formats.';
    throw invalid('audience', more);
  }
  if (given.requestedTokenType !== type('access_token')) throw invalid('requestedTokenType');
  if (given.subjectTokenType !== type('jwt') && given.subjectTokenType !== type('id_token'))
    throw invalid('subjectTokenType');
  const scopes = (given.scope ?? '').split(' ').filter(Boolean);
  if (scopes.length === 0)
    throw new OAuthProblem('invalid_scope', 'Scope is required to exchange an external credential.');
  if (scopes.some((one) => !one.startsWith('https://www.googleapis.com/auth/')))
    throw new OAuthProblem('invalid_scope', 'Invalid OAuth scope.');
  const provider = service.google.providers.find((one) => one.name === name && one.disabled !== true);
  if (!provider) {
    throw new OAuthProblem(
      'invalid_target',
      'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn\'t exist.',
    );
  }
  const claims = await acceptToken(given.subjectToken ?? '', provider, service);
  const principal = principalOf(provider, claims);
  const lifetime = 3600;
  const token = service.federated.issue(
    `ya29.d.${randomBytes(48).toString('base64url')}`,
    { principal, scopes },
    lifetime,
  );
  return {
    access_token: token,
    issued_token_type: type('access_token'),
    token_type: 'Bearer',
    expires_in: lifetime - 1,
  };
}

/** A token of the provider's issuer that is for the provider, and valid now. @throws OAuthProblem */
async function acceptToken(
  token: string,
  { name, oidc }: WorkloadIdentityPoolProvider,
  { relyingParty, world }: SecurityTokenService,
): Promise<Claims> {
  const refuse = (why: string) => new OAuthProblem('invalid_grant', why);
  const jwt = read(token, refuse);
  const { iss = '', sub, aud, exp, iat } = jwt.claims;
  const { issuerUri, allowedAudiences = [] } = oidc;
  if (iss !== issuerUri) throw refuse(`The issuer in ID Token ${iss} does not match the expected ones: ${issuerUri}.`);
  const own = [`https://iam.googleapis.com/${name}`, `//iam.googleapis.com/${name}`];
  const expected = allowedAudiences.length > 0 ? allowedAudiences : own;
  const audiences = [aud ?? []].flat();
  if (!audiences.some((one) => expected.includes(one))) {
    throw refuse(
      `The audience in ID Token [${audiences.join(', ')}] does not match the expected audience ${expected.join(', ')}.`,
    );
  }
  if (typeof sub !== 'string' || sub === '') throw refuse('The ID Token has no subject.');
  if (exp === undefined || iat === undefined) throw refuse('The ID Token has no "exp" or no "iat".');
  const now = world.clock.seconds();
  if (exp <= now) throw refuse(`ID Token issued at ${iat} is stale to sign-in.`);
  if (iat > now + 60) throw refuse(`ID Token issued at ${iat} is in the future.`);
  if (exp - iat > longestLifetime) throw refuse('The ID Token lives for longer than 24 hours.');
  await verify(jwt, issuerUri, relyingParty, refuse);
  return jwt.claims;
}

function read(token: string, refuse: (why: string) => OAuthProblem): Jwt {
  try {
    return readJwt(token);
  } catch {
    throw refuse('Unable to parse the ID Token.');
  }
}

async function verify(
  jwt: Jwt,
  issuer: string,
  relyingParty: RelyingParty,
  refuse: (why: string) => OAuthProblem,
): Promise<void> {
  if (jwt.header.alg !== 'RS256' && jwt.header.alg !== 'ES256')
    throw refuse('The ID Token is signed with an unsupported algorithm.');
  try {
    await relyingParty.verify(jwt, issuer);
  } catch (error) {
    if (error instanceof IssuerUnreachableError) throw refuse("Error connecting to the given credential's issuer.");
    throw refuse('The signature of the ID Token cannot be verified.');
  }
}
