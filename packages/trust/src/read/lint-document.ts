import {
  awsAudience,
  entraAudience,
  gitHubIssuer,
  gitLabIssuer,
  issuers,
  terraformCloudIssuer,
} from '@fedbridge/issuers';
import { type Finding, finding } from '../finding.ts';
import type { JsonPath, Position } from '../json.ts';
import { lintTrustPolicy } from '../lint-aws.ts';
import { lintFederatedCredentials } from '../lint-entra.ts';
import { atAnyTime } from '../lint-width.ts';
import type { RuleId } from '../rules.ts';
import { membersOf, type TrustDocument, type Unresolved } from './trust-document.ts';
import { type Filler, filled, hidesShape, matters } from './unresolved.ts';

/** A finding with its place in the file. */
export interface PlacedFinding extends Finding {
  readonly position: Position;
}

/**
 * What is wrong with a document that was found in a file, and what of it could not be checked.
 *
 * @param now - seconds since 1970-01-01 UTC, as `lintTrustPolicy` takes it
 * @param lint - what is wrong with it wherever it stands: whoever has many that are the same may know it already
 */
export function lintTrustDocument(
  document: TrustDocument,
  now: number = atAnyTime,
  lint = findingsOf,
): readonly PlacedFinding[] {
  const { policy, duplicates, resembles } = document;
  const unresolved = document.unresolved.filter(matters);
  const placed = (one: Finding, path: JsonPath) => ({ ...one, position: document.positionOf(path) });
  if (resembles !== undefined) return [placed(finding('read/not-looked-at', '', `It looks like ${resembles}.`), [])];
  const hidden = policy ? unresolved.filter(hidesShape) : [];
  const told = byPlace(unresolved).map(([first, ...others]) => {
    const rule = hidden.includes(first) ? 'read/not-checked' : 'read/unresolved';
    const expressions = [first, ...others].map(({ expression }) => expression);
    const message = `The file does not tell what ${expressions.join(' and ')} ${others.length > 0 ? 'are' : 'is'}.`;
    return placed(finding(rule, placeOf(first.path), message), first.path);
  });
  const doubled = duplicates.map(({ path, positions }) => ({
    ...finding('read/duplicate-member', placeOf(path), `It stands at ${placesOf(positions)}.`),
    position: positions.at(-1) ?? document.positionOf(path),
  }));
  const found =
    hidden.length > 0
      ? []
      : lint(document, now).map((one) => placed(one, [...pathOf(one.where, document), ...(one.at ?? [])]));
  return [...told, ...doubled, ...found];
}

/** Their lines; the columns too where a line has several. */
function placesOf(positions: readonly Position[]): string {
  const isOnOne = new Set(positions.map(({ line }) => line)).size < positions.length;
  return positions
    .map(({ line, column }) => (isOnOne ? `line ${line}, column ${column}` : `line ${line}`))
    .join(' and ');
}

function byPlace(all: readonly Unresolved[]): readonly (readonly [Unresolved, ...Unresolved[]])[] {
  const groups = new Map<string, [Unresolved, ...Unresolved[]]>();
  for (const one of all) {
    const group = groups.get(placeOf(one.path));
    if (!group) groups.set(placeOf(one.path), [one]);
    else if (!group.some(({ expression }) => expression === one.expression)) group.push(one);
  }
  return [...groups.values()];
}

const branch = 'repo:o@1/r@2:ref:refs/heads/main';

/** Issuers with expressions that they may have: GitHub's and GitLab's have an id too. */
const expressions: readonly (readonly [issuer: string, value: string])[] = [
  [gitHubIssuer, `claims['sub'] eq '${branch}' and claims['repository_id'] eq '2'`],
  [gitLabIssuer, `claims['sub'] eq 'project_id:2:ref_type:branch:ref:main' and claims['project_id'] eq '2'`],
  ...issuers.map(({ exampleSubjects: [text] }) => [terraformCloudIssuer, `claims['sub'] eq '${text}'`] as const),
];

