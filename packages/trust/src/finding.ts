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
export interface FindingInFile<Id extends string = RuleId> extends Omit<Finding, 'rule'> {
  readonly rule: Id;
  /** The path of the file. */
  readonly file: string;
  /** What the document is called there, empty where it is all of the file. */
  readonly document: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}
