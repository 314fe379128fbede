import { isLoopback } from '@fedbridge/core/endpoint';
import type { AnyFederatedCredential } from './federated-credential.ts';

/**
 * What Entra takes of federated credentials.
 * Sources: Microsoft Graph, `federatedIdentityCredential` (letters of issuer and subject); Azure Resource Manager,
 * `federatedIdentityCredentials` (the pattern of `name`); Microsoft Learn, "Important considerations and restrictions for federated
 * identity credentials" (how many).
 */
export const credentialLimits = {
  /** On one application or managed identity. */
  perIdentity: 20,
  /** Of an issuer, and of a subject. */
  letters: 600,
  shortestName: 3,
  longestName: 120,
} as const;

const { letters, shortestName, longestName } = credentialLimits;

/** What a name may be, for a sentence. */
export const nameForm = `${shortestName} to ${longestName} letters, digits, - and _, a letter or digit first`;

export function isCredentialName(text: string): boolean {
  return text.length >= shortestName && text.length <= longestName && /^[A-Za-z\d][\w-]*$/.test(text);
}

/** What Entra refuses to create, a sentence each. A name that is missing is the subject, which has what no name has. */
export function formFaults({
  name,
  issuer,
  subject,
  claimsMatchingExpression,
}: AnyFederatedCredential): readonly string[] {
  const isNamed = name !== (subject ?? claimsMatchingExpression.value);
  return [
    ...(isNamed && !isCredentialName(name) ? [`The name is ${JSON.stringify(name)}: Entra takes ${nameForm}.`] : []),
    // An emulator's on loopback may be plain HTTP.
    ...(/^https:\/\/[^/]/.test(issuer) || isHere(issuer)
      ? []
      : [`The issuer is ${issuer}, which is not an https:// address.`]),
    ...(subject === '' ? ['The subject is empty.'] : []),
    ...Object.entries({ subject, issuer }).flatMap(([what, text]) => tooLong(what, text) ?? []),
  ];
}

const isHere = (issuer: string): boolean => URL.canParse(issuer) && isLoopback(new URL(issuer));

/** A sentence where a subject or an issuer has more letters than Entra takes. @param what - names it */
export function tooLong(what: string, text = ''): string | undefined {
  return text.length > letters ? `The ${what} has ${text.length} characters, and Entra takes ${letters}.` : undefined;
}
