import type { FindingInFile } from '../finding.ts';
import { bySeverity, sarifOf } from '../sarif.ts';
import { isUnbounded } from '../who/admitted.ts';
import { sentenceOf } from '../who/sentence.ts';
import type { Access } from './access.ts';
import { type Audit, type AuditEntry, reachOfEntry } from './audit.ts';
import { type AuditRuleId, auditRules } from './audit-rules.ts';

/**
 * All that an audit found, errors first: each role or identity that allows others than ours, or of which that is not known; what is not
 * there that should be; and what lint found.
 *
 * @param isBeyond - whether an entry allows others than ours
 */
export function auditFindings(
  { entries, findings, gaps }: Audit,
  isBeyond: (entry: AuditEntry) => boolean,
): readonly FindingInFile<AuditRuleId>[] {
  return [...gaps, ...entries.flatMap((entry) => findingsOfEntry(entry, isBeyond)), ...findings].sort(bySeverity);
}

/** The same as code scanning shows it. */
export function auditSarif(audit: Audit, isBeyond: (entry: AuditEntry) => boolean) {
  return sarifOf(auditFindings(audit, isBeyond), auditRules);
}

function findingsOfEntry(
  entry: AuditEntry,
  isBeyond: (entry: AuditEntry) => boolean,
): readonly FindingInFile<AuditRuleId>[] {
  const { file, document, unknown, missingPolicies, missingProviders } = entry;
  const { line, column } = document.positionOf([]);
  const found = (rule: AuditRuleId, message: string, where = '') => ({
    ...{ rule, severity: auditRules[rule].severity, message, where },
    ...{ file, document: document.address, line, column },
  });
  return [
    ...(entry.error || isBeyond(entry) ? [found(...whom(entry))] : []),
    ...missingProviders.map((arn) => found('audit/missing-provider', `It trusts ${arn}.`)),
    ...(unknown.length > 0
      ? [found('audit/unknown-access', few(unknown))]
      : missingPolicies.length > 0
        ? [found('audit/unknown-access', `In no file is ${missingPolicies.join(', ')}.`)]
        : []),
  ];
}

const worthOf = (access: Access) => (access === 'unknown' ? 'unknown, at most admin' : access);

/** As many as somebody reads. */
function few(sentences: readonly string[]): string {
  const more = sentences.length - 5;
  return [...sentences.slice(0, 5), ...(more > 0 ? [`There are ${more} more reasons.`] : [])].join(' ');
}

function whom(entry: AuditEntry): readonly [rule: AuditRuleId, message: string, where?: string] {
  const { admitted, access, error } = entry;
  if (error) return ['audit/not-read', `${error.message} Anybody may be allowed.`];
  const reach = reachOfEntry(entry);
  const worst = admitted.find((one) => one.reach === reach);
  const subject = worst?.witness?.claims.sub;
  const example = typeof subject === 'string' ? ` For example ${subject}.` : '';
  return [
    isUnbounded(reach) ? 'audit/anybody' : 'audit/others',
    `${sentenceOf(admitted)}${example} Its policies allow: ${worthOf(access)}.`,
    worst?.where ?? '',
  ];
}
