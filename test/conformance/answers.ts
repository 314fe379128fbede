import type { Row } from './row.ts';

/** An answer of a service, and what a step says of it. */
export interface AnswerRow extends Row {
  /** STS's code, or AADSTS and a number. */
  readonly code: string;
  /** What the service writes beside it, where that is known. */
  readonly text: string;
  readonly means: string;
}

type Entry = readonly [code: string, source: Row['source'], means: string, text?: string];
const rows = (all: readonly Entry[]): readonly AnswerRow[] =>
  all.map(([code, source, means, text = 'Something.']) => ({ name: `${code}: ${text}`, code, source, means, text }));

const audience = "the audience is not among the OIDC provider's";
const lacks = 'the ID token lacks a claim that AWS asks for';
const times = 'the ID token is outside its time range';
const roles = 'the ID token is for other roles';
const invalid = 'InvalidIdentityToken';

/** What STS says to a web identity. */
export const stsAnswers: readonly AnswerRow[] = rows([
  [
    'AccessDenied',
    'stsTokens',
    'its trust policy does not allow this job',
    'Not authorized to perform sts:AssumeRoleWithWebIdentity',
  ],
  [invalid, 'stsAudience', audience, 'Incorrect token audience'],
  [
    invalid,
    'stsTokens',
    audience,
    'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.',
  ],
  [
    invalid,
    'stsTokens',
    'several audiences',
    'Token audience contains more than one audience while authorized party is not present',
  ],
  [
    invalid,
    'stsTokens',
    "the issuer's keys could not be read in time",
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
  ],
  [
    invalid,
    'stsNoProvider',
    'no OIDC provider for this issuer',
    'No OpenIDConnect provider found in your account for https://nobody.example.com',
  ],
  [
    invalid,
    'stsTokens',
    'the ID token is not valid',
    'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  ],
  ...(['iss', 'sub', 'aud', 'iat', 'exp'] as const).map(
    (claim): Entry => [invalid, 'stsTokens', lacks, `Missing a required claim: ${claim}`],
  ),
  [invalid, 'stsTokens', lacks, 'Claim is not allowed to be empty: aud'],
  [invalid, 'stsTokens', lacks, 'principal_tags passed in claim is not in correct format.'],
  [invalid, 'stsTokens', times, 'Invalid timestamp in token claims.'],
  [invalid, 'stsTokens', times, 'Token issued in the future: 1795003600'],
  [
    invalid,
    'stsTokens',
    times,
    'Token not yet valid: current date/time 1795000300 must be after or equal to the not-before date/time 1795003600',
  ],
  [
    'ExpiredTokenException',
    'stsTokens',
    'the ID token has expired',
    'Token expired: current date/time 1794999700 must be before the expiration date/time 1794999670',
  ],
  [invalid, 'stsRoles', roles, 'The target role ARN is not present in the roles claim of the identity token'],
  [invalid, 'stsRoles', roles, 'The roles claim contains no valid role ARNs'],
  [invalid, 'stsRoles', roles, 'The roles claim is not in a supported format'],
  ['IDPRejectedClaim', 'stsApi', 'the issuer rejected the token'],
  ['IDPCommunicationError', 'stsApi', 'the issuer could not be reached'],
  ['MalformedPolicyDocument', 'stsApi', 'the session policy is not one that IAM accepts'],
  ['PackedPolicyTooLarge', 'stsApi', 'the session is too large'],
  ['RegionDisabledException', 'stsApi', 'STS is not active in this region'],
]);

const none = 'No matching federated identity record found for presented assertion';
const tail = 'Check your federated identity credential Subject, Audience and Issuer against the presented assertion.';
const subject = 'repo:octo/app:ref:refs/heads/main';

/** What Entra says to a client assertion. */
export const entraAnswers: readonly AnswerRow[] = rows([
  [
    'AADSTS70021',
    'entraOlderText',
    'no federated credential matches',
    `${none}. Assertion Issuer: 'https://kubernetes.default.svc.cluster.local'.`,
  ],
  [
    'AADSTS700211',
    'entraIssuerText',
    'no federated credential has this issuer',
    `${none} issuer 'https://issuer.example.com'. Please c${tail.slice(1)}`,
  ],
  [
    'AADSTS700212',
    'entraAudience',
    'no federated credential has this audience',
    `${none} audience 'https://gitlab.com'`,
  ],
  ['AADSTS700213', 'entraSubject', 'no federated credential has this subject', `${none} subject '${subject}'. ${tail}`],
  [
    'AADSTS7002137',
    'entraComputed',
    'this subject of a token of Entra itself',
    `${none} subject '/eid1/c/pub/t/x'. Please make sure the federated identity credential Subject is '/eid1/c/pub/t/y'.`,
  ],
  [
    'AADSTS7002138',
    'entraSubjectCase',
    'in upper and lower case alone',
    `${none} subject '${subject}'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison.`,
  ],
  ['AADSTS700214', 'entraManagedIdentity', 'is not one that Entra takes for a token of its own'],
  ['AADSTS70025', 'entraTroubleshooting', 'has no federated credential'],
  [
    'AADSTS700024',
    'entraTimes',
    'outside its time range',
    'Client assertion is not within its valid time range. Current time: 2024-05-28T06:01:42.5853621Z, assertion valid from 2024-05-28T02:19:01.0000000Z, expiry time of assertion 2024-05-28T02:29:01.0000000Z.',
  ],
  ['AADSTS700027', 'entraCodes', "does not fit the issuer's keys", 'Client assertion failed signature validation.'],
  [
    'AADSTS7000272',
    'entraUnknownKey',
    'does not publish the key',
    'The certificate with identifier DFA184 used to sign the federated credential could not be found in the metadata of identity provider https://issuer.example.com.',
  ],
  ['AADSTS50013', 'entraCodes', "does not fit the issuer's keys"],
  ['AADSTS50027', 'entraCodes', 'malformed'],
  [
    'AADSTS5002741',
    'entraAudiences',
    'has more than one audience',
    'Number of audience values in the provided client credential exceed maximum allowed. 2 audience values provided, maximum allowed is 1.',
  ],
  [
    'AADSTS700222',
    'entraOwnTokens',
    'tokens of Entra itself',
    'AAD-issued tokens may not be used for federated identity flows.',
  ],
  [
    'AADSTS700223',
    'entraFirstParty',
    'forbids this issuer',
    'Only AAD-issued tokens may be used for first-party application federated identity flows.',
  ],
  [
    'AADSTS700229',
    'entraUserToken',
    'speaks for a user',
    'Forbidden token type. Only app-only tokens may be used as Federated Identity Credentials for AAD issuer.',
  ],
  [
    'AADSTS700231',
    'entraTwice',
    'itself obtained with a federated credential',
    'Token obtained using another federated identity credential may not be used as federated identity credential.',
  ],
  [
    'AADSTS700236',
    'entraOtherTenant',
    'of another tenant',
    `Entra ID tokens issued by issuer 'https://login.microsoftonline.com/x/v2.0' may not be used for federated identity credential flows for applications or managed identities registered in this tenant.`,
  ],
  ['AADSTS700238', 'entraTroubleshooting', 'forbids workload identity federation'],
  [
    'AADSTS7002381',
    'entraEnterprise',
    'certain enterprises',
    "Federated identity credentials issued by 'https://token.actions.githubusercontent.com/' for applications or managed identities registered in this tenant must contain the enterprise claim with value 'microsoft', 'github' or 'microsoftopensource' but actual value is ''.",
  ],
  [
    'AADSTS70052',
    'entraDevOpsConnection',
    'multi-tenant',
    'The identity must be a managed identity, a single tenant app, or a service account.',
  ],
  [
    'AADSTS70023',
    'entraLifetime',
    'more than 25 hours',
    'External OIDC Provider token must have a lifetime of less than or equal to 1.01:00:00. Token issued at 1643126692. Token expires on 1643220292.',
  ],
  [
    'AADSTS700016',
    'entraApplication',
    'no such application',
    "Application with identifier 'x' was not found in the directory 'y'.",
  ],
  [
    'AADSTS7000229',
    'entraNoPrincipal',
    'no service principal',
    'The client application 0b1f6471-1bf0-4dda-aec3-111122223333 is missing service principal in the tenant 0b1f6471-1bf0-4dda-aec3-111122224444. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119',
  ],
  ['AADSTS7000112', 'entraCodes', 'disabled'],
  ['AADSTS90002', 'entraCodes', 'no such tenant'],
  [
    'AADSTS900023',
    'entraNoDomain',
    'neither a GUID nor a domain',
    "Specified tenant identifier 'nowhere' is neither a valid DNS name, nor a valid external domain.",
  ],
  ['AADSTS50194', 'entraCodes', 'no tenant was named'],
  ['AADSTS50020', 'entraCodes', 'another tenant'],
  ['AADSTS90014', 'entraCodes', 'a field of the request is missing'],
  ['AADSTS900144', 'entraCodes', 'a field of the request is missing'],
  ['AADSTS7000218', 'entraCodes', 'a field of the request is missing'],
  ['AADSTS70003', 'entraCodes', 'does not take this kind of request'],
  ['AADSTS900382', 'entraCodes', 'another cloud'],
  ['AADSTS500011', 'entraCodes', 'does not know the resource'],
  [
    'AADSTS1002012',
    'entraScope',
    'not one that tokens are given for',
    'The provided value for scope User.Read is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).',
  ],
  ['AADSTS501051', 'entraNoRole', 'no role of the resource'],
  ['AADSTS65001', 'entraCodes', 'nobody has consented'],
  ['AADSTS53003', 'entraCodes', 'Conditional Access blocks it'],
  ['AADSTS530003', 'entraDevice', 'managed device', 'Your device is required to be managed to access this resource.'],
  ['AADSTS50166', 'entraEndpointLater', 'keys could not be read', 'Request to External OIDC endpoint failed.'],
  ['AADSTS501661', 'entraServer', 'keys could not be read', 'Request to External OIDC endpoint failed.'],
  ['AADSTS90061', 'entraEndpoint', 'could not be reached', 'Request to External OIDC endpoint failed.'],
]);
