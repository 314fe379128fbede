import { invalid, parsePairs } from '@fedbridge/core';

/** A tag of a role session. Source: IAM User Guide, "Pass session tags in AWS STS". */
export interface SessionTag {
  readonly key: string;
  readonly value: string;
  /** Whether it is left out where AWS finds the tags too large. */
  readonly isOptional?: boolean;
}

/** AWS's own limit on the tags of a session. */
export const mostTags = 50;
const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Tags as `key = value` lines, or as a JSON object of texts, numbers, `true` and `false`. A number is as it is written, else refused.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function parseSessionTags(text: string): readonly SessionTag[] {
  const tags = (text.startsWith('{') ? jsonEntries(text) : [...parsePairs(text)]).map(([key, value]) => ({
    key,
    value,
  }));
  if (tags.length > mostTags) throw invalid(`expected at most ${mostTags} tags.`);
  for (const { key, value } of tags) {
    if (
      key === '' ||
      key.length > 128 ||
      value.length > 256 ||
      !allowed.test(key) ||
      !allowed.test(value) ||
      /^aws:/i.test(key)
    ) {
      throw invalid(
        `the tag "${key}" must have a key of 1 to 128 and a value of at most 256 letters, digits, spaces or _.:/=+-@.`,
      );
    }
  }
  const twice = tags.find(({ key }, index) => tags.slice(0, index).some((other) => isSameKey(other.key, key)));
  if (twice)
    throw invalid(`the key "${twice.key}" comes twice: AWS does not tell capitals from small letters in keys.`);
  return tags;
}

/** Whether AWS takes two keys of tags for one. */
export function isSameKey(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Tags that say which job it was, made valid: what is not allowed becomes `_`, what is too long is cut. */
export function auditTags(facts: Readonly<Record<string, string>>): readonly SessionTag[] {
  return Object.entries(facts)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => {
      const valid = value.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_');
      // Half of a character that takes two places is none.
      return { key, value: valid.slice(0, 256).replace(/[\uD800-\uDBFF]$/, '') };
    });
}

function jsonEntries(text: string): [string, string][] {
  let entries: [string, unknown][];
  try {
    entries = Object.entries(JSON.parse(text) as object);
  } catch {
    throw invalid('expected "key = value" lines or a JSON object.');
  }
  const texts = entries.map(([key, value]): [string, string] => {
    if (['string', 'number', 'boolean'].includes(typeof value)) return [key, String(value)];
    throw invalid(`the value of "${key}" is not a text, a number, true or false.`);
  });
  const members = membersIn(text);
  const keys = members.map(({ key }) => key);
  const twice = keys.find((key, index) => keys.indexOf(key) < index);
  if (twice !== undefined) throw invalid(`the key "${twice}" comes twice.`);
  const changed = members.find(({ number }) => number !== undefined && String(Number(number)) !== number);
  if (changed)
    throw invalid(
      `the number ${changed.number} of "${changed.key}" would become ${Number(changed.number)}: write it in quotes.`,
    );
  return texts;
}

/** Members in some JSON as they are written: its parser keeps the last of a key alone, and of a number the nearest that it has. */
function membersIn(json: string): readonly { readonly key: string; readonly number: string | undefined }[] {
  const texts = json.matchAll(/("(?:[^"\\]|\\.)*")\s*(:)?\s*(-?\d[^\s,}]*)?/g);
  return [...texts].flatMap(([, key = '', colon, number]) =>
    colon ? [{ key: JSON.parse(key) as string, number }] : [],
  );
}
