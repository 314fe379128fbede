import {
  conditionPrefix,
  formatContext,
  formatRepository,
  gitHubIssuer,
  gitHubServiceOf,
  issuerOf,
} from '@fedbridge/issuers';
import type { Condition } from '../policy.ts';
import { canSign } from '../who/can-sign.ts';
import { changedBy } from './form-alone.ts';
import type { Findings } from './migrated.ts';
import type { ToImmutableSubjects } from './migration.ts';
import { anyProvider, type PolicyStatement } from './statement.ts';
import { examplesOf, inNewForm, type Reading, type Renaming, readingOf } from './subject-value.ts';

/** A repository as a policy spells it, and subjects of its by which the policy's statements are told apart. */
export interface RepositorySubjects {
  readonly renamings: readonly Renaming[];
  readonly samples: readonly Sample[];
}

/** Two subjects of one job, and the condition key that has them. */
export interface Sample {
  readonly key: string;
  readonly old: string;
  readonly new: string;
}

/** Whether a statement's conditions on the subject hold for each of two subjects. */
export interface Effect {
  readonly old: boolean;
  readonly new: boolean;
}

/** Undefined for a policy that is too long to be checked, which is reported. */
export function repositorySubjects(
  statements: readonly PolicyStatement[],
  migration: ToImmutableSubjects,
  findings: Findings,
): RepositorySubjects | undefined {
  const subjects = subjectsIn(statements);
  const renamings = renamingsOf(
    subjects.map(({ value }) => value),
    migration,
  );
  const values = statements.flatMap(({ conditions }) => conditions).reduce((sum, one) => sum + one.values.length, 0);
  const most = mostChecks / (values + 10 * statements.length);
  const isTooLong = renamings.length > mostSpellings || most < fewestSamples;
  const samples = isTooLong ? undefined : samplesIn(subjects, renamings, most);
  if (samples) return { renamings, samples };
  findings.tell(
    'policy',
    'It has more subjects than can be checked, and than fit into what IAM takes: it stays as it is.',
  );
  return undefined;
}

/** IAM takes 4,096 characters at most: a policy of that size is far from all three. */
const mostChecks = 300_000;
const mostSpellings = 10;
const fewestSamples = 60;

/** What a statement says of the old and the new subject of each sample. */
export function effectsOf(statement: PolicyStatement, samples: readonly Sample[]): readonly Effect[] {
  if (!statement.conditions.some(({ key }) => isSubjectKey(key.toLowerCase()))) return samples.map(() => always);
  const test = statement.tester(isSubjectKey, false);
  const holds = (key: string, subject: string) =>
    test({ principal: { provider: anyProvider }, action: '', context: { [key]: subject } });
  return samples.map((one) => ({ old: holds(one.key, one.old), new: holds(one.key, one.new) }));
}

const always: Effect = { old: true, new: true };

/**
 * A job whose new form a denial keeps out though its old form is allowed; undefined where there is none, or others keep that out alike.
 *
 * @param index - of the denial
 * @param isAllowed - whether the old form of a sample is allowed, but for denials
 */
export function deniedAlone(
  index: number,
  statements: readonly PolicyStatement[],
  effects: readonly (readonly Effect[])[],
  samples: readonly Sample[],
  isAllowed: (sample: number) => boolean,
): Sample | undefined {
  const denial = statements[index] as PolicyStatement;
  const others = statements.flatMap((one, at) =>
    one.isDeny && one.isAsWideAs(denial, withPrincipal, isSubjectKey) ? [effects[at]] : [],
  );
  const alone = samples.filter((_, at) => {
    const effect = effects[index]?.[at];
    return effect?.new && !effect.old && isAllowed(at) && !others.some((one) => one?.[at]?.old);
  });
  if (alone.length === 0) return undefined;
  const form: Record<string, string[]> = {};
  for (const { key, old } of alone) form[key] = [...(form[key] ?? []), old];
  const asOld = denial.withValues(({ key }) => (isSubjectKey(key.toLowerCase()) ? [] : undefined));
  const changed = changedBy(asOld, statements, form);
  return alone.find(({ old }) => old === changed);
}

/** What two statements on the same jobs have in common, beside conditions. */
export const withPrincipal = ['Principal', 'NotPrincipal', 'Action', 'NotAction'];

/** What a condition gets beside its values, and which of them nothing here decides. */
export function extensionOf(statement: PolicyStatement, condition: Condition, renamings: readonly Renaming[]) {
  const reading = readingOfSubject(statement, condition);
  return reading ? inNewForm(condition.values, reading, renamings) : { added: [], undecided: [] };
}

/** How an operator reads the subject; undefined for a condition on something else. */
export function readingOfSubject({ version }: PolicyStatement, { operator, key }: Condition): Reading | undefined {
  return isSubjectKey(key.toLowerCase()) ? readingOf(operator, version) : undefined;
}

/** Whether a key, in lower case, may be the subject of a job of GitHub's. */
export function isSubjectKey(key: string): boolean {
  if (!key.endsWith(':sub')) return false;
  return mayHaveImmutableSubjects(`https://${key.slice(0, -':sub'.length)}`);
}

/** Whether an issuer may be GitHub's, but for its servers, which have no immutable subjects. An emulator's address is nobody's. */
export function mayHaveImmutableSubjects(issuer: string): boolean {
  const service = gitHubServiceOf(issuer);
  return service === undefined ? issuerOf(issuer) === undefined : service !== 'server';
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
    const [own = '', repo = ''] = name.split('/');
    const ids = { owner: ownerId, repository: repositoryId };
    return { old: `repo:${name}`, new: `repo:${formatRepository({ owner: own, repository: repo, ids })}` };
  });
}

/** Subjects of the repository: the usual ones, and what is named in a policy; undefined where they are more than may be. */
function samplesIn(
  subjects: ReturnType<typeof subjectsIn>,
  renamings: readonly Renaming[],
  most: number,
): readonly Sample[] | undefined {
  const keys = new Set(
    subjects.length === 0 ? [`${conditionPrefix(gitHubIssuer)}:sub`] : subjects.map(({ key }) => key.toLowerCase()),
  );
  const pairs = new Map<string, Omit<Sample, 'key'>>();
  for (const one of pairsIn(subjects, renamings)) {
    if (one.old.length <= longest) pairs.set(one.old, one);
    if (pairs.size * keys.size > most) return undefined;
  }
  // What no token has is kept out of nothing.
  const isSigned = (key: string, sub: string) => canSign(`https://${key.slice(0, -':sub'.length)}`, { sub });
  return [...keys].flatMap((key) =>
    [...pairs.values()].flatMap((one) => (isSigned(key, one.old) && isSigned(key, one.new) ? [{ key, ...one }] : [])),
  );
}

function* pairsIn(subjects: ReturnType<typeof subjectsIn>, renamings: readonly Renaming[]) {
  const usual = [
    ...usualContexts.map((context) => formatContext(context)).map((text) => ({ head: '', tail: `:${text}` })),
    ...['', 'environment:production:'].flatMap((head) => ['', `:${usualClaim}`].map((tail) => ({ head, tail }))),
  ];
  for (const renaming of renamings) {
    for (const one of usual) yield sampleOf(one, renaming);
    for (const { value, reading } of subjects)
      for (const one of examplesOf(value, reading, renaming)) yield sampleOf(one, renaming);
  }
}

/** Letters of a subject. */
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
