import { FedbridgeError } from '@fedbridge/core/error';
import { type ClaimsMatchingExpression, claimTestsOf, failingTest } from './flexible-expression.ts';

/** What an application or managed identity trusts. Source: Microsoft Graph, `federatedIdentityCredential`. */
export interface FederatedCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly claimsMatchingExpression?: undefined;
  /** Exactly one. */
  readonly audiences: readonly string[];
}

/** One that tests claims in the place of the whole subject. */
export interface FlexibleFederatedCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject?: undefined;
  readonly claimsMatchingExpression: ClaimsMatchingExpression;
  /** Exactly one. */
  readonly audiences: readonly string[];
}

/** A federated credential, exact or flexible. */
export type AnyFederatedCredential = FederatedCredential | FlexibleFederatedCredential;

/** What of a token a credential is compared with. */
export interface Assertion {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  /** All claims, for flexible credentials; the subject alone without. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}

/** The credential that fits, or what keeps the nearest from it. */
export type CredentialMatch<Credential extends AnyFederatedCredential = AnyFederatedCredential> =
  | { readonly matched: Credential; readonly differs?: never }
  | { readonly matched?: never; readonly differs: 'none' | 'issuer' | 'subject' | 'subject case' | 'audience' };

/** Finds the credential that trusts an assertion, each part equal exactly or as its expression says, or says which part is in the way. */
export function matchFederatedCredential<Credential extends AnyFederatedCredential>(
  credentials: readonly Credential[],
  assertion: Assertion,
): CredentialMatch<Credential> {
  const { issuer, subject, audience } = assertion;
  if (credentials.length === 0) return { differs: 'none' };
  const ofIssuer = credentials.filter((credential) => credential.issuer === issuer);
  if (ofIssuer.length === 0) return { differs: 'issuer' };
  const ofSubject = ofIssuer.filter((credential) => isAbout(credential, assertion));
  if (ofSubject.length === 0) {
    const lower = subject.toLowerCase();
    const byCase = ofIssuer.some((credential) => credential.subject?.toLowerCase() === lower);
    return { differs: byCase ? 'subject case' : 'subject' };
  }
  const matched = ofSubject.find(({ audiences }) => audiences.includes(audience));
  return matched ? { matched } : { differs: 'audience' };
}

/** One that Entra would not take is about nobody. */
function isAbout(credential: AnyFederatedCredential, { subject, claims = { sub: subject } }: Assertion): boolean {
  if (!credential.claimsMatchingExpression) return credential.subject === subject;
  const { tests } = claimTestsOf(credential.claimsMatchingExpression, credential.issuer);
  return tests !== undefined && failingTest(tests, claims) === undefined;
}

/**
 * With or without `properties` around, as Azure Resource Manager has it.
 *
 * @returns undefined for what is none: it has either a subject or an expression
 */
export function readFederatedCredential(document: unknown): AnyFederatedCredential | undefined {
  const { properties, ...own } = membersOf(document);
  const { name, issuer, subject, audiences, claimsMatchingExpression } = { ...own, ...membersOf(properties) };
  const isList = Array.isArray(audiences) && audiences.every((one) => typeof one === 'string');
  if (typeof issuer !== 'string' || !isList) return undefined;
  const rest = { issuer, audiences: audiences as string[] };
  const { value, languageVersion } = membersOf(claimsMatchingExpression);
  if (typeof value === 'string' && typeof languageVersion === 'number' && (subject ?? '') === '') {
    return {
      name: typeof name === 'string' ? name : value,
      ...rest,
      claimsMatchingExpression: { value, languageVersion },
    };
  }
  if (typeof subject !== 'string' || (claimsMatchingExpression ?? null) !== null) return undefined;
  return { name: typeof name === 'string' ? name : subject, subject, ...rest };
}

/** @throws FedbridgeError `INPUT_INVALID` for what is no federated credential */
export function parseFederatedCredential(document: unknown): AnyFederatedCredential {
  const credential = readFederatedCredential(document);
  if (credential) return credential;
  throw new FedbridgeError('INPUT_INVALID', 'The list has something that is not a federated credential.');
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
