import { isLoopback } from '@fedbridge/core/endpoint';
import { mostFederatedCredentials } from '@fedbridge/issuers';
import type { AnyFederatedCredential } from './federated-credential.ts';

/**
 * What Entra takes of federated credentials.
 * Sources: Microsoft Graph, `federatedIdentityCredential` (letters of issuer and subject); Azure Resource Manager,
 * `federatedIdentityCredentials` (the pattern of `name`); Microsoft Learn, "Important considerations and restrictions for federated
 * identity credentials" (how many).
 */
export const credentialLimits = {
  /** On one application or managed identity. */
  perIdentity: mostFederatedCredentials,
  /** Of an issuer, and of a subject. */
  letters: 600,
  shortestName: 3,
  longestName: 120,
} as const;

const { letters, shortestName, longestName } = credentialLimits;

/** What a name may be, for a sentence. */
export const nameForm = `${shortestName} to ${longestName} letters, digits, - and _, a letter or digit first`;

/** Whether Entra takes a text as the name of a federated credential. */
export function isCredentialName(text: string): boolean {
  return text.length >= shortestName && text.length <= longestName && /^[A-Za-z\d][\w-]*$/.test(text);
}

interface FormFault {
  readonly member: 'name' | 'issuer' | 'subject';
  /** A sentence. */
  readonly why: string;
}

/** What Entra refuses to create. A name that is missing is the subject, which has what no name has. */
export function formFaults({
  name,
  issuer,
  subject,
  claimsMatchingExpression,
}: AnyFederatedCredential): readonly FormFault[] {
  const isNamed = name !== (subject ?? claimsMatchingExpression.value);
  // An emulator's on loopback may be plain HTTP.
  const isUrl = /^https:\/\/[^/]/.test(issuer) || isHere(issuer);
  const faults: readonly (readonly [FormFault['member'], string | undefined | false])[] = [
    ['name', isNamed && !isCredentialName(name) && `The name is ${JSON.stringify(name)}: Entra takes ${nameForm}.`],
    ['issuer', !isUrl && `The issuer is ${issuer}, which is not an https:// address.`],
    ['subject', subject === '' && 'The subject is empty.'],
    ['subject', tooLong('subject', subject)],
    ['issuer', tooLong('issuer', issuer)],
  ];
  return faults.flatMap(([member, why]) => (why ? [{ member, why }] : []));
}

const isHere = (issuer: string): boolean => URL.canParse(issuer) && isLoopback(new URL(issuer));

/** A sentence where a subject or an issuer has more letters than Entra takes. @param what - names it */
export function tooLong(what: string, text = ''): string | undefined {
  return text.length > letters ? `The ${what} has ${text.length} characters, and Entra takes ${letters}.` : undefined;
}
