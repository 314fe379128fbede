import {
  azureDevOps,
  gitHubServiceOf,
  type Issuer,
  issuerOf,
  kubernetes,
  tokenPartsOf,
  tokenShapesOf,
} from '@fedbridge/issuers';
import type { Constraint } from './lint-constraints.ts';
import { meantByRepository } from './lint-never.ts';
import type { Condition } from './policy.ts';
import type { Admitted, Witness } from './who/admitted.ts';
import { Reached } from './who/reached.ts';
import { type Grant, whoIsGranted } from './who/who.ts';
import type { Level, Somebody } from './who/width.ts';
import { mostWork, TooMuchWork, type WorkLeft } from './who/work.ts';
import { hasWildcard } from './wildcard.ts';

/** What is too wide, whatever cloud trusts it: the second half of a rule's name. */
export type WidthRule =
  | 'any-owner'
  | 'any-caller'
  | 'wildcard-owner'
  | 'wildcard-workflow'
  | 'wildcard-repository'
  | 'whole-owner'
  | 'whole-repository'
  | 'wildcard-ref'
  | 'any-branch'
  | 'open-name'
  | 'wildcard-connection'
  | 'wildcard-service-account';

/** How far a statement or a credential reaches. */
export interface Extent {
  /** What it is of, a sentence: a subject, or the claims in its place. */
  readonly of: string;
  /** The condition on the subject, and which of its values. */
  readonly condition?: Condition | undefined;
  readonly value?: number | undefined;
  /** The subject's pattern; undefined where other claims stand in its place. */
  readonly subject: string | undefined;
  readonly width?: { readonly of: WidthRule; readonly witness: Witness | undefined } | undefined;
  /** Pull requests that are allowed. */
  readonly pullRequest?: { readonly witness: Witness | undefined } | undefined;
  /** The subject that is likely meant, where this one is only of a template that few have. */
  readonly meant?: string | undefined;
  /** Whether what tells one repository from another can be given to somebody else. */
  readonly byName: boolean;
}

/** Widths within one project. */
export const relatives: readonly WidthRule[] = [
  ...(['whole-repository', 'wildcard-ref', 'any-branch', 'open-name'] as const),
  ...(['wildcard-connection', 'wildcard-service-account'] as const),
];

/** In letters: no cloud takes a document that is nearly as long. */
const longest = 1_000_000;

/** Where there is no clock whoever is allowed at any time is allowed. */
export const atAnyTime = 0;

/** In steps of the engine, for all of a document's statements together. */
export const workOfDocument = (): WorkLeft => ({ left: 8 * mostWork });

/** More than a question of `who` may cost: lint tells more letters apart. */
const mostOfQuestion = 4 * mostWork;

/** What is asked about: one way in, its issuer, and what it demands of claims that tell who it is. */
export interface Asking {
  /** Of the whole document. */
  readonly work: WorkLeft;
  readonly grant: Grant;
  /** By its URL, or by its subjects. */
  readonly issuer: Issuer | undefined;
  readonly telling: readonly Constraint[];
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
}

/**
 * How far a way in reaches, for each value of the subject, or once where nothing is said of it; empty where nobody is allowed.
 *
 * @throws TooMuchWork
 */
export function reachesOf(asking: Asking): readonly Extent[] {
  const { grant, issuer, work, now } = asking;
  if (work.left <= 0 || lengthOf([...grant.allow, ...grant.deny.flat()]) > longest) throw new TooMuchWork();
  const reached = new Reached({ ...grant, shapes: shapesOf(asking) }, tokenPartsOf(issuer), now);
  const before = work.left;
  const isOfNobody = within(mostOfQuestion, { reached, work }, () => reached.isOfNobody);
  // What `who` gives up is decided by nobody else either.
  if (before - work.left > mostWork / 4 && whoIsGranted(grant, [], now).isGivenUp) throw new TooMuchWork();
  return isOfNobody ? [] : reachesBy(reached, asking);
}

