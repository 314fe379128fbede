/** What is known of the tokens and requests that conditions are asked about. */
export interface Scope {
  /** The claims that a condition key is filled from, the first that a token has; undefined for a key that is none of the issuer's. */
  claimsOf(key: string): readonly string[] | undefined;
  /** Condition keys that are the same in every request, in lower case. */
  readonly constants: ReadonlyMap<string, readonly string[]>;
  /** Whether a request may bring a key with it that is none of the issuer's. @param key - in lower case */
  isOfRequest(key: string): boolean;
  /** Whether it is not known of a condition key, in lower case, that it is there or what is in it. */
  isUnknown?(key: string): boolean;
  /** Whether the policy is of a version that has variables. */
  readonly knowsVariables: boolean;
}

/** Whether a key, in lower case, may be in some request or other: any other is never filled. */
export function mayBeThere(key: string, { claimsOf, isOfRequest, isUnknown }: Scope): boolean {
  return claimsOf(key) !== undefined || isOfRequest(key) || isUnknown?.(key) === true;
}
