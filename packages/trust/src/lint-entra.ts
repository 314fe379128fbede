import type { FederatedCredential } from './federated-credential.ts';
import { type Finding, finding } from './finding.ts';
import { isTrailingSlash, subjectFindings } from './lint-subject.ts';

const most = 20;

/** What is wrong with the federated credentials of an application or managed identity, as `az` and Microsoft Graph list them. */
export function lintFederatedCredentials(all: readonly unknown[]): readonly Finding[] {
  const findings: Finding[] = [];
  if (all.length > most) findings.push(finding('entra/too-many', 'list', `There are ${all.length}.`));
  const seen = new Map<string, string>();
  for (const [index, one] of all.entries()) {
    const credential = read(one);
    if (!credential) {
      findings.push(finding('entra/malformed', `[${index}]`, 'Issuer, subject or audiences are missing.'));
      continue;
    }
    const { name, issuer, subject, audiences } = credential;
    if (!/^https:\/\/[^/]/.test(issuer)) {
      findings.push(finding('entra/malformed', name, `The issuer is ${issuer}, which is not an https:// address.`));
    }
    const before = seen.get(`${issuer} ${subject}`);
    if (before !== undefined)
      findings.push(finding('entra/duplicate', name, `It is as "${before}": ${issuer}, ${subject}.`));
    seen.set(`${issuer} ${subject}`, name);
    if (isTrailingSlash(issuer)) findings.push(finding('issuer-trailing-slash', name, `The issuer is ${issuer}.`));
    if (/[*?]/.test(subject)) findings.push(finding('entra/pattern', name, `The subject is ${subject}.`));
    if (audiences.length !== 1) findings.push(finding('entra/audiences', name, `It has ${audiences.length}.`));
    for (const rule of subjectFindings(subject, audiences[0]))
      findings.push(finding(rule, name, `The subject is ${subject}.`));
  }
  return findings;
}

/** With or without `properties` around, as Azure Resource Manager has it. */
export function read(document: unknown): FederatedCredential | undefined {
  if (typeof document !== 'object' || document === null) return undefined;
  const { properties, ...own } = document as Record<string, unknown>;
  const { name, issuer, subject, audiences } = { ...own, ...(properties as object | undefined) } as Record<
    string,
    unknown
  >;
  const isList = Array.isArray(audiences) && audiences.every((one) => typeof one === 'string');
  if (typeof issuer !== 'string' || typeof subject !== 'string' || !isList) return undefined;
  return { name: typeof name === 'string' ? name : subject, issuer, subject, audiences: audiences as string[] };
}
