import { createPublicKey, type JsonWebKey, type KeyObject, verify, X509Certificate } from 'node:crypto';
import type { Jwt } from './jwt.ts';

/** A member of a JWKS, as an issuer publishes it [RFC 7517, 4]. */
export type PublishedKey = JsonWebKey & {
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
  readonly key_ops?: readonly string[];
  readonly x5c?: readonly string[];
};

/** The algorithms that STS takes. */
const algorithms: Readonly<Record<string, { readonly type: string; readonly hash: string }>> = {
  RS256: { type: 'RSA', hash: 'SHA256' },
  RS384: { type: 'RSA', hash: 'SHA384' },
  RS512: { type: 'RSA', hash: 'SHA512' },
  ES256: { type: 'EC', hash: 'SHA256' },
  ES384: { type: 'EC', hash: 'SHA384' },
  ES512: { type: 'EC', hash: 'SHA512' },
};

/** With more RSA keys than these, none is used. */
const mostRsaKeys = 100;
/** Bits of an RSA key [RFC 7518, 3.3]. */
const leastRsaBits = 2048;

/** What a relying party makes of what a key says of itself. */
export interface KeyRules {
  /** Whether a key that says for which algorithm it is verifies with no other [RFC 8725, 3.1]. */
  readonly keepsToAlgorithm: boolean;
  /** Whether a key that says for which operations it is (`key_ops`) can be for this one [RFC 7517, 4.3]. */
  readonly takesOperations: boolean;
}

/** As specifications have it. */
export const byTheBook: KeyRules = { keepsToAlgorithm: true, takesOperations: true };

/** A key that can be found. */
interface Indexed {
  readonly type: string | undefined;
  readonly key: KeyObject;
  readonly algorithm: string | undefined;
  readonly operations: readonly string[] | undefined;
}

/**
 * An issuer's keys as a relying party finds them. What is not documented is as real STS does it: a key needs a `kid` and
 * is not for encryption, the last of one `kid` counts, `x5c` must agree with the parameters.
 * Source: captures of real STS, radkawar/stackd, `internal/services/sts/testdata/oidc/aws-keys.json`, 2026-09-11.
 */
export class PublishedKeys {
  readonly #keys: ReadonlyMap<string, Indexed>;

  constructor(keys: readonly PublishedKey[]) {
    const tooMany = keys.filter(({ kty }) => kty === 'RSA').length > mostRsaKeys;
    this.#keys = new Map(
      keys.flatMap((jwk) => {
        const key = jwk.kty === 'RSA' && tooMany ? undefined : parseKey(jwk);
        if (!key || !jwk.kid || jwk.use === 'enc') return [];
        return [[jwk.kid, { type: jwk.kty, key, algorithm: jwk.alg, operations: jwk.key_ops }] as const];
      }),
    );
  }

  /** Without a `kid` there must be one key alone. @returns undefined for an unknown key, else whether it verifies the signature */
  verify({ header: { alg, kid }, content, signature }: Jwt, rules: KeyRules): boolean | undefined {
    const indexed = kid === undefined ? this.#only() : typeof kid === 'string' ? this.#keys.get(kid) : undefined;
    if (!indexed) return undefined;
    const { type, hash } = (typeof alg === 'string' ? algorithms[alg] : undefined) ?? {};
    if (hash === undefined || indexed.type !== type || !isFor(indexed, alg, rules)) return false;
    const key = { key: indexed.key, dsaEncoding: 'ieee-p1363' as const };
    // Done here and now: a thread's way there and back takes longer than the verification.
    return verify(hash, content, key, signature);
  }

  #only(): Indexed | undefined {
    return this.#keys.size === 1 ? [...this.#keys.values()][0] : undefined;
  }
}

function isFor({ algorithm, operations }: Indexed, alg: unknown, rules: KeyRules): boolean {
  if (operations && !(rules.takesOperations && operations.includes('verify'))) return false;
  return !rules.keepsToAlgorithm || algorithm === undefined || algorithm === alg;
}

function parseKey(jwk: PublishedKey): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    if ((key.asymmetricKeyDetails?.modulusLength ?? leastRsaBits) < leastRsaBits) return undefined;
    const [certificate] = jwk.x5c ?? [];
    if (certificate === undefined) return key;
    return new X509Certificate(Buffer.from(certificate, 'base64')).publicKey.equals(key) ? key : undefined;
  } catch {
    return undefined;
  }
}
