/** What an application or managed identity trusts. Source: Microsoft Graph, `federatedIdentityCredential`. */
export interface FederatedCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  /** Exactly one. */
  readonly audiences: readonly string[];
}

export interface Assertion {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

export type CredentialMatch =
  | { readonly matched: FederatedCredential; readonly differs?: never }
  | { readonly matched?: never; readonly differs: 'none' | 'issuer' | 'subject' | 'subject case' | 'audience' };

/** Finds the credential that trusts an assertion, each part equal to the letter, or says which part is in the way. */
export function matchFederatedCredential(
  credentials: readonly FederatedCredential[],
  { issuer, subject, audience }: Assertion,
): CredentialMatch {
  if (credentials.length === 0) return { differs: 'none' };
  const ofIssuer = credentials.filter((credential) => credential.issuer === issuer);
  if (ofIssuer.length === 0) return { differs: 'issuer' };
  const ofSubject = ofIssuer.filter((credential) => credential.subject === subject);
  if (ofSubject.length === 0) {
    const lower = subject.toLowerCase();
    const byCase = ofIssuer.some((credential) => credential.subject.toLowerCase() === lower);
    return { differs: byCase ? 'subject case' : 'subject' };
  }
  const matched = ofSubject.find(({ audiences }) => audiences.includes(audience));
  return matched ? { matched } : { differs: 'audience' };
}
