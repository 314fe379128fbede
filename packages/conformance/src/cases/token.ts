/** Members of a JSON object. */
export type Members = Readonly<Record<string, unknown>>;

/**
 * A key that a case signs with. `first`, `second` and `small` are RSA, of 2,048 bits but for `small`, of 1,024; `p256`, `p384` and
 * `p521` are of these curves; `stranger` is RSA, and no issuer that is trusted publishes it.
 */
export type KeyName = 'first' | 'second' | 'small' | 'p256' | 'p384' | 'p521' | 'stranger';

/** How a signature is made: by an algorithm of RFC 7518, 3.1, or by one that only looks like it. */
export type Signing =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  /** Of a public key as the secret, in the form that is named. */
  | 'HS256 of PEM'
  | 'HS256 of JWK'
  | 'HS256 of nothing'
  /** ECDSA in the form of ASN.1, which JOSE does not use. */
  | 'ES256 in DER'
  /** Of zeros alone. */
  | 'ES256 of zeros'
  /** A signature of another token. */
  | 'of another token'
  | 'none';

/** What is done to the text of a token that is otherwise as it should be. */
export type Form =
  | 'without signature'
  | 'two parts'
  | 'four parts'
  | 'empty'
  | 'padded'
  | 'standard alphabet'
  | 'line break'
  | 'space before the signature'
  | 'claims changed'
  | 'header changed'
  | 'signature cut'
  | 'signature one byte longer'
  | 'JSON serialization'
  | 'encrypted'
  | 'claims as a list'
  | 'claims as a text'
  | 'claims cut'
  | 'claims with text behind'
  | 'claims in UTF-16'
  | 'claims in invalid UTF-8'
  | 'header as a list'
  | 'header in invalid UTF-8';

/**
 * A token, as it differs from the ordinary one of its trust. In texts `{issuer}` stands for the issuer that is trusted, `{authority}` for
 * its host and port, `{stranger}` for an issuer that is not, `{audience}` for what the server under test is called, and `{now+60}` for a
 * time in seconds.
 */
export interface TokenSpec {
  readonly claims?: Members;
  /** Of `iat`, `nbf` and `exp`: seconds from now. */
  readonly times?: Readonly<Partial<Record<'iat' | 'nbf' | 'exp', number>>>;
  /** Claims whose texts are written with an escape for each character: other JSON, of the same meaning. */
  readonly escaped?: readonly string[];
  /** Claims that are left out. */
  readonly without?: readonly string[];
  /** Members that are written a second time, before all others or behind them. */
  readonly twice?: { readonly claims?: Members; readonly header?: Members; readonly where: 'before' | 'behind' };
  /** Beside `alg`, `kid` and `typ`, or in their place. */
  readonly header?: Members;
  /** Members of the header that are left out. */
  readonly headerWithout?: readonly string[];
  /** `first` by default. Its id is the header's `kid`. */
  readonly key?: KeyName;
  /** `RS256` by default. The header's `alg` is its first word, unless the header says another. */
  readonly signing?: Signing;
  readonly form?: Form;
}
