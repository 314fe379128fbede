import { readFederatedCredential } from './federated-credential.ts';
import { type Finding, finding } from './finding.ts';
import { claimTestsOf } from './flexible-expression.ts';
import { isTrailingSlash, subjectFindings } from './lint-subject.ts';

const most = 20;

/** What is wrong with the federated credentials of an application or managed identity, as `az` and Microsoft Graph list them. */
export function lintFederatedCredentials(all: readonly unknown[]): readonly Finding[] {
  const findings: Finding[] = [];
  if (all.length > most) findings.push(finding('entra/too-many', 'list', `There are ${all.length}.`));
  const seen = new Map<string, string>();
  for (const [index, one] of all.entries()) {
    const credential = readFederatedCredential(one);
    if (!credential) {
      findings.push(finding('entra/malformed', `[${index}]`, 'Issuer, subject or audiences are missing.'));
      continue;
    }
    const { name, issuer, audiences } = credential;
    // Of a flexible credential what it says must be is all that has to be unique.
    const subject = credential.subject ?? credential.claimsMatchingExpression.value;
    if (!/^https:\/\/[^/]/.test(issuer)) {
      findings.push(finding('entra/malformed', name, `The issuer is ${issuer}, which is not an https:// address.`));
    }
    const before = seen.get(`${issuer} ${subject}`);
    if (before !== undefined)
      findings.push(finding('entra/duplicate', name, `It is as "${before}": ${issuer}, ${subject}.`));
    seen.set(`${issuer} ${subject}`, name);
    if (isTrailingSlash(issuer)) findings.push(finding('issuer-trailing-slash', name, `The issuer is ${issuer}.`));
    if (audiences.length !== 1) findings.push(finding('entra/audiences', name, `It has ${audiences.length}.`));
    if (credential.claimsMatchingExpression) {
      const { problem } = claimTestsOf(credential.claimsMatchingExpression, issuer);
      if (problem !== undefined) findings.push(finding('entra/malformed', name, `Of its expression: ${problem}.`));
      continue;
    }
    if (/[*?]/.test(subject)) findings.push(finding('entra/pattern', name, `The subject is ${subject}.`));
    for (const rule of subjectFindings(subject, audiences[0]))
      findings.push(finding(rule, name, `The subject is ${subject}.`));
  }
  return findings;
}
