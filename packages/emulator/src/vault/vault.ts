/** What there is in a Vault, or an OpenBao. */
export interface Vault {
  /** Where requests must say that they are. Without it there are none, and what requests say is not looked at, as in the community edition. */
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

/** A value that a claim is bound to. */
type BoundValue = string | number | boolean;

/** What a token must have, and what is given for it. */
export interface JwtRole {
  readonly userClaim: string;
  readonly boundAudiences?: readonly string[];
  readonly boundSubject?: string;
  /** By the claim's name, or by a JSON pointer, which begins with a slash [RFC 6901]. */
  readonly boundClaims?: Readonly<Record<string, BoundValue | readonly BoundValue[]>>;
  readonly tokenPolicies: readonly string[];
  /** Whether the policy `default` is not given beside them: a token may then not even end itself. */
  readonly tokenNoDefaultPolicy?: boolean;
  /** Seconds; of the longest life of a token too. */
  readonly tokenTtl?: number;
  readonly tokenMaxTtl?: number;
  /** By default `service`. One that is `batch` can be neither renewed nor revoked. */
  readonly tokenType?: 'service' | 'batch';
}

/** An answer that is none of those that were asked for. */
export class VaultProblem extends Error {
  readonly status: number;
  readonly #body: object | undefined;

  /** @param body - where it is not the message alone */
  constructor(status: number, message = '', body?: object) {
    super(message);
    this.status = status;
    this.#body = body;
  }

  body(): object {
    return this.#body ?? { errors: this.message === '' ? [] : [this.message] };
  }
}

/** Several errors as Vault lists them: go-multierror's form. */
export function severalErrors(...messages: readonly string[]): string {
  const count = messages.length === 1 ? '1 error' : `${messages.length} errors`;
  return `${count} occurred:\n${messages.map((one) => `\t* ${one}\n`).join('')}\n`;
}
