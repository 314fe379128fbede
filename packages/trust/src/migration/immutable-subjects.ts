import type { Findings } from './migrated.ts';
import type { ToImmutableSubjects } from './migration.ts';
import {
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
  return all.map(({ statement, next, where, added, doubts, before, after }) => {
    for (const doubt of doubts) findings.tell(where, doubt);
    if (statement.isDeny) {
      const at = samples.findIndex(
        (_, sample) => after[sample]?.new && !before[sample]?.old && allowed.some((one) => one.before[sample]?.old),
      );
      if (at >= 0) findings.tell(where, `It denies ${samples[at]?.new}, and not ${samples[at]?.old}.`);
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
  const doubts: string[] = [];
  const added: string[] = [];
  let isCertain = true;
  const next = statement.withValues((condition) => {
    const extension = extensionOf(statement, condition, renamings);
    doubts.push(...extension.undecided.map(({ reason }) => reason));
    if (extension.undecided.length > 0 && readingOfSubject(statement, condition)?.negated) isCertain = false;
    added.push(...extension.added);
    return extension.added.length === 0 ? undefined : [...condition.values, ...extension.added];
  });
  const before = effectsOf(statement, samples);
  const after = next === statement ? before : effectsOf(next, samples);
  const reason = newFormAlone(statement, renamings) ?? inexact(before, after, samples);
  if (reason !== undefined) doubts.push(reason);
  const where = `Statement[${index}]`;
  return isCertain && reason === undefined
    ? { statement, next, where, added, doubts, before, after }
    : { statement, next: statement, where, added: [], doubts, before, after: before };
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
