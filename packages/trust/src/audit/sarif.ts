import { type FindingInFile, sarifOf } from '../finding.ts';
import { type Rule, rules } from '../rules.ts';
import { sentenceOf } from '../who/sentence.ts';
import { type Audit, type AuditEntry, reachOfEntry } from './audit.ts';

/** Rules of an audit, beside those of lint. */
const auditRules = {
  'audit/anybody': {
    severity: 'error',
    title: 'Anybody with an account at an issuer is allowed',
    fix: 'Name the owner and the repository, project or service account in the conditions: "fedbridge trust who" shows a token that is allowed.',
  },
  'audit/others': {
    severity: 'warning',
    title: 'Others than ours are allowed',
    fix: 'Remove them, or name them with --mine where they are ours.',
  },
  'audit/not-read': {
    severity: 'warning',
    title: 'Who is allowed is not known',
    fix: 'Fix the document, or audit what is deployed in the place of a template.',
  },
} as const satisfies Readonly<Record<string, Rule>>;

/**
 * An audit as code scanning shows it: each role or identity that allows others than ours, or of which that is not known, and what lint found.
 *
 * @param isBeyond - whether an entry allows others than ours
 */
export function auditSarif({ entries, findings }: Audit, isBeyond: (entry: AuditEntry) => boolean) {
  const told = entries.filter((entry) => entry.error !== undefined || isBeyond(entry)).map(findingOf);
  return sarifOf([...told, ...findings], { ...rules, ...auditRules });
}

function findingOf(entry: AuditEntry): Omit<FindingInFile, 'rule'> & { readonly rule: keyof typeof auditRules } {
  const { file, document, admitted, access, error } = entry;
  const { line, column } = document.positionOf([]);
  const reach = reachOfEntry(entry);
  const rule = error ? 'audit/not-read' : reach === 'any account' ? 'audit/anybody' : 'audit/others';
  const worst = admitted.find((one) => one.reach === reach);
  const subject = worst?.witness?.claims.sub;
  const example = typeof subject === 'string' ? ` For example ${subject}.` : '';
  return {
    rule,
    severity: auditRules[rule].severity,
    message: error ? error.message : `${sentenceOf(admitted)}${example} Its policies allow: ${access}.`,
    where: worst?.where ?? '',
    ...{ file, document: document.address, line, column },
  };
}
