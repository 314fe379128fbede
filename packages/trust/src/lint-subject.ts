import { gitHubSubjectParts, isMutableGitHubSubject, isRetired, issuerOf } from '@fedbridge/issuers';
import type { RuleId } from './finding.ts';

/**
 * What is to be said of a subject, whatever cloud trusts it.
 *
 * @param audience - that it is trusted with; undefined where several are, or none is named
 */
export function subjectFindings(subject: string, audience: string | undefined): readonly RuleId[] {
  const found: RuleId[] = [];
  if (isMutableGitHubSubject(subject)) found.push('mutable-subject');
  if (gitHubSubjectParts(subject)?.job === 'pull_request') found.push('pull-request');
  if (isRetired(subject, audience)) found.push('retired-issuer');
  return found;
}

/** Whether an issuer ends with a slash that is not its own: tokens of version 1 of Entra, and clusters of AKS, have one. */
export function isTrailingSlash(issuer: string): boolean {
  return issuer.endsWith('/') && !issuerOf(issuer);
}
