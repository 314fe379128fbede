import { type Condition, parseTrustPolicy } from '../policy.ts';
import { grantsOfPolicy } from '../who/who.ts';
import { whyNobody } from '../who/why-nobody.ts';
import { longestLookedAt } from './dead-values.ts';
import type { Findings } from './migrated.ts';
import type { Migration, ToEntraIssuer, ToImmutableSubjects } from './migration.ts';
import { readingOfSubject, renamingsOf } from './repository-subjects.ts';
import type { PolicyStatement } from './statement.ts';
import { matchesSome } from './subject-value.ts';

/**
 * Reports jobs that a statement allows and denials keep out, all of them: they are denied in both forms, and who reads the document would
 * take them for migrated.
 */
export function tellKeptOut(statements: readonly PolicyStatement[], migration: Migration, findings: Findings): void {
  const isShort = statements.reduce((sum, { json }) => sum + JSON.stringify(json).length, 0) <= longestLookedAt;
  if (!isShort || !statements.some(({ isDeny }) => isDeny)) return;
  for (const [index, statement] of statements.entries()) {
    if (statement.isDeny) continue;
    const all =
      migration.kind === 'entra-issuer' ? jobsOfConnection(statements, migration) : jobsIn(statement, migration);
    for (const { said, asked, narrowed = statement } of all) {
      const why = whyKeptOut(statements.with(index, narrowed), index, asked);
      if (why !== undefined) findings.tell(`Statement[${index}]`, `${said} ${why}`);
    }
  }
}

/** Jobs that move: a condition that they alone meet, and the statement with what of it is about them. */
interface Jobs {
  /** A sentence. */
  readonly said: string;
  readonly asked: Condition;
  readonly narrowed?: PolicyStatement;
}

function jobsOfConnection(statements: readonly PolicyStatement[], { oldSubject }: ToEntraIssuer): readonly Jobs[] {
  const keys = statements.flatMap(({ conditions }) => conditions.map(({ key }) => key.toLowerCase()));
  return [...new Set(keys)]
    .filter((key) => key.endsWith(':sub'))
    .map((key) => ({
      said: `${oldSubject} is denied.`,
      asked: { operator: 'StringEquals', key, values: [oldSubject] },
    }));
}

/** Of each value of the subject that is of the repository, in its old form. */
function jobsIn(statement: PolicyStatement, migration: ToImmutableSubjects): readonly Jobs[] {
  const subjects = statement.conditions.flatMap((condition) => {
    const reading = readingOfSubject(statement, condition);
    return reading && !reading.negated ? condition.values.map((value) => ({ condition, reading, value })) : [];
  });
  const renamings = renamingsOf(
    subjects.map(({ value }) => value),
    migration,
  );
  const old = renamings.flatMap((one) => [one.old, `${one.old}:*`, `*:${one.old}`, `*:${one.old}:*`]);
  return subjects
    .filter(({ reading, value }) => renamings.some((one) => matchesSome(value, reading, one)))
    .map(({ condition, value }) => ({
      said: `${value} allows no job of ${migration.owner}/${migration.repository}.`,
      asked: { operator: 'StringLike', key: condition.key, values: old },
      narrowed: statement.withValues((one) =>
        one.operator === condition.operator && one.key === condition.key ? [value] : undefined,
      ),
    }));
}

/** Why nobody who meets a condition is allowed by a statement; undefined where somebody is, or would not be without denials either. */
function whyKeptOut(statements: readonly PolicyStatement[], index: number, asked: Condition): string | undefined {
  const [{ version } = {}] = statements;
  const policy = { Version: version, Statement: statements.map(({ meant }) => meant) };
  const grants = grantsOfPolicy(parseTrustPolicy(policy), atAnyTime).filter(
    ({ where }) => where === `Statement[${index}]`,
  );
  const reasons = grants.flatMap((grant) => {
    const narrow = { ...grant, allow: [...grant.allow, asked] };
    return whyNobody({ ...narrow, deny: [] }, { now: atAnyTime }) === undefined
      ? [whyNobody(narrow, { now: atAnyTime })]
      : [];
  });
  return reasons.includes(undefined) ? undefined : reasons[0];
}

const atAnyTime = 0;
