import { invalid, parsePairs } from '@fedbridge/core';

/** A tag of a role session. Source: IAM User Guide, "Pass session tags in AWS STS". */
export interface SessionTag {
  readonly key: string;
  readonly value: string;
}

const mostTags = 50;
const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Tags as `key = value` lines, or as a JSON object of texts.
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
  return tags;
}

/** Tags that say which job it was, made valid: what is not allowed becomes `_`, what is too long is cut. */
export function auditTags(facts: Readonly<Record<string, string>>): readonly SessionTag[] {
  return Object.entries(facts)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => ({ key, value: value.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_').slice(0, 256) }));
}

function jsonEntries(text: string): [string, string][] {
  let entries: [string, unknown][];
  try {
    entries = Object.entries(JSON.parse(text) as object);
  } catch {
    throw invalid('expected "key = value" lines or a JSON object.');
  }
  return entries.map(([key, value]) => {
    if (typeof value === 'string') return [key, value];
    throw invalid(`the value of "${key}" is not a text.`);
  });
}
