/** In characters: a browser takes seconds to lay out more than this in one field. */
export const longestShown = 400_000;

/** As much of a text as is shown of one that is too long. */
const mostCharacters = 20_000;

/** A part of a text that begins with a line, from 1. */
export interface Excerpt {
  readonly text: string;
  readonly firstLine: number;
  /** Whether it is all of the text. */
  readonly isWhole: boolean;
}

/** All of a text, or of a long one what stands at a place. */
export function excerptOf(text: string, line: number, column: number): Excerpt {
  if (text.length <= longestShown) return { text, firstLine: 1, isWhole: true };
  const firstLine = Math.max(1, line - 3);
  const start = offsetOf(text, firstLine);
  // Of a line that is long itself what stands there.
  const at = offsetOf(text, line) + column - 1;
  const from = at - start > mostCharacters / 2 ? Math.max(start, at - 200) : start;
  return {
    text: text.slice(from, from + mostCharacters),
    firstLine: from === start ? firstLine : line,
    isWhole: false,
  };
}

/** How many lines a text has: an empty one has one. */
export function linesIn(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** Where a line begins, from 1. */
export function offsetOf(text: string, line: number): number {
  let offset = 0;
  for (let at = 1; at < line; at += 1) {
    const end = text.indexOf('\n', offset);
    if (end < 0) return offset;
    offset = end + 1;
  }
  return offset;
}
