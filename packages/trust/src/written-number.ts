import { membersOf } from './read/trust-document.ts';

/**
 * Stands before a number in a text that keeps it as it was written, `1.0` or an id of twenty digits, where whoever read the document will
 * print it again. Of private use: no document has it.
 */
export const numberMark = '\uE000number ';

/** A value with what such texts mean to all else that reads JSON. */
export function withMeantNumbers(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(numberMark) ? Number(value.slice(numberMark.length)) : value;
  if (Array.isArray(value)) return value.map(withMeantNumbers);
  const members = membersOf(value);
  if (!members) return value;
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, withMeantNumbers(member)]));
}
