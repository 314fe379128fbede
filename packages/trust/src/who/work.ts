import type { Condition } from '../policy.ts';

/** What a question may cost, in steps of automata. More is not done: whoever writes a policy could make it cost as much as he likes. */
export const mostWork = 1_000_000;

/** What all questions about one document may cost together. */
const mostOfDocument = 24 * mostWork;

/** A question that would take too long was given up. */
export class TooMuchWork extends Error {}

/** What may still be done, for all that draws on it. */
export interface WorkLeft {
  left: number;
}

/** What each of all questions about a document may cost: as much as any other, so that it matters neither which was asked first nor how often. */
export const shareOf = (questions: number): number => Math.min(mostWork, Math.floor(mostOfDocument / questions));

/** What a question says. */
export interface Asking {
  readonly allow: readonly Condition[];
  readonly deny: readonly (readonly Condition[])[];
  /** What it may cost. */
  readonly most?: number;
}

/** What it costs to read conditions. */
export function costOf(all: readonly (readonly Condition[])[]): number {
  return all.reduce((sum, conditions) => conditions.reduce((cost, one) => cost + costOfOne(one), sum), 0);
}

/** Whether to read a question alone would cost more than it may. */
export const isTooLarge = ({ allow, deny, most = mostWork }: Asking): boolean => costOf([allow, ...deny]) > most;

/** A letter is looked at in about the time of these steps. */
const stepsOfLetter = 15;

const costs = new WeakMap<Condition, number>();

function costOfOne(condition: Condition): number {
  const { key, values } = condition;
  const cost = costs.get(condition) ?? stepsOfLetter * values.reduce((sum, { length }) => sum + length, key.length);
  costs.set(condition, cost);
  return cost;
}
