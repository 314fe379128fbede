import type { RuleId } from './finding.ts';

/** What is to be said of a subject, whatever cloud trusts it. */
export function subjectFindings(subject: string): readonly RuleId[] {
  const found: RuleId[] = [];
  if (/^repo:[^@:/]+\/[^@:/]+:/.test(subject)) found.push('mutable-subject');
  if (/^repo:[^:]+:pull_request$/.test(subject)) found.push('pull-request');
  if (isRetired(subject)) found.push('retired-issuer');
  return found;
}

/** A service connection on the Azure DevOps issuer. */
export function isRetired(subject: string): boolean {
  return subject.startsWith('sc://');
}

/** Some issuers end with a slash: tokens of version 1 of Entra, and clusters of AKS. */
export function isTrailingSlash(issuer: string): boolean {
  return (
    issuer.endsWith('/') &&
    !/(^|\/\/)(sts\.windows\.net|sts\.chinacloudapi\.cn|[\w.-]+\.oic\.(prod-)?aks\.azure\.(com|us|cn))\//.test(issuer)
  );
}
