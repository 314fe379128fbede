import { inertJson } from '@fedbridge/core';

/**
 * The value of a JSON text, in which numbers that JavaScript would write otherwise, `1.0` or an id of twenty digits, are marked texts: what
 * a command does not change comes through as it was written.
 */
export function withExactNumbers(json: string): unknown {
  if (json.includes(mark)) return JSON.parse(json);
  const marked = json.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') || String(Number(token)) === token || !isNumber(token) ? token : `"${mark}${token}"`,
  );
  return JSON.parse(marked);
}

/** A value with marked texts as inert JSON, with the numbers that they stand for. */
export function printExactly(value: unknown, indent: number): string {
  return inertJson(value, indent).replace(marked, '$1');
}

/** Of private use: no document has it. */
const mark = '\uE000number ';
const marked = new RegExp(`"${mark}(-?\\d[\\d.eE+-]*)"`, 'g');
const isNumber = (text: string) => /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
