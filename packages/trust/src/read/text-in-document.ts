import { JsonDocument, JsonSyntaxError } from '../json.ts';
import { resembledByText } from './resemblance.ts';
import type { Part, Source } from './trust-document.ts';

/** Whether something in a value is worth to be looked for: it is a text, and long enough, with a word of a document or with escapes. */
export function mayHoldDocument(value: unknown): value is string {
  return typeof value === 'string' && value.length > shortest && words.test(value);
}

/** No document is shorter. */
const shortest = 30;

const words = /princip|audience|assume|claims_?matching|\\[uUx]|%[\da-f]{2}/i;

/** Beyond any use: a text in a text in a text. */
const mostLevels = 5;

/** The documents, of JSON or of whatever language the reader knows, that a text is; undefined where it is none. */
export function sourcesIn(text: string, { readText, level = 0 }: Part): readonly Source[] | undefined {
  if (level >= mostLevels) return undefined;
  const json = jsonIn(text) ?? jsonIn(unescaped(text));
  if (json) return json;
  return resembledByText(text) ? readText?.(text) : undefined;
}

function jsonIn(text: string): readonly Source[] | undefined {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  try {
    return JsonDocument.parseAll(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

/** Without the escapes of a URL [RFC 3986]; empty where there are none. */
function unescaped(text: string): string {
  if (!/%[\da-f]{2}/i.test(text)) return '';
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
