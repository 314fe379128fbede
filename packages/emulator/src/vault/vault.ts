/** What there is in a Vault, or an OpenBao. */
export interface Vault {
  /** Where requests must say that they are; without it, nowhere. */
  readonly namespace?: string;
  readonly jwtMethods: readonly JwtMethod[];
  /** Capabilities by path, by the policy's name. `*` at the end of a path stands for any. */
  readonly policies: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Secrets by their path in the API: of a KV engine of version 2 with `data` in it. */
  readonly kv1?: Readonly<Record<string, object>>;
  readonly kv2?: Readonly<Record<string, object>>;
}

/** A mounted JWT auth method. Source: Vault API, "JWT/OIDC auth method". */
export interface JwtMethod {
  readonly path: string;
  readonly oidcDiscoveryUrl: string;
  readonly boundIssuer?: string;
  readonly roles: Readonly<Record<string, JwtRole>>;
}

/** What a token must have, and what is given for it. */
export interface JwtRole {
  readonly userClaim: string;
  readonly boundAudiences?: readonly string[];
  readonly boundSubject?: string;
  readonly boundClaims?: Readonly<Record<string, string | readonly string[]>>;
  readonly tokenPolicies: readonly string[];
  /** Seconds; of the longest life of a token too. */
  readonly tokenTtl?: number;
  readonly tokenMaxTtl?: number;
}

/** An answer that is none of those that were asked for. */
export class VaultProblem extends Error {
  readonly status: number;

  constructor(status: number, message = '') {
    super(message);
    this.status = status;
  }

  body() {
    return { errors: this.message === '' ? [] : [this.message] };
  }
}
