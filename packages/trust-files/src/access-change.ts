import type { FedbridgeError } from '@fedbridge/core/error';
import {
  type Admitted,
  exampleIn,
  farthest,
  type Grant,
  isUnbounded,
  type Mine,
  reachesOthers,
  textOfJson,
  titleOf,
  whoIsNew,
  whomOf,
} from '@fedbridge/trust';
import { attempt, type DocumentInFile, grantsIn } from './document-in-file.ts';
import { mostRows, textInMarkdown } from './markdown.ts';

/** Somebody who is allowed by one state of a document and not by the other. */
export interface ChangedAccess extends DocumentInFile {
  /** Which document it is, of several: its file and address. */
  readonly place: string;
  readonly admitted: Admitted;
}

/** A document that cannot be compared, and why. */
export interface NotCompared extends DocumentInFile {
  readonly error: FedbridgeError;
}

/** What a change of documents does to who is allowed. */
export interface AccessChange {
  readonly gained: readonly ChangedAccess[];
  readonly lost: readonly ChangedAccess[];
  readonly notCompared: readonly NotCompared[];
}

/** All documents as they are at one time, or at one commit. */
export interface DocumentState {
  readonly documents: readonly DocumentInFile[];
  /** What a document is called in every state: by its file and address without. */
  readonly placeOf?: (one: DocumentInFile) => string;
}

/** How two states are compared. */
export interface CompareOptions {
  readonly mine: readonly Mine[];
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
  /** Is called before each document: it may throw, where there is no time for more. */
  readonly onward?: () => void;
}

/**
 * Who is allowed by new documents and was not by old ones, and the other way round. Documents of the same file and address are states of
 * one: one that moves is as good as new where it comes to, since that may be another role.
 */
export function accessChange(
  old: DocumentState,
  fresh: DocumentState,
  { mine, now, onward }: CompareOptions,
): AccessChange {
  const before = byPlace(old);
  const after = byPlace(fresh);
  const pairs = [...new Set([...before.keys(), ...after.keys()])].map((key) => ({
    place: key.slice(0, key.lastIndexOf(separator)),
    was: before.get(key),
    is: after.get(key),
  }));
  const changed = pairs.filter(({ was, is }) => !was || !is || !areSame(contentOf(was), contentOf(is)));
  const [gained, lost, notCompared]: [ChangedAccess[], ChangedAccess[], NotCompared[]] = [[], [], []];
  for (const { place, was, is } of changed) {
    onward?.();
    const [from, to] = [was, is].map((one) => one && attempt(() => grantsIn(one, now)));
    for (const [one, { error } = {}] of [[is, to] as const, [was, from] as const])
      if (one && error) notCompared.push({ ...one, error });
    if (from?.error || to?.error) continue;
    const isNew = (one: DocumentInFile | undefined, some: readonly Grant[] = [], others: readonly Grant[] = []) =>
      one ? whoIsNew(others, some, mine, now).map((admitted) => ({ ...one, place, admitted })) : [];
    gained.push(...isNew(is, to?.result, from?.result));
    lost.push(...isNew(was, from?.result, to?.result));
  }
  return { gained, lost, notCompared };
}

/** Whether others are allowed than those that a user named; without any, whether anybody is. */
export function isBeyond(all: readonly Admitted[], mine: readonly Mine[]): boolean {
  const reach = farthest(all);
  return isUnbounded(reach) || (reachesOthers(reach) && mine.length > 0);
}

/** A change as Markdown, for a comment on a review. */
export function changeInMarkdown(change: AccessChange): string {
  const { gained, lost, notCompared } = change;
  const headings = headingsOf(change);
  const unread = notCompared.slice(0, mostRows).map(({ error }) => `- ${textInMarkdown(error.message)}`);
  return [
    `**${headings.gained}**`,
    ...table(gained),
    '',
    `**${headings.lost}**`,
    ...table(lost),
    ...(unread.length === 0 ? [] : ['', '**Not compared**', '', ...unread]),
  ].join('\n');
}

/** What is said of both sides of a change: of what could not be compared nothing is known. */
export function headingsOf({ gained, lost, notCompared }: AccessChange): { gained: string; lost: string } {
  const nobody = notCompared.length === 0 ? 'Nobody is' : 'Of what could be compared, nobody is';
  return {
    gained: gained.length === 0 ? `${nobody} newly allowed.` : 'Newly allowed',
    lost: lost.length === 0 ? `${nobody} denied who was allowed.` : 'No longer allowed',
  };
}

const separator = '\n';

/** Its file, as it is called in every state, and its address. */
export const placeBy =
  (nameOf: (file: string) => string) =>
  ({ file, document }: DocumentInFile) =>
    [nameOf(file), document.address].filter(Boolean).join(' ');

/** A file may have several of one address: each is compared with the one at its place among them. */
function byPlace({ documents, placeOf = placeBy((file) => file) }: DocumentState): ReadonlyMap<string, DocumentInFile> {
  const counts = new Map<string, number>();
  return new Map(
    documents.map((one) => {
      const place = placeOf(one);
      const count = counts.get(place) ?? 0;
      counts.set(place, count + 1);
      return [`${place}${separator}${count}`, one];
    }),
  );
}

const areSame = (one: string | undefined, other: string | undefined) => one !== undefined && one === other;

/** What decides who is allowed; undefined where it is not known. */
function contentOf({ document }: DocumentInFile): string | undefined {
  const { policy, credentials, unresolved, duplicates, isMultiTenant, origin = () => '' } = document;
  const doubled = duplicates.map(({ path }) => path);
  const written = unresolved.length === 0 ? '' : origin();
  const text = textOfJson([policy, credentials, unresolved, doubled, isMultiTenant]);
  return text === undefined || written === undefined ? undefined : `${text}\n${written}`;
}

function table(all: readonly ChangedAccess[]): readonly string[] {
  if (all.length === 0) return [];
  const rows = all
    .slice(0, mostRows)
    .map(({ place, admitted }) =>
      [
        [place, admitted.where].filter(Boolean).join(' '),
        titleOf(admitted.issuer),
        whomOf(admitted),
        exampleIn(admitted) ?? '',
      ]
        .map(textInMarkdown)
        .join(' | '),
    );
  const more = all.length > mostRows ? ['', `And ${all.length - mostRows} more.`] : [];
  return [
    '',
    '| Where | Issuer | Who | For example |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
    ...more,
  ];
}
