import { changeInMarkdown, mostRows, textInMarkdown } from '@fedbridge/trust-files';
import type { Comparison } from './comparison.ts';
import { countsOf, type LintFinding } from './findings.ts';

/** All that was found. */
export interface Found {
  /** The worst first. */
  readonly findings: readonly LintFinding[];
  /** How many were looked at. */
  readonly documents: number;
  /** Undefined where nothing was compared. */
  readonly comparison: Comparison | undefined;
}

/** What was found, in a sentence. */
export function sentenceFor({ findings, documents, comparison }: Found): string {
  const { error, warning, note } = countsOf(findings);
  const counts = [counted(error, 'error'), counted(warning, 'warning'), counted(note, 'note')].filter(Boolean);
  const what = counts.length === 0 ? 'No problems found' : counts.join(', ');
  const unseen = notLookedAt(findings).length;
  const more = unseen > 0 ? ` Not looked at: ${counted(unseen, 'file')}.` : '';
  return `${what} in ${counted(documents, 'document') || 'no document'}.${newcomers(comparison)}${more}`;
}

/** The files of which something that may be a document was not checked. */
export function notLookedAt(findings: readonly LintFinding[]): readonly string[] {
  const rules: readonly LintFinding['rule'][] = ['read/not-read', 'read/not-looked-at', 'diff/not-looked-at'];
  return [...new Set(findings.filter(({ rule }) => rules.includes(rule)).map(({ file }) => file))];
}

/** The same in full, Markdown: who is newly allowed, and a table of findings. */
export function reportOf(found: Found): string {
  const { findings, comparison } = found;
  const mark = { error: '❌', warning: '⚠️', note: 'ℹ️' } as const;
  const worst = findings[0]?.severity;
  const rows = findings.slice(0, mostRows).map((one) => {
    const { severity, rule, message } = one;
    return `| ${mark[severity]} ${severity} | ${textInMarkdown(rule)} | ${textInMarkdown(placeOf(one))} | ${textInMarkdown(message)} |`;
  });
  const more = findings.length - rows.length;
  return [
    `${worst ? mark[worst] : '✅'} ${sentenceFor(found)}`,
    ...(comparison
      ? [
          '',
          `Compared with ${textInMarkdown(comparison.commit.slice(0, 12))}:`,
          '',
          changeInMarkdown(comparison.change),
        ]
      : []),
    ...listed('Not looked at', notLookedAt(findings)),
    ...listed('Deleted', comparison?.deleted ?? []),
    ...(rows.length > 0
      ? ['', '**Findings**', '', '| Severity | Rule | Where | What |', '|---|---|---|---|', ...rows]
      : []),
    ...(more > 0 ? ['', `And ${more} more.`] : []),
  ].join('\n');
}

function listed(title: string, files: readonly string[]): readonly string[] {
  if (files.length === 0) return [];
  const more = files.length - mostRows;
  const shown = files.slice(0, mostRows).map((file) => `- ${textInMarkdown(file)}`);
  return ['', `**${title}: ${files.length}**`, '', ...shown, ...(more > 0 ? ['', `And ${more} more.`] : [])];
}

function newcomers(comparison: Found['comparison']): string {
  if (!comparison) return '';
  if (comparison.isNew === undefined) return ' Of what could not be compared it is not known who is newly allowed.';
  return comparison.isNew ? ' Others are newly allowed.' : ' Nobody else is newly allowed.';
}

function counted(count: number, what: string): string {
  return count === 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`;
}

function placeOf({ file, line, column, document, where }: LintFinding): string {
  return [`${file}:${line}:${column}`, document, where === document ? '' : where].filter(Boolean).join(' ');
}
