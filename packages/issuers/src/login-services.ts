import { type ConditionKey, commonConditionKeys, sameNamed } from './issuer.ts';

/** One whom IAM knows by its host alone, and whose tokens whoever has an account there has. */
export interface LoginService {
  readonly title: string;
  /** The principal in a trust policy. */
  readonly host: string;
  /** The condition keys that name an application, or what stands in its place: whoever signs in to it has them. */
  readonly application: readonly string[];
  /** Further condition keys of its own, each filled from a claim of its name. */
  readonly users?: readonly string[];
  /** Those of `users` that are numbers. */
  readonly numbers?: readonly string[];
  /** What stands in an application's place in tokens of an account that is nobody's: its number, or its address. */
  readonly account?: RegExp;
  /** Condition keys of which IAM wants one at least in a role's trust policy; undefined where it was not seen to. */
  readonly demanded?: {
    readonly keys: readonly string[];
    /** Whether a pattern, or a key in another case, does not count. */
    readonly isExact?: true;
  };
  /** The claim, and its value, of those who have not signed in, and what all others have in it. */
  readonly guests?: { readonly claim: string; readonly value: string; readonly others: string };
}

/** By partition. Sources: AWS GovCloud (US) User Guide, "Amazon Cognito", read 2026-11-25; of China, AWS SDK for Android. */
const cognitoHosts = [
  'cognito-identity.amazonaws.com',
  'cognito-identity-us-gov.amazonaws.com',
  'cognito-identity.us-gov-east-1.amazonaws.com',
  'cognito-identity.cn-north-1.amazonaws.com.cn',
];

/**
 * Sources: IAM User Guide, "Available keys for AWS OIDC federation", the tabs of each; "Create a role for OIDC federation", read 2026-11-25.
 * What IAM demands: captures of real IAM in radkawar/stackd, `iam/policy/testdata/oidc_trust_controls*.json`, 2026-09-11; of Cognito also
 * IAM User Guide, "Identity-provider controls for shared OIDC providers", which has no other partition's host.
 */
export const loginServices: readonly LoginService[] = [
  ...cognitoHosts.map((host) => ({
    title: 'Amazon Cognito',
    host,
    application: ['aud'],
    ...(host === cognitoHosts[0] ? { demanded: { keys: ['aud'] } } : {}),
    guests: { claim: 'amr', value: 'unauthenticated', others: 'authenticated' },
  })),
  {
    title: 'Login with Amazon',
    host: 'www.amazon.com',
    application: ['app_id'],
    users: ['user_id'],
    demanded: { keys: ['app_id', 'sub'], isExact: true },
  },
  {
    title: 'Facebook',
    host: 'graph.facebook.com',
    application: ['app_id'],
    users: ['id'],
    // Source: Meta for Developers, Graph API Reference, User, "id": a "numeric string".
    numbers: ['id'],
    demanded: { keys: ['app_id', 'sub'], isExact: true },
  },
  {
    title: 'Google',
    host: 'accounts.google.com',
    application: ['aud', 'oaud'],
    demanded: { keys: ['aud', 'oaud', 'sub'], isExact: true },
    account: /^(\d+|[a-z\d.-]+@[a-z\d.-]+\.gserviceaccount\.com)$/,
  },
];

/** The condition keys of a login service, beside the common ones. */
export function loginConditionKeys(iss: string): readonly ConditionKey[] {
  const service = loginServices.find(({ host }) => iss === `https://${host}`);
  const common = commonConditionKeys.map(({ name }) => name);
  return sameNamed([...(service?.application ?? []), ...(service?.users ?? [])].filter((one) => !common.includes(one)));
}

/**
 * The principal by which a trust policy names an issuer for which no OIDC provider is made; undefined for all others.
 * Source: IAM User Guide, "AWS JSON policy elements: Principal", OIDC federated principals.
 */
export function loginPrincipal(iss: string): string | undefined {
  return loginServices.find(({ host }) => iss === `https://${host}`)?.host;
}
