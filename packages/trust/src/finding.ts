import { type Rule, type RuleId, rules, type Severity } from './rules.ts';

/** Something in a trust document that is wrong, wider than it need be, or will stop working. */
export interface Finding {
  /** Stable, `aws/no-sub` for example. */
  readonly rule: RuleId;
  readonly severity: Severity;
  /** What was found, a sentence. */
  readonly message: string;
  /** Where: `Statement[0]`, or a credential's name. */
  readonly where: string;
}

export function finding(rule: RuleId, where: string, message: string): Finding {
  return { rule, severity: rules[rule].severity, message, where };
}

/** A finding with its place. */
export interface FindingInFile extends Finding {
  /** The path of the file. */
  readonly file: string;
  /** What the document is called there, empty where it is all of the file. */
  readonly document: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** Findings as code scanning shows them. */
export function sarif(findings: readonly FindingInFile[]) {
  return sarifOf(findings, rules);
}

/**
 * Findings by rules of any kind. Source: OASIS, SARIF 2.1.0; of fingerprints 3.27.17.
 *
 * @param rules - by the name that findings have
 */
export function sarifOf<Id extends string>(
  findings: readonly (Omit<FindingInFile, 'rule'> & { readonly rule: Id })[],
  rules: Readonly<Record<Id, Rule>>,
) {
  const used = [...new Set(findings.map(({ rule }) => rule))];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'fedbridge',
            rules: used.map((id) => ({
              id,
              shortDescription: { text: rules[id].title },
              help: { text: rules[id].fix },
              defaultConfiguration: { level: rules[id].severity },
            })),
          },
        },
        results: findings.map(({ rule, severity, message, where, file, document, line, column }) => ({
          ruleId: rule,
          ruleIndex: used.indexOf(rule),
          level: severity,
          message: { text: `${message} ${rules[rule].fix}` },
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
        })),
      },
    ],
  };
}

/** RFC 3986, a relative reference as code scanning matches it with the files of a repository. */
function uriOf(file: string): string {
  return encodeURI(file.replaceAll('\\', '/')).replaceAll('?', '%3F').replaceAll('#', '%23');
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
