/** An account of AWS with its IAM. */
export interface AwsAccount {
  /** Twelve digits. */
  readonly id: string;
  /** `aws` by default. */
  readonly partition?: string;
  readonly oidcProviders: readonly OidcProvider[];
  readonly roles: readonly Role[];
}

/** An IAM OIDC provider. */
export interface OidcProvider {
  /** The issuer's URL. */
  readonly url: string;
  /** The audiences that it accepts. */
  readonly clientIds: readonly string[];
  /** Seconds since 1970-01-01 UTC; for one that a request made. */
  readonly createdAt?: number;
}

/** An IAM role. */
export interface Role {
  readonly name: string;
  /** The policy document as IAM takes it: one that IAM would reject is rejected at start, as `create-role` rejects it. */
  readonly trustPolicy: unknown;
  /** For a role from before IAM asked for the claims of shared issuers: it does not ask for roles that are there. */
  readonly predatesIdentityProviderControls?: boolean;
  /** Managed policies, by ARN. What they say decides nothing here. */
  readonly attachedPolicies?: readonly string[];
  readonly description?: string;
  /** Seconds since 1970-01-01 UTC; for one that a request made. */
  readonly createdAt?: number;
  /** 3,600 by default. */
  readonly maxSessionDurationSeconds?: number;
  /** What sessions live in the place of what is asked for, in seconds: a long job in short time. */
  readonly sessionSeconds?: number;
}
