import { type RuleId, rules, type Severity } from './rules.ts';

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

/** Findings as code scanning shows them. Source: OASIS, SARIF 2.1.0. */
export function sarif(findings: readonly FindingInFile[]) {
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
              logicalLocations: [{ fullyQualifiedName: document === '' ? where : `${document} ${where}` }],
            },
          ],
        })),
      },
    ],
  };
}

/** RFC 3986, a relative reference as code scanning matches it with the files of a repository. */
function uriOf(file: string): string {
  return encodeURI(file.replaceAll('\\', '/')).replaceAll('?', '%3F').replaceAll('#', '%23');
}
