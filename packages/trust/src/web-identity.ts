import { type ConditionKey, conditionPrefix } from '@fedbridge/issuers';
import type { TrustRequest } from './evaluate.ts';
import { isIssuerUrl } from './issuer-url.ts';

/** The claims of a web identity that trust policies and providers look at. */
export interface WebIdentityClaims {
  readonly iss?: string;
  readonly aud?: string | readonly string[];
  readonly azp?: unknown;
  readonly [claim: string]: unknown;
}

/** The audiences of a token. */
function audiencesOf({ aud = [] }: WebIdentityClaims): readonly string[] {
  const listed: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return listed.filter((one) => typeof one === 'string');
}

/**
 * What STS looks for among a provider's client ids and answers as `Audience`: a token's `azp`, and its audiences only where it has none.
 * Source: captures of real STS, radkawar/stackd, 2026-09-11; aws/aws-sdk-net#3100.
 */
export function partiesOf(claims: WebIdentityClaims): readonly string[] {
  return typeof claims.azp === 'string' ? [claims.azp] : audiencesOf(claims);
}

/** Whether an OIDC provider takes a token: one with several audiences and no `azp` it does not. */
export function providerAccepts(clientIds: readonly string[], claims: WebIdentityClaims): boolean {
  const [party, ...more] = partiesOf(claims);
  return party !== undefined && more.length === 0 && clientIds.includes(party);
}

/** The claim by which an issuer says which roles a token is for. */
const rolesClaim = 'https://aws.amazon.com/roles';

/**
 * Whether a condition key may come with a token and not from its claims: any other is of an issuer, or is never there.
 * Source: Service Authorization Reference, AWS STS: the condition keys of AssumeRoleWithWebIdentity.
 */
export const isKeyOfRequest = (key: string) => /^(aws|sts|saml|iam|identitystore):/i.test(key);

/**
 * What a trust policy is asked for a token.
 *
 * @param provider - the ARN of the OIDC provider that the token is verified with
 * @param keys - the condition keys that STS fills for its issuer
 * @param now - seconds since 1970-01-01 UTC
 * @param others - further condition keys with their values, `sts:RoleSessionName` and `aws:SourceIp` for example
 */
export function webIdentityRequest(
  claims: WebIdentityClaims,
  provider: string,
  keys: readonly ConditionKey[],
  now: number,
  others: Readonly<Record<string, string>> = {},
): TrustRequest {
  const prefix = conditionPrefix(claims.iss ?? '');
  const filled = keys.flatMap(({ name, claims: names }) => {
    const value = names.map((claim) => textsOf(own(claims, claim))).find((one) => one !== undefined);
    return value === undefined ? [] : [[`${prefix}:${name}`, value] as const];
  });
  return {
    principal: { provider },
    action: 'sts:AssumeRoleWithWebIdentity',
    context: {
      'aws:CurrentTime': new Date(now * 1000).toISOString(),
      'aws:EpochTime': String(Math.floor(now)),
      'aws:SecureTransport': 'true',
      ...principalKeys(provider),
      // Without the claim it is false, not missing. A token with another role in it is refused before a policy is asked.
      'sts:RoleAuthorizedByIdp': String(rolesOf(claims) !== undefined),
      ...Object.fromEntries(filled),
      ...others,
    },
    ownKeys: { prefix, names: keys.map(({ name }) => name) },
  };
}

/**
 * A web identity as a principal, as far as one answer of STS showed it; `isUnsureKey` holds for these. It has no `aws:PrincipalArn`.
 * Source: captures of real STS, radkawar/stackd, 2026-09-11; of `aws:FederatedProvider`, that it is the ARN, was not seen.
 */
function principalKeys(provider: string): Readonly<Record<string, string>> {
  const [, , , , account = ''] = provider.split(':', 5);
  return {
    ...(account === '' ? {} : { 'aws:PrincipalAccount': account }),
    'aws:PrincipalType': 'User',
    'aws:userid': provider,
    'aws:FederatedProvider': provider,
  };
}

/**
 * Whether a condition key of a web identity's is not documented for what asks for a role: the IAM User Guide, "AWS global condition context
 * keys", says what a session has that came of it. Nobody is said to be denied for such a key.
 *
 * @param key - in lower case
 */
export const isUnsureKey = (key: string) => unsureKeys.includes(key);

/** Condition keys, in lower case, of which it is not documented what a web identity has there. */
export const unsureKeys = ['aws:principalaccount', 'aws:principaltype', 'aws:userid', 'aws:federatedprovider'];

/** A claim as a condition key has it; undefined for one that is not there, or is neither a text, a number, a boolean nor a list of them. */
function textsOf(claim: unknown): string | string[] | undefined {
  if (Array.isArray(claim)) {
    const texts = claim.map(textsOf).filter((one) => typeof one === 'string');
    return texts.length === 0 ? undefined : texts;
  }
  return ['string', 'number', 'boolean'].includes(typeof claim) ? String(claim) : undefined;
}

