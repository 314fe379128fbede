import type { JsonPath } from '../json.ts';
import { membersOf } from './trust-document.ts';

/** A value with something else in the place of each text in it, names of members apart. */
export function withTexts(value: unknown, put: (text: string, path: JsonPath) => string, path: JsonPath = []): unknown {
  if (typeof value === 'string') return put(value, path);
  if (Array.isArray(value)) return value.map((one, index) => withTexts(one, put, [...path, index]));
  const members = membersOf(value);
  if (!members) return value;
  return Object.fromEntries(Object.entries(members).map(([name, one]) => [name, withTexts(one, put, [...path, name])]));
}