/** Likely and unlikely values of what is not resolved: a finding holds that holds whatever the value is. */
const fillersFor = ({ policy }: TrustDocument): readonly Filler[] => [
  ...['unresolved', 'octo@65001', '123456789012', ...issuersOfKeys(policy)].flatMap((part) =>
    [part, 'https://issuer.example.com', entraAudience.uri, awsAudience('aws'), branch].map((whole) => ({
      whole,
      part,
    })),
  ),
  // Where several members of one credential are not resolved, they are so that they go together.
  ...expressions.map(([issuer, value]) => ({
    whole: branch,
    part: 'unresolved',
    members: { issuer, audiences: entraAudience.uri, value },
  })),
];

/** The issuers of a policy's condition keys, without their scheme: a provider of which that is hidden is one of theirs. */
function issuersOfKeys(policy: object | undefined): readonly string[] {
  const keys = [membersOf(policy)?.Statement]
    .flat()
    .flatMap((one) =>
      Object.values(membersOf(membersOf(one)?.Condition) ?? {}).flatMap((of) => Object.keys(membersOf(of) ?? {})),
    );
  const issuers = keys.filter((key) => !/[⟨⟩]/.test(key)).map((key) => key.slice(0, Math.max(0, key.lastIndexOf(':'))));
  return [...new Set(issuers)].filter((one) => one.includes('.'));
}

/** What is wrong with a document, whatever is not resolved. @param now - as above */
export function findingsOf(document: TrustDocument, now: number): readonly Finding[] {
  if (!document.unresolved.some(matters)) return linted(document, now, (value) => value);
  const key = ({ rule, where }: Finding) => `${rule} ${where}`;
  const exactly = ({ where, message }: Finding) => `${where} ${message}`;
  // That no token or no cloud takes a value is said of what is resolved alone; what fits none with a likely value tells nothing of the others.
  const isNever = ({ rule }: Finding) => ofNever.includes(rule);
  const isOfValue = (one: Finding) => isNever(one) || one.rule === 'entra/malformed';
  const own = linted(document, now, (value) => value).filter((one) => !isOfValue(one) || !/[⟨⟩]/.test(one.message));
  const never = new Set(own.filter(isNever).map(exactly));
  const fillings = fillersFor(document).map((filler) => linted(document, now, (value) => filled(value, filler)));
  const likely = fillings.filter((all) => all.every((one) => !isNever(one) || never.has(exactly(one))));
  const sets = likely.map((all) => new Set(all.map(key)));
  // What a placeholder keeps from being read is read with a likely value.
  const told = new Set(own.map(key));
  const others = likely[0]?.filter((one) => !told.has(key(one))) ?? [];
  return [...own, ...others].filter((one) => sets.every((set) => set.has(key(one))));
}

const ofNever: readonly RuleId[] = ['never-matches', 'hardly-matches', 'allows-nobody', 'aws/expired'];

function linted(document: TrustDocument, now: number, fill: (value: unknown) => unknown): readonly Finding[] {
  const { policy, credentials, isMultiTenant } = document;
  if (policy) return lintTrustPolicy(fill(policy), now);
  return lintFederatedCredentials(
    credentials.map((one) => withName(fill(one), nameOf(one))),
    isMultiTenant,
  );
}

/** The name is what findings are placed by. */
function withName(credential: unknown, name: string | undefined): unknown {
  const members = membersOf(credential);
  return members && name !== undefined ? { ...members, name } : credential;
}

function nameOf(credential: unknown): string | undefined {
  const name = membersOf(credential)?.name;
  return typeof name === 'string' ? (filled(name, { whole: 'unresolved', part: 'unresolved' }) as string) : undefined;
}

/** `Statement[0].Condition`, as findings have it. */
function placeOf(path: JsonPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** Where in its file that stands which a finding, or a way in, is about. @param where - as findings have it */
export function positionOf(where: string, document: TrustDocument): Position {
  return document.positionOf(pathOf(where, document));
}

/** Where that is what a finding is about: a statement, a member of the policy, or a credential by its index or name. */
function pathOf(where: string, { policy, credentials }: TrustDocument): JsonPath {
  const [, member = '', index] = /^(\w*)(?:\[(\d+)\])?$/.exec(where) ?? [];
  if (policy) {
    const isList = Array.isArray(membersOf(policy)?.Statement);
    return index === undefined || !isList ? [member] : [member, Number(index)];
  }
  const named = credentials.findIndex((one) => nameOf(one) === where || membersOf(one)?.subject === where);
  return named < 0 ? (member === '' && index !== undefined ? [Number(index)] : []) : [named];
}
