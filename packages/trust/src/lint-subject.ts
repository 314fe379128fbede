import { gitHubSubjectParts, isMutableGitHubSubject, isRetired } from '@fedbridge/issuers';
import type { RuleId } from './rules.ts';

/**
 * What is to be said of a subject that a federated credential trusts exactly.
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