/** @throws TooMuchWork */
function within<Answer>(
  most: number,
  { reached, work }: { readonly reached: Reached; readonly work: WorkLeft },
  ask: () => Answer,
): Answer {
  const given = Math.min(most, work.left);
  if (given <= 0) throw new TooMuchWork();
  reached.renew(given);
  try {
    return ask();
  } finally {
    work.left -= given - Math.max(0, reached.left);
  }
}

/** A value of the subject, with the condition that it alone is of, and where it stands. */
interface OneValue {
  readonly value: string;
  readonly also: Condition | undefined;
  readonly place: Pick<Extent, 'condition' | 'value'> | undefined;
}

function reachesBy(reached: Reached, asking: Asking): readonly Extent[] {
  const subjects = asking.telling.filter(({ claim }) => claim === 'sub');
  const values = subjects.flatMap(({ values, condition, written = values }) => {
    const places = condition && new Map(condition.values.map((one, index) => [one, index]));
    return values.map((value, index): OneValue => {
      const text = written[index] ?? value;
      return {
        value,
        also: condition && { ...condition, values: [text] },
        place: condition && { condition, value: places?.get(text) },
      };
    });
  });
  const ask: Ask = (most, question) => within(most, { reached, work: asking.work }, question);
  if (values.length > 1) return reachesOfEach(values, { reached, asking, ask });
  const [only] = values;
  const place = only ? only.place : { condition: asking.telling[0]?.condition };
  return [{ ...ask(mostOfQuestion, () => reach(reached, asking, only?.value)), ...place }];
}

type Ask = <Answer>(most: number, question: () => Answer) => Answer;

function reachesOfEach(
  values: readonly OneValue[],
  { reached, asking, ask }: { readonly reached: Reached; readonly asking: Asking; readonly ask: Ask },
): readonly Extent[] {
  const levels = ask(mostOfQuestion, () => levelsOf(reached));
  try {
    return ask(mostWork, () =>
      values.map(({ value, also, place }) => ({ ...reach(reached, asking, value, also, levels), ...place })),
    );
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
  }
  // Of all of them together it takes no longer than of one.
  const [first] = values;
  const all = ask(mostOfQuestion, () => reach(reached, asking, undefined, undefined, levels));
  const of = `The subject is one of ${values.length}, ${first?.value} for example.`;
  return [
    { ...all, of, condition: first?.place?.condition },
    ...values.map(({ value, place }) => ({ ...saidBy(value, asking.grant), ...place })),
  ];
}

/** What is to be said of a subject whomever it allows. */
function saidBy(subject: string, { iss }: Grant): Extent {
  return { of: `The subject is ${subject}.`, subject, meant: meantByRepository(iss, subject), byName: false };
}

/** Who signs at an address of its own is told by the subjects that are expected of it. */
function shapesOf({ grant, issuer }: Asking): Grant['shapes'] {
  if (!issuer || issuerOf(grant.iss)) return grant.shapes;
  const known = tokenShapesOf(grant.iss, issuer.exampleSubjects[0]).filter(({ isOpen }) => !isOpen);
  return known.length > 0 ? known : grant.shapes;
}

const lengthOf = (conditions: readonly Condition[]) =>
  conditions.reduce((all, { values }) => values.reduce((sum, { length }) => sum + length, all), 0);

/** What no value of many allows need not be asked of each. */
function levelsOf(reached: Reached): ReadonlySet<Level> {
  return new Set(allLevels.filter((level) => reached.find(level) !== undefined));
}

const allLevels: readonly Level[] = ['stranger', 'other project', 'by name', 'other job'];

