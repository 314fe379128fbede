/** An error of STS to `AssumeRoleWithWebIdentity`, and what is made of it. */
export interface WebIdentityDenial {
  readonly code: string;
  readonly message: string;
  /** Whether the trust policy or the provider is to be changed, the request, or nothing. */
  readonly kind: 'denied' | 'rejected' | 'unavailable';
  /** A part of what is said to be wrong. */
  readonly what: string;
  /** A part of what is said to do about it, where it is no other's of the same kind. */
  readonly fix?: string | RegExp;
}

const policy = /"token\.actions|"127\.0\.0\.1:\d+:sub": "repo:octo\/app:ref:refs\/heads\/main"/;

/**
 * Messages as STS has them, and one that it may have some day.
 * Source: captures of real STS, radkawar/stackd, `internal/services/sts/testdata/oidc`; issues of aws-actions/configure-aws-credentials.
 */
export const webIdentityDenials: readonly WebIdentityDenial[] = [
  {
    code: 'InvalidIdentityToken',
    message: 'No OpenIDConnect provider found in your account for https://x',
    kind: 'denied',
    what: 'the account has no OIDC provider for this issuer',
    fix: 'aws iam create-open-id-connect-provider --url=http',
  },
  {
    code: 'InvalidIdentityToken',
    message: 'Incorrect token audience',
    kind: 'denied',
    what: "the audience is not among the OIDC provider's",
    fix: 'aws iam add-client-id-to-open-id-connect-provider',
  },
  {
    code: 'InvalidIdentityToken',
    message: 'The web identity token provided could not be validated.',
    kind: 'denied',
    what: "the audience is not among the OIDC provider's, or",
    fix: 'aws iam add-client-id-to-open-id-connect-provider',
  },
  {
    code: 'InvalidIdentityToken',
    message: 'The ID Token provided is not a valid JWT. Token could not be validated',
    kind: 'denied',
    what: "or the issuer's keys do not verify",
  },
  {
    code: 'InvalidIdentityToken',
    message: 'The token has more than one audience',
    kind: 'rejected',
    what: 'several audiences',
  },
  {
    code: 'InvalidIdentityToken',
    message: "Couldn't retrieve verification key from your identity provider",
    kind: 'unavailable',
    what: "the issuer's keys could not be read in time",
    fix: '.well-known/openid-configuration',
  },
  {
    code: 'InvalidIdentityToken',
    message: 'Token is not yet valid',
    kind: 'rejected',
    what: 'outside its time range',
  },
  {
    code: 'InvalidIdentityToken',
    message: 'The token was issued in the future',
    kind: 'rejected',
    what: 'outside its time range',
  },
  {
    code: 'InvalidIdentityToken',
    message: 'The role claim does not have the role',
    kind: 'rejected',
    what: 'for other roles',
  },
  {
    code: 'InvalidIdentityToken',
    message: 'Missing a required claim: sub',
    kind: 'rejected',
    what: 'lacks a claim',
  },
  {
    code: 'InvalidIdentityToken',
    message: 'Something else',
    kind: 'rejected',
    what: 'the ID token is not valid',
    fix: 'exactly',
  },
  {
    code: 'ExpiredTokenException',
    message: 'Token expired',
    kind: 'rejected',
    what: 'the ID token has expired',
    fix: 'The clock of this machine',
  },
  {
    code: 'IDPRejectedClaim',
    message: 'The identity provider rejected it',
    kind: 'rejected',
    what: 'the issuer rejected the token',
    fix: 'Run the job again',
  },
  {
    code: 'IDPCommunicationError',
    message: 'No answer',
    kind: 'unavailable',
    what: 'the issuer could not be reached',
    fix: '.well-known/openid-configuration',
  },
  {
    code: 'AccessDenied',
    message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    kind: 'denied',
    what: 'its trust policy does not allow this job, or it does not exist',
    fix: policy,
  },
  {
    code: 'RegionDisabledException',
    message: 'STS is not activated in this region',
    kind: 'rejected',
    what: 'STS is not active in this region',
    fix: 'Activate STS in eu-central-1',
  },
];
