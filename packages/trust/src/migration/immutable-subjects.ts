import { conditionPrefix, formatContext, gitHubIssuer, gitHubServiceOf, issuerOf } from '@fedbridge/issuers';
import type { Condition } from '../policy.ts';
import { type Findings, notYet } from './migrated.ts';
import type { ToImmutableSubjects } from './migration.ts';
import { anyProvider, type PolicyStatement } from './statement.ts';
import {
  examplesOf,
  inNewForm,
  isOfRepositoryAlone,
  matchesSome,
  type Reading,
  type Renaming,
  readingOf,
} from './subject-value.ts';

/**
 * Adds to each condition on the subject the new form of what it matches in the old one. A statement for which that would not be exact
 * stays as it is, and is reported; where it is a denial, nothing is allowed in the new form either.
 */
export function withImmutableSubjects(
  statements: readonly PolicyStatement[],
  migration: ToImmutableSubjects,
  findings: Findings,
): readonly PolicyStatement[] {
  const renamings = renamingsIn(statements, migration);
  const samples = samplesIn(statements, renamings);
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
    for (const value of extension.undecided)
      doubts.push(`A variable decides whether ${value} matches jobs of the repository.`);
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
  const renamings = renamingsIn(statements, migration);
  const samples = samplesIn(statements, renamings);
  const effects = statements.map((one) => effectsOf(one, samples));
  let areDenialsChecked = false;
  return statements.flatMap((statement, index) => {
    const where = `Statement[${index}]`;
    const removed: string[] = [];
    const rest = statement.withoutValues((condition) => {
      const { values, stay, undecided } = oldValuesOf(statement, condition, renamings);
      for (const value of [...stay, ...undecided])
        findings.tell(where, `${value} stays, and the old form with it: it matches more than this repository.`);
      removed.push(...values);
      return values.length === 0 ? undefined : condition.values.filter((value) => !values.includes(value));
    });
    if (removed.length === 0 || rest === statement) {
      tellIfOpen(statement, where, samples, findings);
      return [statement];
    }
    if (!areDenialsChecked) for (const one of statements) checkDenialsHold(one, renamings);
    areDenialsChecked = true;
    if (!statement.isDeny) checkAllowed(index, statements, effects, samples);
    for (const value of removed) findings.note(`Removed from ${where}: ${value}.`);
    if (rest) tellIfOpen(rest, where, samples, findings);
    return rest ?? [];
  });
}

/** Reports what allows the old form without naming it. */
function tellIfOpen(statement: PolicyStatement, where: string, samples: readonly Sample[], findings: Findings): void {
  const isGitHub = statement.federated.some((arn) =>
    mayHaveImmutableSubjects(`https://${arn.split(':oidc-provider/')[1]}`),
  );
  const at = statement.isDeny || !isGitHub ? -1 : effectsOf(statement, samples).findIndex((one) => one.old);
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
  const denials = others.filter(({ one }) => one.isDeny);
  const wide = others.filter(({ one }) => !one.isDeny && one.isAsWideAs(statement, withPrincipal, isSubjectKey));
  for (const [at, sample] of samples.entries()) {
    if (!effects[index]?.[at]?.old) continue;
    const denial = denials.find(({ effect }) => effect[at]?.new && !effect[at]?.old);
    if (denial) throw notYet(`Statement[${denial.at}] denies ${sample.new}`);
    if (!wide.some(({ effect }) => effect[at]?.new)) throw notYet(sample.new);
  }
}

const withPrincipal = ['Principal', 'NotPrincipal', 'Action', 'NotAction'];

/** Two subjects of one job, and the condition key that has them. */
interface Sample {
  readonly key: string;
  readonly old: string;
  readonly new: string;
}

/** Whether a statement's conditions on the subject hold for each of two subjects. */
interface Effect {
  readonly old: boolean;
  readonly new: boolean;
}