/** Source: IAM User Guide, "IAM identifiers"; that neither a wildcard nor a colon is in one, captures of real STS in radkawar/stackd. */
const roleArn = /^arn:aws(?:-[a-z]+)*:iam::\d{12}:role\/(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/;

/** The roles that a token is for, as its issuer says; undefined where it says nothing. */
function rolesOf(claims: WebIdentityClaims): readonly string[] | undefined {
  const claim = own(claims, rolesClaim);
  if (claim === undefined || claim === null) return undefined;
  const listed: readonly unknown[] = Array.isArray(claim) ? claim : typeof claim === 'string' ? claim.split(';') : [];
  return listed.flatMap((one) => (typeof one === 'string' ? one.trim() : [])).filter((one) => roleArn.test(one));
}

function own(claims: WebIdentityClaims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

/** What is known of who presents a token, and to what. */
export interface Presentation {
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
  /** The ARN of the OIDC provider that the token is verified with, where it is known; else any that a policy names for its issuer. */
  readonly provider?: string | undefined;
  /** Of the OIDC provider, where they are known. */
  readonly clientIds?: readonly string[] | undefined;
  /** The role's ARN, where it is known. */
  readonly role?: string | undefined;
  /** Whether these are all claims of a token, so that one which is not there is missing; claims that somebody wrote down may have no times. */
  readonly isWhole: boolean;
}

/** STS and Entra take a token this many seconds before and after its times. */
const tolerance = 300;

/**
 * Why STS denies a token before it looks at any trust policy, a sentence; undefined where it does not.
 * Source: captures of real STS, radkawar/stackd, 2026-09-11.
 */
export function webIdentityProblem(claims: WebIdentityClaims, presented: Presentation): string | undefined {
  const { clientIds, role, isWhole, now } = presented;
  const required = ['iss', 'sub', 'aud', ...(isWhole ? ['iat', 'exp'] : [])];
  const missing = required.find((claim) => (own(claims, claim) ?? undefined) === undefined);
  if (missing !== undefined)
    return `The token has no ${missing}: STS denies it with "Missing a required claim: ${missing}".`;
  if (!isIssuerUrl(claims.iss))
    return `The token's iss is \`${claims.iss}\`: an IAM OIDC provider has an https:// URL, so there is none for it.`;
  const times = timeProblem(claims, ['iat', 'nbf', 'exp'], now);
  if (times) return times;
  const parties = partiesOf(claims);
  if (parties.length !== 1)
    return `The token has ${parties.length} audiences and no azp: STS takes exactly one, or an azp that says which.`;
  // Source: IAM API Reference, "CreateOpenIDConnectProvider", of the length of a client id.
  if (parties[0] === '') return 'The audience of the token is empty, which no IAM OIDC provider can have in its list.';
  if (clientIds && !providerAccepts(clientIds, claims)) {
    const azp = typeof claims.azp === 'string' ? ` with azp ${claims.azp}, which counts` : '';
    return `The provider takes ${clientIds.join(', ')}; the token is for ${audiencesOf(claims).join(', ')}${azp}.`;
  }
  const roles = rolesOf(claims);
  if (roles && (roles.length === 0 || (role !== undefined && !roles.includes(role))))
    return `The token's ${rolesClaim} names ${roles.length === 0 ? 'no role' : `other roles than ${role}`}.`;
  return undefined;
}

/** Why Entra denies an assertion before it looks at federated credentials, a sentence; undefined where it does not. */
export function assertionProblem(
  claims: WebIdentityClaims,
  { now, isWhole }: Pick<Presentation, 'now' | 'isWhole'>,
): string | undefined {
  const required = ['iss', 'sub', 'aud', ...(isWhole ? ['exp'] : [])];
  const missing = required.find((claim) => (own(claims, claim) ?? undefined) === undefined);
  if (missing !== undefined) return `The token has no ${missing}.`;
  if (!isIssuerUrl(claims.iss))
    return `The token's iss is \`${claims.iss}\`: the issuer of a federated credential is an https:// URL.`;
  const times = timeProblem(claims, ['nbf', 'exp'], now);
  if (times) return `${times} (AADSTS700024)`;
  const [from, until] = [secondsOf(claims.iat ?? claims.nbf), secondsOf(claims.exp)];
  if (from !== undefined && until !== undefined && until - from > 25 * 60 * 60)
    return 'The token lives longer than 25 hours. (AADSTS70023)';
  return undefined;
}

function timeProblem(claims: WebIdentityClaims, names: readonly ('iat' | 'nbf' | 'exp')[], now: number) {
  for (const name of names) {
    const claim = own(claims, name);
    if (claim === undefined || claim === null) continue;
    const seconds = secondsOf(claim);
    if (seconds === undefined) return `The token's ${name} is not a whole number of seconds.`;
    const at = new Date(seconds * 1000).toISOString().replace('.000', '');
    if (name === 'exp' && seconds + tolerance <= now) return `The token expired at ${at}.`;
    if (name !== 'exp' && seconds - tolerance > now) return `The token is not valid before ${at} (${name}).`;
  }
  return undefined;
}

/** A NumericDate, which may be a text; undefined for what is none, or far beyond the calendar. */
function secondsOf(claim: unknown): number | undefined {
  const isWritten = typeof claim === 'string' && /^\d{1,12}$/.test(claim);
  const seconds = typeof claim === 'number' || isWritten ? Number(claim) : Number.NaN;
  return Number.isInteger(seconds) && seconds >= 0 && seconds < 1e12 ? seconds : undefined;
}
