import { type Condition, parseTrustPolicy } from '../policy.ts';
import { grantsOfPolicy } from '../who/who.ts';
import { whyNobody } from '../who/why-nobody.ts';
import { type Effect, effectsOf, readingOfSubject, type Sample } from './repository-subjects.ts';
import type { PolicyStatement } from './statement.ts';
import { matchesSome, type Renaming } from './subject-value.ts';

/** What a statement that allows says of a repository, told by whether anybody is allowed by it. */
export interface Living {
  /** The statement without values that allow nobody; undefined where nothing else of the repository is allowed by it. */
  readonly statement: PolicyStatement | undefined;
  /** Values that allow nobody, with a sentence each. */
  readonly dead: readonly { readonly value: string; readonly reason: string }[];
}

/**
 * Takes out what no token of the repository matches, whatever its form: a branch without `ref:`, an environment beside a branch. Its new
 * form would be as useless, and who reads the document would take the job for migrated.
 */
export function withoutDeadValues(statement: PolicyStatement, renamings: readonly Renaming[]): Living {
  const dead: Living['dead'][number][] = [];
  if (statement.isDeny || JSON.stringify(statement.json).length > longestLookedAt) return { statement, dead };
  const isOf = (condition: Condition, value: string) => {
    const reading = readingOfSubject(statement, condition);
    return reading !== undefined && !reading.negated && renamings.some((one) => matchesSome(value, reading, one));
  };
  let isAlive = false;
  const rest = statement.withValues((condition) => {
    const found = condition.values.flatMap((value) => {
      const why = isOf(condition, value) ? whyOfNobody(statement, condition, value) : undefined;
      return why === undefined ? [] : [{ value, reason: `${value} allows nobody, and gets no new form. ${why}` }];
    });
    dead.push(...found);
    const left = condition.values.filter((value) => !found.some((one) => one.value === value));
    isAlive ||= left.some((value) => isOf(condition, value));
    // No condition is not the same as one that nobody meets.
    return found.length === 0 || left.length === 0 ? undefined : left;
  });
  return { statement: dead.length > 0 && !isAlive ? undefined : rest, dead };
}

/** Why a statement would allow none of the new forms that it gets: its ids are of another repository; undefined where it allows one. */
export function whyDeadInNewForm(next: PolicyStatement, added: readonly string[]): string | undefined {
  if (next.isDeny || added.length === 0 || JSON.stringify(next.json).length > longestLookedAt) return undefined;
  const reasons = next.conditions.flatMap((condition) => {
    if (readingOfSubject(next, condition)?.negated !== false) return [];
    return added
      .filter((value) => condition.values.includes(value))
      .map((value) => ({ value, why: whyOfNobody(next, condition, value) }));
  });
  const [first] = reasons;
  if (!first || reasons.some(({ why }) => why === undefined)) return undefined;
  return `${first.value} would allow nobody. ${first.why}`;
}

/** Which samples it matches, but for those of whom nobody is allowed. */
export function effectsOfLiving({ statement }: Living, samples: readonly Sample[]): readonly Effect[] {
  return statement ? effectsOf(statement, samples) : samples.map(() => ({ old: false, new: false }));
}

/** Characters: twice what IAM takes of a whole policy. */
export const longestLookedAt = 8_192;

/** Why nobody is allowed by one value of a condition; undefined where somebody is, or where it is not known. */
function whyOfNobody(statement: PolicyStatement, { operator, key }: Condition, value: string): string | undefined {
  const { meant, version } = statement.withValues((one) =>
    one.operator === operator && one.key === key ? [value] : undefined,
  );
  const grants = grantsOfPolicy(parseTrustPolicy({ Version: version, Statement: meant }), 0);
  const reasons = grants.map((grant) => whyNobody(grant, { now: 0 }));
  return reasons.includes(undefined) ? undefined : reasons[0];
}
