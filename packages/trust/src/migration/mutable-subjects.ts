import type { Condition } from '../policy.ts';
import { effectsOfLiving, withoutDeadValues } from './dead-values.ts';
import { type Findings, notYet } from './migrated.ts';
import type { ToImmutableSubjects } from './migration.ts';
import {
  deniedAlone,
  type Effect,
  extensionOf,
  isSubjectKey,
  mayHaveImmutableSubjects,
  type RepositorySubjects,
  readingOfSubject,
  repositorySubjects,
  type Sample,
  withPrincipal,
} from './repository-subjects.ts';
import type { PolicyStatement } from './statement.ts';
import { inNewForm, isOfRepositoryAlone, matchesSome, type Renaming } from './subject-value.ts';

/**
 * Takes out what matches the old form alone, where the new form is allowed without it.
 *
 * @throws FedbridgeError `INPUT_INVALID` where it is not
 */
export function withoutMutableSubjects(
  statements: readonly PolicyStatement[],
  migration: ToImmutableSubjects,
  findings: Findings,
): readonly PolicyStatement[] {
  const subjects = repositorySubjects(statements, migration, findings);
  if (!subjects) return statements;
  const { renamings, samples } = subjects;
  const living = statements.map((one) => withoutDeadValues(one, renamings));
  const effects = living.map((one) => effectsOfLiving(one, samples));
  let areDenialsChecked = false;
  return statements.flatMap((statement, index) => {
    const where = `Statement[${index}]`;
    const removed: string[] = [];
    const dead = living[index]?.dead ?? [];
    for (const { reason } of dead) findings.tell(where, reason);
    const rest = statement.withoutValues((condition) => {
      const left = condition.values.filter((value) => !dead.some((one) => one.value === value));
      const { values, stay, undecided } = oldValuesOf(statement, { ...condition, values: left }, renamings);
      for (const { value, reason } of undecided) if (!stay.includes(value)) findings.tell(where, reason);
      for (const value of stay)
        findings.tell(where, `${value} stays, and the old form with it: it matches more than this repository.`);
      removed.push(...values);
      return values.length === 0 ? undefined : condition.values.filter((value) => !values.includes(value));
    });
    if (removed.length === 0 || rest === statement) {
      tellIfOpen(statement, where, subjects, findings);
      return [statement];
    }
    if (!areDenialsChecked) for (const one of statements) checkDenialsHold(one, renamings);
    areDenialsChecked = true;
    if (!statement.isDeny) checkAllowed(index, statements, effects, samples);
    for (const value of removed) findings.note(`Removed from ${where}: ${value}.`);
    if (rest) tellIfOpen(rest, where, subjects, findings);
    return rest ?? [];
  });
}

/** Reports what allows the old form without naming it. */
function tellIfOpen(
  statement: PolicyStatement,
  where: string,
  { renamings, samples }: RepositorySubjects,
  findings: Findings,
): void {
  const isGitHub = statement.federated.some((arn) =>
    mayHaveImmutableSubjects(`https://${arn.split(':oidc-provider/')[1]}`),
  );
  if (statement.isDeny || !isGitHub) return;
  const at = effectsOfLiving(withoutDeadValues(statement, renamings), samples).findIndex((one) => one.old);
  if (at >= 0) findings.tell(where, `It still allows ${samples[at]?.old}: it matches more than this repository.`);
}

/** The values of a condition that go with the old form, and those that match the old form and more. */
function oldValuesOf(statement: PolicyStatement, condition: Condition, renamings: readonly Renaming[]) {
  const reading = readingOfSubject(statement, condition);
  // Whom a value keeps out it keeps out for good.
  if (!reading || statement.isDeny !== reading.negated) return { values: [], stay: [], undecided: [] };
  const isOld = (value: string) => renamings.some((one) => isOfRepositoryAlone(value, reading, one));
  const stay = condition.values.filter(
    (value) => !isOld(value) && renamings.some((one) => matchesSome(value, reading, one)),
  );
  const { undecided } = inNewForm(condition.values, reading, renamings);
  return { values: condition.values.filter(isOld), stay, undecided };
}

/** A condition that keeps out whom it names must do so in the new form before the old one goes. */
function checkDenialsHold(statement: PolicyStatement, renamings: readonly Renaming[]): void {
  for (const condition of statement.conditions) {
    const [missing] = extensionOf(statement, condition, renamings).added;
    const reading = readingOfSubject(statement, condition);
    if (missing !== undefined && reading && (statement.isDeny || reading.negated))
      throw notYet(`${missing} is missing where ${condition.values.join(', ')} stands`);
  }
}

/** That the new form of all that a statement allows in the old one is allowed by one, and denied by none. */
function checkAllowed(
  index: number,
  statements: readonly PolicyStatement[],
  effects: readonly (readonly Effect[])[],
  samples: readonly Sample[],
): void {
  const statement = statements[index] as PolicyStatement;
  const others = statements.map((one, at) => ({ one, at, effect: effects[at] ?? [] }));
  const wide = others.filter(({ one }) => !one.isDeny && one.isAsWideAs(statement, withPrincipal, isSubjectKey));
  for (const { one, at } of others) {
    const denied =
      one.isDeny && deniedAlone(at, statements, effects, samples, (sample) => effects[index]?.[sample]?.old === true);
    if (denied) throw notYet(`Statement[${at}] denies ${denied.new}`);
  }
  for (const [at, sample] of samples.entries()) {
    if (!effects[index]?.[at]?.old) continue;
    if (!wide.some(({ effect }) => effect[at]?.new)) throw notYet(sample.new);
  }
}
