import type { Condition } from '../policy.ts';
import { effectsOfLiving, whyDeadInNewForm, withoutDeadValues } from './dead-values.ts';
import type { Findings } from './migrated.ts';
import type { ToImmutableSubjects } from './migration.ts';
import {
  deniedAlone,
  type Effect,
  effectsOf,
  extensionOf,
  readingOfSubject,
  repositorySubjects,
  type Sample,
} from './repository-subjects.ts';
import type { PolicyStatement } from './statement.ts';
import { inNewForm, type Renaming } from './subject-value.ts';

/**
 * Adds to each condition on the subject the new form of what it matches in the old one. A statement for which that would not be exact
 * stays as it is, and is reported; where it is a denial, nothing is allowed in the new form either.
 */
export function withImmutableSubjects(
  statements: readonly PolicyStatement[],
  migration: ToImmutableSubjects,
  findings: Findings,
): readonly PolicyStatement[] {
  const subjects = repositorySubjects(statements, migration, findings);
  if (!subjects) return statements;
  const { renamings, samples } = subjects;
  const all = statements.map((statement, index) => extended(statement, index, renamings, samples));
  const allowed = all.filter(({ statement }) => !statement.isDeny);
  for (const { statement, before, after, doubts } of all) {
    const opened = samples.findIndex(
      (_, at) =>
        statement.isDeny && before[at]?.new && !after[at]?.new && allowed.some((one) => isNewAlone(one.before[at])),
    );
    if (opened >= 0)
      doubts.push(
        `It keeps ${samples[opened]?.new} out, which is allowed elsewhere and ${samples[opened]?.old} is not.`,
      );
  }
  const lost = all.find(({ statement, doubts }) => statement.isDeny && doubts.length > 0);
  const migrated = all.map(({ next }) => next);
  const effects = all.map(({ after }) => after);
  return all.map(({ statement, next, where, added, doubts }, index) => {
    for (const doubt of doubts) findings.tell(where, doubt);
    if (statement.isDeny) {
      const denied = deniedAlone(index, migrated, effects, samples, (at) => allowed.some((one) => one.before[at]?.old));
      if (denied) findings.tell(where, `It denies ${denied.new}, and not ${denied.old}.`);
    }
    if (lost && next !== statement) {
      if (lost.where !== where)
        findings.tell(where, `It stays as it is: the denial in ${lost.where} cannot be made to hold for ${added[0]}.`);
      return statement;
    }
    for (const value of added) findings.note(`Added to ${where}: ${value}.`);
    return next;
  });
}

const isNewAlone = (effect: Effect | undefined): boolean => effect?.new === true && !effect.old;

/** A statement with the new form, where that is exact; else as it is, with what is in the way. */
function extended(
  statement: PolicyStatement,
  index: number,
  renamings: readonly Renaming[],
  samples: readonly Sample[],
) {
  const where = `Statement[${index}]`;
  const { statement: living, dead } = withoutDeadValues(statement, renamings);
  const doubts = dead.map(({ reason }) => reason);
  const asItIs = { statement, next: statement, where, added: [], doubts };
  const before = effectsOfLiving({ statement: living, dead }, samples);
  if (!living) return { ...asItIs, before, after: before };
  const extension = (condition: Condition) => {
    const values = condition.values.filter((value) => !dead.some((one) => one.value === value));
    return extensionOf(statement, { ...condition, values }, renamings);
  };
  const extend = (condition: Condition) => {
    const { added: more } = extension(condition);
    return more.length === 0 ? undefined : [...condition.values, ...more];
  };
  const undecided = statement.conditions.map((condition) => ({ condition, doubts: extension(condition).undecided }));
  doubts.push(...undecided.flatMap((one) => one.doubts.map(({ reason }) => reason)));
  const isCertain = !undecided.some(
    (one) => one.doubts.length > 0 && readingOfSubject(statement, one.condition)?.negated,
  );
  const added = statement.conditions.flatMap((one) => extension(one).added);
  const next = statement.withValues(extend);
  const after = next === statement ? before : effectsOf(dead.length === 0 ? next : living.withValues(extend), samples);
  const reason = newFormAlone(statement, renamings) ?? inexact(before, after, samples) ?? whyDeadInNewForm(next, added);
  if (reason !== undefined) doubts.push(reason);
  return isCertain && reason === undefined
    ? { statement, next, where, added, doubts, before, after }
    : { ...asItIs, before, after: before };
}

/** Why a statement with the new form would not do for that what the statement does for the old one; undefined where it does. */
function inexact(before: readonly Effect[], after: readonly Effect[], samples: readonly Sample[]): string | undefined {
  for (const [at, sample] of samples.entries()) {
    const [was, is] = [before[at], after[at]];
    if (was?.old && !is?.new)
      return `It matches ${sample.old}, and its conditions cannot be made to match ${sample.new}.`;
    if ((is?.new && !was?.old && !was?.new) || is?.old !== was?.old)
      return `With ${sample.new} it would match more than before: its conditions on the subject are for different jobs.`;
  }
  return undefined;
}

/**
 * Why the values of several conditions cannot be extended each for itself: one names jobs in their new form alone. Where it stands
 * alone and is not negated, that is one more job.
 */
function newFormAlone(statement: PolicyStatement, renamings: readonly Renaming[]): string | undefined {
  const swapped = renamings.map((one) => ({ old: one.new, new: one.old }));
  const all = statement.conditions.flatMap((one) => readingOfSubject(statement, one) ?? []);
  const found = statement.conditions.find((condition) => {
    const reading = readingOfSubject(statement, condition);
    if (!reading || (all.length === 1 && !reading.negated)) return false;
    return inNewForm(condition.values, reading, swapped).added.length > 0;
  });
  return (
    found && `${found.operator} on ${found.key} names jobs in their new form that it does not name in the old one.`
  );
}
