import { inertJson } from '@fedbridge/core';

/** What a text has instead of numbers that JavaScript would write otherwise: `1.0`, or an id of twenty digits. */
export interface ExactNumbers {
  readonly text: string;
  /** A value made of parts of the text, as inert JSON, with the numbers as they were written. */
  print(value: unknown, indent: number): string;
}

/** JSON whose numbers come through unchanged, since what was not migrated is not to be changed. */
export function exactNumbers(json: string): ExactNumbers {
  let mark = 'exact number ';
  while (json.includes(mark)) mark += '!';
  const text = json.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') || String(Number(token)) === token || !isNumber(token) ? token : `"${mark}${token}"`,
  );
  const marked = new RegExp(`"${mark}(-?\\d[\\d.eE+-]*)"`, 'g');
  return { text, print: (value, indent) => inertJson(value, indent).replace(marked, '$1') };
}

const isNumber = (text: string) => /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
