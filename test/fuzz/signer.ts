import fc from 'fast-check';

export type Claims = Readonly<Record<string, unknown>>;

/** Who signs tokens, as its own documents have them: written without the shapes that the engine goes by. */
export interface Signer {
  readonly iss: string;
  /** As a trust policy names it. */
  readonly provider: string;
  /** Who is ours there, as a user says it. */
  readonly mine: readonly string[];
  /** Whose a token is; `by name` where it has our name and the id of somebody else. */
  readonly owner: (claims: Claims) => 'ours' | 'others' | 'by name';
  /** What others are called, in one of several ways, in lower case; undefined where that is not told here. */
  readonly called?: (claims: Claims) => readonly string[];
  readonly token: fc.Arbitrary<Claims>;
  /** Names of condition keys, of which some are never filled. */
  readonly keys: readonly string[];
  /** What policies compare them with, beside what tokens have. */
  readonly texts: readonly string[];
  /** Claims that a flexible federated credential may test, those that can be matched first. */
  readonly flexible?: { readonly matched: readonly string[]; readonly equal: readonly string[] };
  /** The same token of another owner's id. */
  readonly withOwnerId?: (claims: Claims, id: string) => Claims;
}

/** Seconds since 1970-01-01 UTC. */
export const now = 1_790_000_000;

const account = '123456789012';
export const providerOf = (iss: string) => `arn:aws:iam::${account}:oidc-provider/${iss.slice('https://'.length)}`;

export const guids = ['0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d', '1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9'] as const;

/** A token of these claims, without those that are undefined. */
export function tokenOf(iss: string, claims: Claims): Claims {
  const given = Object.entries(claims).filter(([, value]) => value !== undefined);
  return { iss, aud: 'sts.amazonaws.com', iat: now, nbf: now, exp: now + 300, ...Object.fromEntries(given) };
}

/** A signer whose owners are told by a name in its subject. */
export function named(
  iss: string,
  more: Pick<Signer, 'mine' | 'keys' | 'texts'> & Partial<Signer> & { readonly claims: fc.Arbitrary<Claims> },
): Signer {
  const { claims, ...rest } = more;
  return {
    iss,
    provider: providerOf(iss),
    owner: () => (more.mine.length > 0 ? 'ours' : 'others'),
    token: claims.map((one) => tokenOf(iss, one)),
    ...rest,
  };
}

export const oneOf = fc.constantFrom;
export const maybe = <T>(...values: readonly T[]) => fc.constantFrom(undefined, ...values);

/** One of these names, or somebody else's. */
export const nameOf = (...names: readonly string[]) =>
  fc.oneof(
    { weight: 3, arbitrary: oneOf(...names) },
    { weight: 1, arbitrary: fc.nat(1e9).map((one) => `evil-${one}`) },
  );
