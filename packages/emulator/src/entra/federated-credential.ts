import type { Claims } from '../server/jwt.ts';
import { checkExpression, fits } from './claims-matching-expression.ts';
import { CredentialProblem, type CredentialWords, wordsOfIdentities } from './credential-problem.ts';

/** What an application or managed identity trusts. Source: Microsoft Graph (beta), `federatedIdentityCredential`. */
export interface FederatedCredential {
  readonly name: string;
  readonly issuer: string;
  /** None beside an expression. */
  readonly subject?: string | null | undefined;
  /** Of a flexible credential. */
  readonly claimsMatchingExpression?: { readonly value: string; readonly languageVersion: number } | null | undefined;
  /** Exactly one. */
  readonly audiences: readonly string[];
  readonly description?: string | null;
}

/** How many there may be on an application or managed identity. */
const most = 20;
const longest = 600;

/**
 * Checks a credential as it is created beside others of the same identity.
 * Source: Microsoft Learn, "Important considerations and restrictions for federated identity credentials"; the texts from
 * issue threads where they are known.
 *
 * @param gitHub - GitHub's issuer in this emulator
 * @param words - of whoever keeps the identity
 * @throws CredentialProblem
 */
export function checkCredential(
  credential: FederatedCredential,
  others: readonly FederatedCredential[],
  gitHub: string,
  words: CredentialWords = wordsOfIdentities,
): void {
  const { name, issuer, subject, claimsMatchingExpression: expression, audiences } = credential;
  const bad = (message: string) => new CredentialProblem(words.badRequest, message);
  const isOne = (subject ?? '') === '' ? Boolean(expression) : !expression;
  if (!issuer || !isOne || !Array.isArray(audiences) || audiences.length === 0) {
    throw bad(
      "The request format was unexpected. Federated Identity Credential must specify 'issuer', 'subject' and 'audience'.",
    );
  }
  if (!/^[A-Za-z0-9][\w-]{2,119}$/.test(name)) {
    throw bad(`The name '${name}' is not one: 3 to 120 letters, digits, - and _, the first a letter or a digit.`);
  }
  if (audiences.length > 1) throw bad('A federated identity credential has a single audience.');
  if ([issuer, subject ?? '', ...audiences].some((value) => value.length > longest)) {
    throw bad(`Issuer, subject and audience have at most ${longest} characters.`);
  }
  if (expression) checkExpression(expression, issuer, gitHub);
  if (others.some((one) => one.name === name)) throw words.sameName(name);
  const same = (one: FederatedCredential) => one.issuer === issuer && one.subject === subject;
  if (typeof subject === 'string' && others.some(same)) throw words.sameSubject(issuer, subject);
  if (others.length >= most) {
    throw new CredentialProblem('TooManyFederatedIdentityCredentials', `At most ${most} are allowed.`);
  }
}

/** What keeps every credential from matching, and the audiences of those that match but for it. */
export interface Mismatch {
  readonly differs: 'none' | 'issuer' | 'subject' | 'subject case' | 'audience';
  readonly audiences: readonly string[];
}

/**
 * Finds the credential for a token, each part equal, or says which part is in the way.
 *
 * @param audience - the token's, as a credential names it
 */
export function matchCredential(
  credentials: readonly FederatedCredential[],
  claims: Claims,
  audience: string,
): { readonly matched: FederatedCredential } | Mismatch {
  const differs = (part: Mismatch['differs'], audiences: readonly string[] = []) => ({ differs: part, audiences });
  if (credentials.length === 0) return differs('none');
  const ofIssuer = credentials.filter(({ issuer }) => issuer === claims.iss);
  if (ofIssuer.length === 0) return differs('issuer');
  const subject = String(claims.sub ?? '');
  const trusting = ofIssuer.filter((one) => isOf(one, claims, subject));
  const matched = trusting.find(({ audiences }) => audiences.includes(audience));
  if (matched) return { matched };
  if (trusting.length > 0)
    return differs(
      'audience',
      trusting.flatMap(({ audiences }) => audiences),
    );
  const byCase = ofIssuer.some((one) => one.subject?.toLowerCase() === subject.toLowerCase());
  return differs(byCase ? 'subject case' : 'subject');
}

function isOf(
  { subject: trusted, claimsMatchingExpression: expression }: FederatedCredential,
  claims: Claims,
  subject: string,
) {
  return expression ? fits(expression.value, claims) : trusted === subject;
}
