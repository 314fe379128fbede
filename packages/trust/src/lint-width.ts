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
import type { Witness } from './who/admitted.ts';
import { mostWork, TooMuchWork } from './who/alphabet.ts';
import { Reached } from './who/reached.ts';
import type { Grant } from './who/who.ts';
import type { Level, Somebody } from './who/width.ts';
import { hasWildcard } from './wildcard.ts';

/** What is too wide, whatever cloud trusts it: the second half of a rule's name. */
export type Width =
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
export interface Reach {
  /** What it is of, a sentence: a subject, or the claims in its place. */
  readonly of: string;
  /** The condition on the subject, and which of its values. */
  readonly condition?: Condition | undefined;
  readonly value?: number | undefined;
  /** The subject's pattern; undefined where other claims stand in its place. */
  readonly subject: string | undefined;
  readonly width?: { readonly of: Width; readonly witness: Witness | undefined } | undefined;
  /** Pull requests that are allowed. */
  readonly pullRequest?: { readonly witness: Witness | undefined } | undefined;
  /** The subject that is likely meant, where this one is only of a template that few have. */
  readonly meant?: string | undefined;
  /** Whether what tells one repository from another can be given to somebody else. */
  readonly byName: boolean;
}

/** Widths within one project. */
export const relatives: readonly Width[] = [
  ...(['whole-repository', 'wildcard-ref', 'any-branch', 'open-name'] as const),
  ...(['wildcard-connection', 'wildcard-service-account'] as const),
];

/** In letters: no cloud takes a document as long. */
const longest = 16_384;

/** Of lint no clock is needed: whoever is allowed at any time is allowed. */
export const atAnyTime = 0;

/** What may still be done for a document: whoever writes one could make it cost as much as he likes. */
export interface WorkLeft {
  left: number;
}

/** As much as one question of `who` may cost. */
export const workOfDocument = (): WorkLeft => ({ left: mostWork });

/** What is asked about: one way in, its issuer, and what it demands of claims that tell who it is. */
export interface Asking {
  /** Of the whole document. */
  readonly work: WorkLeft;
  readonly grant: Grant;
  /** By its URL, or by its subjects. */
  readonly issuer: Issuer | undefined;
  readonly telling: readonly Constraint[];
}

/**
 * How far a way in reaches, for each value of the subject, or once where nothing is said of it; empty where nobody is allowed.
 *
 * @throws TooMuchWork
 */
export function reachesOf(asking: Asking): readonly Reach[] {
  const { grant, issuer, work } = asking;
  if (work.left <= 0 || lengthOf([...grant.allow, ...grant.deny.flat()]) > longest) throw new TooMuchWork();
  const given = { now: atAnyTime, most: work.left };
  const reached = new Reached({ ...grant, shapes: shapesOf(asking) }, tokenPartsOf(issuer), given);
  try {
    return reached.isOfNobody ? [] : reachesBy(reached, asking);
  } finally {
    work.left -= given.most - Math.max(0, reached.left);
  }
}

function reachesBy(reached: Reached, asking: Asking): readonly Reach[] {
  const subjects = asking.telling.filter(({ claim }) => claim === 'sub');
  const values = subjects.flatMap(({ values, condition, written = values }) =>
    values.map((value, index) => ({
      value,
      also: condition && { ...condition, values: [written[index] ?? value] },
      place: condition && { condition, value: condition.values.indexOf(written[index] ?? value) },
    })),
  );
  const [first] = values;
  if (!first) return [{ ...reach(reached, asking, undefined), condition: asking.telling[0]?.condition }];
  if (values.length === 1) return [{ ...reach(reached, asking, first.value), ...first.place }];
  const levels = levelsOf(reached);
  return values.map(({ value, also, place }) => ({ ...reach(reached, asking, value, also, levels), ...place }));
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
): Reach {
  const at = (level: Level) => (levels.has(level) ? reached.find(level, also) : undefined);
  const texts = subject === undefined ? telling.flatMap(({ values }) => values) : [subject];
  const of = subject === undefined ? saidOf(telling) : `The subject is ${subject}.`;
  const meant = subject === undefined ? undefined : meantByRepository(grant.iss, subject);
  const common = { of, subject, meant, byName: false };
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

function width(reached: Reached, of: Width, somebody: Somebody): Pick<Reach, 'width'> {
  return { width: { of, witness: reached.witnessOf(somebody) } };
}

function saidOf(telling: readonly Constraint[]): string {
  if (telling.length === 0) return 'Nothing is said of the subject.';
  return `The claim ${telling.map(({ claim, values }) => `${claim} must be ${values.join(' or ')}`).join(', ')}.`;
}

function strangeWidth(reached: Reached, isPattern: boolean, also?: Condition): Width {
  if (reached.tellsWorkflows && !reached.find('stranger beside workflows', also)) return 'any-caller';
  if (reached.tellsWorkflows && !reached.find('stranger beside repositories of workflows', also))
    return 'wildcard-workflow';
  return isPattern ? 'wildcard-owner' : 'any-owner';
}

/** How much of one project is allowed. @param whole - all of it */
function ofProject(
  reached: Reached,
  other: Somebody,
  whole: Width,
  also?: Condition,
): Pick<Reach, 'width' | 'pullRequest'> {
  const any = reached.find('any job', also);
  const request = whole === 'whole-repository' && any ? undefined : reached.find('any pull request', also);
  const pullRequest = request && { witness: reached.witnessOf(request) };
  if (!any) return pullRequest ? { pullRequest } : width(reached, 'open-name', other);
  const isOfBranches = reached.tellsBranches && !reached.find('any job of no branch', also);
  return { ...width(reached, isOfBranches ? 'any-branch' : whole, any), pullRequest };
}

function wholeOf(issuer: Issuer | undefined): Width {
  if (issuer === kubernetes) return 'wildcard-service-account';
  return issuer === azureDevOps ? 'wildcard-connection' : 'wildcard-ref';
}

/** A sentence about somebody who is allowed. @param ofRef - whether the ref matters, which not every subject has */
export function exampleIn(witness: Witness | undefined, ofRef = false): string {
  if (!witness) return 'At most: some of it could not be read.';
  const { sub = witness.claims['aws:principalarn'], repository, ref } = witness.claims;
  const subject = String(sub);
  const [owner = ''] = String(repository ?? '').split('/');
  const isSaid = repository === undefined || subject.includes(owner);
  const isOfRef = !ofRef || subject.includes(String(ref)) || subject.endsWith(':pull_request');
  return `It allows ${subject}${isSaid ? '' : ` of ${repository}`}${isOfRef ? '' : ` at ${ref}`}.`;
}