/** @param also - a condition that holds too @param levels - those that some value allows */
function reach(
  reached: Reached,
  { grant, issuer, telling }: Asking,
  subject: string | undefined,
  also?: Condition,
  levels: ReadonlySet<Level> = new Set(allLevels),
): Extent {
  const at = (level: Level) => (levels.has(level) ? reached.find(level, also) : undefined);
  const texts = subject === undefined ? telling.flatMap(({ values }) => values) : [subject];
  const common: Extent =
    subject === undefined ? { of: saidOf(telling), subject, byName: false } : saidBy(subject, grant);
  const isPattern = texts.some(hasWildcard);
  const stranger = at('stranger');
  if (stranger) return { ...common, ...width(reached, strangeWidth(reached, isPattern, also), stranger) };
  const relative = at('other project');
  if (relative) {
    const isWild = isPattern && reached.find('other project beside workflows', also) !== undefined;
    return { ...common, ...width(reached, isWild ? 'wildcard-repository' : 'whole-owner', relative) };
  }
  const named = at('by name');
  const isPinned = named === undefined && tokenPartsOf(issuer).ids.length > 0;
  const byName = named !== undefined && ![undefined, 'server'].includes(gitHubServiceOf(grant.iss));
  const other = at('other job');
  const whole = isPinned ? 'whole-repository' : wholeOf(issuer);
  return { ...common, byName, ...(other ? ofProject(reached, other, whole, also) : {}) };
}

function width(reached: Reached, of: WidthRule, somebody: Somebody): Pick<Extent, 'width'> {
  return { width: { of, witness: reached.witnessOf(somebody) } };
}

function saidOf(telling: readonly Constraint[]): string {
  if (telling.length === 0) return 'Nothing is said of the subject.';
  return `The claim ${telling.map(({ claim, values }) => `${claim} must be ${values.join(' or ')}`).join(', ')}.`;
}

function strangeWidth(reached: Reached, isPattern: boolean, also?: Condition): WidthRule {
  if (reached.tellsWorkflows && !reached.find('stranger beside workflows', also)) return 'any-caller';
  if (reached.tellsWorkflows && !reached.find('stranger beside repositories of workflows', also))
    return 'wildcard-workflow';
  return isPattern ? 'wildcard-owner' : 'any-owner';
}

/** How much of one project is allowed. @param whole - all of it */
function ofProject(
  reached: Reached,
  other: Somebody,
  whole: WidthRule,
  also?: Condition,
): Pick<Extent, 'width' | 'pullRequest'> {
  const any = reached.find('any job', also);
  const request = whole === 'whole-repository' && any ? undefined : reached.find('any pull request', also);
  const pullRequest = request && { witness: reached.witnessOf(request) };
  if (!any) return pullRequest ? { pullRequest } : width(reached, 'open-name', other);
  const isOfBranches = reached.tellsBranches && !reached.find('any job of no branch', also);
  return { ...width(reached, isOfBranches ? 'any-branch' : whole, any), pullRequest };
}

function wholeOf(issuer: Issuer | undefined): WidthRule {
  if (issuer === kubernetes) return 'wildcard-service-account';
  return issuer === azureDevOps ? 'wildcard-connection' : 'wildcard-ref';
}

/** Who is allowed though a condition does not hold. @param now - seconds since 1970-01-01 UTC */
export const whoBeside = (grant: Grant, condition: Condition, now: number): Admitted =>
  whoIsGranted({ ...grant, deny: [...grant.deny, [condition]] }, [], now);

/** A sentence about somebody who is allowed. @param ofRef - whether the ref matters, which not every subject has */
export function exampleSentence(witness: Witness | undefined, ofRef = false): string {
  if (!witness) return 'At most: some of it could not be read.';
  const { sub = witness.claims['aws:principalarn'], repository, ref } = witness.claims;
  const subject = sub === '' ? '""' : String(sub);
  const [owner = ''] = String(repository ?? '').split('/');
  const isSaid = repository === undefined || subject.includes(owner);
  const isOfRef = !ofRef || subject.includes(String(ref)) || subject.endsWith(':pull_request');
  return `It allows ${subject}${isSaid ? '' : ` of ${repository}`}${isOfRef ? '' : ` at ${ref}`}.`;
}
