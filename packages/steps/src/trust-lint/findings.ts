import type { FindingInFile, RuleId, Severity } from '@fedbridge/trust';
import type { ChangeRuleId } from '@fedbridge/trust-files';

/** A finding of this check. */
export type LintFinding = FindingInFile<RuleId | ChangeRuleId>;

/** How many findings there are of each severity. */
export function countsOf(findings: readonly { readonly severity: Severity }[]): Readonly<Record<Severity, number>> {
  const count = (level: Severity) => findings.filter(({ severity }) => severity === level).length;
  return { error: count('error'), warning: count('warning'), note: count('note') };
}
