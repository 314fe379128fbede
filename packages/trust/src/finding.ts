import type { JsonPath } from './json.ts';
import type { Severity } from './rules/rule.ts';
import { type RuleId, rules } from './rules.ts';

/** Something in a trust document that is wrong, wider than it need be, or will stop working. */
export interface Finding {
  /** Stable, `aws/no-sub` for example. */
  readonly rule: RuleId;
  readonly severity: Severity;
  /** What was found, a sentence. */
  readonly message: string;
  /** Where: `Statement[0]`, or a credential's name. */
  readonly where: string;
  /** The part of that which it is about, a condition's key for example: its path from there. */
  readonly at?: JsonPath | undefined;
}

/** @param at - the part of it that the finding is about */
export function finding(rule: RuleId, where: string, message: string, at?: JsonPath): Finding {
  return { rule, severity: rules[rule].severity, message, where, ...(at ? { at } : {}) };
}

/** A finding with its place. */
export interface FindingInFile<Id extends string = RuleId> extends Omit<Finding, 'rule' | 'at'> {
  readonly rule: Id;
  /** The path of the file. */
  readonly file: string;
  /** What the document is called there, empty where it is all of the file. */
  readonly document: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}
