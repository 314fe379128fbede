import {
  type Audit,
  type AuditEntry,
  type AuditRuleId,
  auditRules,
  bySeverity,
  exampleOf,
  type FindingInFile,
  isForServicesAlone,
  isUnbounded,
  type Mine,
  reachOfEntry,
  type Severity,
  sentenceOf,
  severities,
} from '@fedbridge/trust';
import { inFile, isBeyond } from '@fedbridge/trust-files';
import type { Terminal } from '../../terminal.ts';
import { groups } from './groups.ts';
import { colours } from './who.ts';

type Found = FindingInFile<AuditRuleId>;

/** Prints an audit for who reads it: a sentence, a table with the worst first, what is wrong, and what stops on a day. */
export function tellAudit(
  { entries, findings: found, gaps, endings }: Audit,
  { mine, now }: { readonly mine: readonly Mine[]; readonly now: number },
  terminal: Terminal,
): void {
  const findings = [...gaps, ...found].sort(bySeverity);
  terminal.print(summaryOf(entries, mine));
  if (gaps.length > 0) terminal.print('Of what was not read nothing is known.', 'yellow');
  tellEntries(entries, terminal);
  tellMissing(entries, terminal);
  terminal.print('');
  terminal.print(findings.length === 0 ? 'No problems found.' : `Problems: ${countsOf(findings)}`);
  for (const group of groups(findings, ({ rule }) => rule)) tellFindings(group, terminal);
  if (endings.length === 0) return;
  terminal.print('');
  terminal.print('Deprecations:');
  for (const group of groups(endings, ({ ends, what }) => `${ends} ${what}`)) tellEndings(group, now, terminal);
}

/** Who is allowed by all of it, a sentence. */
export function summaryOf(entries: readonly AuditEntry[], mine: readonly Mine[]): string {
  const beyond = entries.filter(({ admitted }) => isBeyond(admitted, mine));
  const anybody = beyond.filter((one) => isUnbounded(reachOfEntry(one)));
  const unread = entries.filter(({ error }) => error);
  const whose = mine.length > 0 ? 'Others than yours are allowed' : 'Anybody is allowed';
  const worst = mine.length > 0 && anybody.length > 0 ? `, anybody by ${anybody.length}` : '';
  const unknown = unread.length > 0 ? `; of ${unread.length} it is not known` : '';
  return `${whose} by ${beyond.length} of ${counted(entries.length, 'role or identity', 'roles and identities')}${worst}${unknown}.`;
}

const counted = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`;

function tellEntries(entries: readonly AuditEntry[], terminal: Terminal): void {
  const shown = entries.filter((one) => reachOfEntry(one) !== 'nobody' && !isForServicesAlone(one));
  const rows = shown.map((entry) => ({ entry, name: nameOf(entry) }));
  const width = Math.min(
    rows.reduce((most, { name }) => Math.max(most, name.length), 16),
    widest,
  );
  // Beside long names a terminal has no room for who is allowed: it stands below them, then.
  const isBelow = terminal.columns !== undefined && terminal.columns < width + roomForWho;
  const indent = ' '.repeat(isBelow ? 9 : width + 11);
  const row = (access: string, name: string, who: string, colour: Parameters<Terminal['print']>[1]) => {
    const lines = isBelow
      ? [`${access.padEnd(7)}  ${name}`, `${indent}${who}`]
      : [`${access.padEnd(7)}  ${name.padEnd(width)}  ${who}`];
    for (const line of lines) terminal.print(line, colour, indent);
  };
  if (rows.length > 0) {
    terminal.print('');
    row('access', 'role or identity', 'who is allowed', 'dim');
  }
  for (const { entry, name } of rows) {
    const reach = reachOfEntry(entry);
    const who = entry.error ? `Not known, anybody at most: ${entry.error.message}` : sentenceOf(entry.admitted);
    row(entry.access, name, who, reach ? colours[reach] : 'yellow');
    const example = exampleOf(entry);
    if (example !== undefined) terminal.print(`${indent}for example ${example}`, undefined, indent);
  }
  const others = entries.length - shown.length;
  if (others > 0)
    terminal.print(`Not listed: ${others} that ${others === 1 ? 'allows' : 'allow'} nobody, or services of AWS alone.`);
}

const mostReasons = 20;

/** Of a terminal, in columns: what stands before names, and a sentence. */
const roomForWho = 61;

/** Of a column: a longer name moves its own line alone. */
const widest = 100;

/** By its ARN or name; where it has none by where it stands. */
const nameOf = ({ file, document }: AuditEntry) => document.address || inFile(file, document);

/** What is not known, and how to get to know it. */
function tellMissing(entries: readonly AuditEntry[], terminal: Terminal): void {
  const unknown = entries.filter(({ access, unknown: why }) => access === 'unknown' && why.length > 0);
  if (unknown.length > 0) {
    const reasons = groups(
      unknown.flatMap((one) => one.unknown),
      (why) => why,
    );
    terminal.print(
      `What ${counted(unknown.length, 'role allows is unknown, and is', 'roles allow is unknown, and is')} at most admin. "aws iam get-account-authorization-details" without --filter, of all accounts, tells more:`,
    );
    for (const group of reasons.slice(0, mostReasons)) terminal.print(`  ${group[0]} (${group.length})`);
    if (reasons.length > mostReasons)
      terminal.print(`  and ${reasons.length - mostReasons} more reasons, which --json prints`);
  }
  const providers = [...new Set(entries.flatMap(({ missingProviders }) => missingProviders))].sort();
  if (providers.length > 0)
    terminal.print(
      `OIDC providers that are trusted and not there, by which nobody is allowed: ${providers.join(', ')}.`,
    );
}

function countsOf(findings: readonly Found[]): string {
  return severities
    .map((severity) => ({ severity, count: findings.filter((one) => one.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => counted(count, severity, `${severity}s`))
    .join(', ');
}

const severityColours = { error: 'red', warning: 'yellow', note: 'dim' } as const satisfies Record<Severity, string>;

function tellFindings(group: readonly [Found, ...Found[]], terminal: Terminal): void {
  const [{ rule, severity }] = group;
  terminal.print(`${severity} ${rule}: ${auditRules[rule].title}. ${auditRules[rule].fix}`, severityColours[severity]);
  for (const { file, line, column, document, where, message } of group) {
    const place = [`${file}:${line}:${column}`, document === where ? '' : document, where].filter(Boolean).join(' ');
    terminal.print(`  ${place}: ${message}`);
  }
}

function tellEndings(
  group: Readonly<[Audit['endings'][number], ...Audit['endings'][number][]]>,
  now: number,
  terminal: Terminal,
): void {
  const [{ ends, what, inScope, outOfScope, instead }] = group;
  const isPast = Date.parse(ends) <= now * 1000;
  terminal.print(`${isPast ? 'since ' : ''}${ends}: ${what}. ${instead}`, isPast ? 'red' : 'yellow');
  terminal.print(`  In scope: ${inScope.join('; ')}.`);
  terminal.print(`  Not in scope: ${outOfScope.join('; ')}.`);
  for (const { file, document, where, subject } of group)
    terminal.print(`  ${[inFile(file, document), where].filter(Boolean).join(' ')}: ${subject}`);
}