function effectsOf(statement: PolicyStatement, samples: readonly Sample[]): readonly Effect[] {
  const test = statement.tester(isSubjectKey, false);
  const holds = (key: string, subject: string) =>
    test({ principal: { provider: anyProvider }, action: '', context: { [key]: subject } });
  return samples.map((one) => ({ old: holds(one.key, one.old), new: holds(one.key, one.new) }));
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

function extensionOf(statement: PolicyStatement, condition: Condition, renamings: readonly Renaming[]) {
  const reading = readingOfSubject(statement, condition);
  return reading ? inNewForm(condition.values, reading, renamings) : { added: [], undecided: [] };
}

function readingOfSubject({ version }: PolicyStatement, { operator, key }: Condition): Reading | undefined {
  return isSubjectKey(key.toLowerCase()) ? readingOf(operator, version) : undefined;
}

/** Whether a key, in lower case, may be the subject of a job of GitHub's. */
function isSubjectKey(key: string): boolean {
  if (!key.endsWith(':sub')) return false;
  return mayHaveImmutableSubjects(`https://${key.slice(0, -':sub'.length)}`);
}

/** Whether an issuer may be GitHub's, but for its servers, which have no immutable subjects. An emulator's address is nobody's. */
export function mayHaveImmutableSubjects(issuer: string): boolean {
  const service = gitHubServiceOf(issuer);
  return service === undefined ? issuerOf(issuer) === undefined : service !== 'server';
}

function renamingsIn(statements: readonly PolicyStatement[], migration: ToImmutableSubjects): readonly Renaming[] {
  return renamingsOf(
    subjectsIn(statements).map(({ value }) => value),
    migration,
  );
}

/** The repository in every spelling that is in use: GitHub does not tell their case apart, and a subject has one of them. */
export function renamingsOf(
  values: readonly string[],
  { owner, ownerId, repository, repositoryId }: ToImmutableSubjects,
): readonly Renaming[] {
  const isIt = (text: string) => text.toLowerCase() === `${owner}/${repository}`.toLowerCase();
  const spelled = values.flatMap((value) =>
    [...value.matchAll(/(?<=^|:)repo:([\w.-]+\/[\w.-]+)(?=:|$)/gi)].flatMap(([, name = '']) =>
      isIt(name) ? [name] : [],
    ),
  );
  return [...new Set([`${owner}/${repository}`, ...spelled])].map((name) => {
    const [own, repo] = name.split('/');
    return { old: `repo:${name}`, new: `repo:${own}@${ownerId}/${repo}@${repositoryId}` };
  });
}

/** Subjects of the repository that tell the statements apart: the usual ones, and what is named in them. */
function samplesIn(statements: readonly PolicyStatement[], renamings: readonly Renaming[]): readonly Sample[] {
  const subjects = subjectsIn(statements);
  const usual = [
    ...usualContexts.map((context) => formatContext(context)).map((text) => ({ head: '', tail: `:${text}` })),
    ...['', 'environment:production:'].flatMap((head) => ['', `:${usualClaim}`].map((tail) => ({ head, tail }))),
  ];
  const found = renamings.flatMap((renaming) => [
    ...usual.map((one) => sampleOf(one, renaming)),
    ...subjects.flatMap(({ value, reading }) =>
      examplesOf(value, reading, renaming).map((one) => sampleOf(one, renaming)),
    ),
  ]);
  const pairs = new Map(found.flatMap((one) => (one.old.length > longest ? [] : [[one.old, one] as const])));
  const keys = new Set(
    subjects.length === 0 ? [`${conditionPrefix(gitHubIssuer)}:sub`] : subjects.map(({ key }) => key),
  );
  return [...keys].flatMap((key) => [...pairs.values()].slice(0, mostSamples).map((one) => ({ key, ...one })));
}

/** Beyond any policy that fits into IAM's limits, and any subject. */
const mostSamples = 1_000;
const longest = 600;

function sampleOf({ head, tail }: { head: string; tail: string }, renaming: Renaming) {
  return { old: head + renaming.old + tail, new: head + renaming.new + tail };
}

const usualContexts = [
  { branch: 'main' },
  { branch: 'release/1' },
  { tag: 'v1' },
  { environment: 'production' },
  { pullRequest: true },
] as const;
const usualClaim = 'job_workflow_ref:octo/flows/.github/workflows/deploy.yml@refs/heads/main';

/** All values of conditions on the subject, of operators too that are not extended. */
function subjectsIn(statements: readonly PolicyStatement[]) {
  return statements.flatMap((statement) =>
    statement.conditions.flatMap((condition) => {
      const reading = readingOfSubject(statement, condition) ?? asPattern;
      const { key, values } = condition;
      return isSubjectKey(key.toLowerCase()) ? values.map((value) => ({ key, reading, value })) : [];
    }),
  );
}

const asPattern: Reading = { wildcards: true, ignoresCase: false, variables: true, negated: false };
