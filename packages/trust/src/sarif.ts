import type { Invocation, Log, ReportingDescriptor, Result } from 'sarif';
import type { FindingInFile } from './finding.ts';
import type { Rule, Severity } from './rules/rule.ts';
import { rules } from './rules.ts';

/** Findings as code scanning shows them. */
export function sarif(findings: readonly FindingInFile[]) {
  return sarifOf(findings, rules);
}

/** What code scanning takes of one run. Source: GitHub Docs, "SARIF results exceed one or more limits", results per run. */
const mostResults = 25_000;

/**
 * Findings by rules of any kind, the worst first, as many as code scanning takes; what was left out is a notification.
 * Source: OASIS, SARIF 2.1.0, of fingerprints 3.27.17; GitHub Docs, "SARIF support for code scanning", of a rule's properties.
 *
 * The fingerprint has a name of its own: GitHub's `primaryLocationLineHash` is of the file's text, `github/codeql-action/upload-sarif`
 * computes it, and warns of any other value.
 *
 * @param rules - by the name that findings have
 */
export function sarifOf<Id extends string>(findings: readonly FindingInFile<Id>[], rules: Readonly<Record<Id, Rule>>) {
  const told = [...findings].sort(bySeverity).slice(0, mostResults);
  const used = [...new Set(told.map(({ rule }) => rule))];
  const leftOut = findings.length - told.length;
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'fedbridge', rules: used.map((id) => described(id, rules[id])) } },
        ...(leftOut > 0 ? { invocations: [invocation(leftOut)] } : {}),
        results: told.map((one) => ({ ...result(one, rules[one.rule]), ruleIndex: used.indexOf(one.rule) })),
      },
    ],
  } satisfies Log;
}

/** The worst first. */
export const severities: readonly Severity[] = ['error', 'warning', 'note'];

/** Errors first. */
export const bySeverity = (one: { readonly severity: Severity }, other: { readonly severity: Severity }) =>
  severities.indexOf(one.severity) - severities.indexOf(other.severity);

/** In the middle of what code scanning calls high, medium and low. */
const scores: Readonly<Record<Severity, string>> = { error: '8.0', warning: '5.5', note: '2.0' };
const problems: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'recommendation' };

function described(id: string, { title, fix, severity }: Rule) {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: `${title}. ${fix}` },
    help: { text: fix, markdown: `**${inMarkdown(title)}.** ${inMarkdown(fix)}` },
    defaultConfiguration: { level: severity },
    properties: {
      tags: ['security'],
      precision: 'high',
      'problem.severity': problems[severity],
      'security-severity': scores[severity],
    },
  } satisfies ReportingDescriptor;
}

const inMarkdown = (text: string) => text.replace(/[\\`*_[\]<>]/g, '\\$&');

const invocation = (leftOut: number) =>
  ({
    executionSuccessful: true,
    toolExecutionNotifications: [
      {
        level: 'warning',
        message: {
          text: `Code scanning takes ${mostResults} results: ${leftOut} more were left out, the least severe ones.`,
        },
      },
    ],
  }) satisfies Invocation;

function result(one: FindingInFile<string>, { fix }: Rule) {
  const { rule, severity, message, where, file, document, line, column } = one;
  return {
    ruleId: rule,
    level: severity,
    message: { text: `${message} ${fix}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line, startColumn: column },
        },
        logicalLocations: [{ fullyQualifiedName: [document, where].filter(Boolean).join(' ') || uriOf(file) }],
      },
    ],
    partialFingerprints: { 'fedbridge/v1': fingerprint([rule, file, document, where, message].join('\n')) },
  } satisfies Result;
}

/** RFC 3986: a relative reference, as code scanning matches it with the files of a repository, or the URL of a file on a drive. */
function uriOf(file: string): string {
  const path = file.replaceAll('\\', '/').replace(/\p{Cs}/gu, '\ufffd');
  const drive = /^[a-z]:(?=\/)/i.exec(path)?.[0] ?? '';
  const rest = encodeURI(path.slice(drive.length)).replaceAll('?', '%3F').replaceAll('#', '%23').replaceAll(':', '%3A');
  return drive ? `file:///${drive}${rest}` : rest;
}

/** What stays the same when lines move: FNV-1a of the text from both ends, as 16 hexadecimal digits. */
function fingerprint(text: string): string {
  let [forward, backward] = [0x811c9dc5, 0x811c9dc5];
  for (let at = 0; at < text.length; at += 1) {
    forward = Math.imul(forward ^ text.charCodeAt(at), 0x01000193);
    backward = Math.imul(backward ^ text.charCodeAt(text.length - 1 - at), 0x01000193);
  }
  return [forward, backward].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
