import type { Finding } from '../finding.ts';
import type { RuleId } from '../rules.ts';

/** Something in a document that was put right. */
export interface Fix {
  /** Of the finding that is no more. */
  readonly rule: RuleId;
  /** Where, as a finding has it. */
  readonly where: string;
  /** What was done, a sentence. */
  readonly what: string;
  /** Whether somebody may be allowed now who was not: what could match no token can match one. */
  readonly widens: boolean;
}

/** A document with all put right that needs no decision. */
export interface Fixed {
  readonly document: unknown;
  readonly fixes: readonly Fix[];
  /** What is still found: somebody has to say what is meant. */
  readonly left: readonly Finding[];
}

/** A fix without the rule and the place of what is fixed. */
export type Done = Pick<Fix, 'what' | 'widens'>;

/** A fix by which nobody more is allowed. */
export const harmless = (what: string): Done => ({ what, widens: false });
/** A fix by which somebody more may be allowed. */
export const widens = (what: string): Done => ({ what, widens: true });
