import type { SubjectParts } from './issuer.ts';

/** A subject of names and values between colons, `organization:acme:pipeline:web`, in its order. */
export type KeyValueSubject = readonly (readonly [key: string, value: string])[];

/** How the values of a subject are read: the keys that may stand in it, and the one that it begins with. */
export interface KeyValueForm {
  readonly first: string;
  isKey(key: string): boolean;
}

/** @returns undefined where a name is unknown or stands twice, a value is missing, or another key comes first */
export function parseKeyValues(subject: string, { first, isKey }: KeyValueForm): KeyValueSubject | undefined {
  const texts = subject.split(':');
  if (texts[0] !== first || texts.length % 2 !== 0) return undefined;
  const pairs: [string, string][] = [];
  for (let index = 0; index < texts.length; index += 2) {
    const [key = '', value = ''] = [texts[index], texts[index + 1]];
    if (!isKey(key) || pairs.some(([one]) => one === key)) return undefined;
    pairs.push([key, value]);
  }
  return pairs;
}

/** The text of a subject: what `parseKeyValues` reads as the same. */
export function formatKeyValues(subject: KeyValueSubject): string {
  return subject.flat().join(':');
}

/** `organization:<owner>:pipeline:<project>:<rest>`; a pattern may end anywhere. */
export function keyValueParts(subject: string, owner: string, project: string): SubjectParts | undefined {
  if (!subject.startsWith(`${owner}:`)) return undefined;
  const [, first, key, second, ...rest] = subject.split(':');
  // What does not go on as the form does, a wildcard above all, is part of what stands before it.
  if (key !== project)
    return { owner: key === undefined ? first : `${first}:${key}`, project: undefined, job: undefined };
  return { owner: first, project: second, job: rest.length === 0 ? undefined : rest.join(':') };
}
