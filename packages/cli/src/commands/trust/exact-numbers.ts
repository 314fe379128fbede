import { inertJson } from '@fedbridge/core';
import { numberMark } from '@fedbridge/trust';

/**
 * The value of a JSON text, in which numbers that JavaScript would write otherwise, `1.0` or an id of twenty digits, are marked texts: what
 * a command does not change comes through as it was written.
 */
export function withExactNumbers(json: string): unknown {
  if (json.includes(numberMark)) return JSON.parse(json);
  const token = /"|-?\d[\d.eE+-]*/g;
  const parts: string[] = [];
  let done = 0;
  for (let found = token.exec(json); found; found = token.exec(json)) {
    const [text] = found;
    if (text === '"') token.lastIndex = endOfText(json, found.index);
    else if (String(Number(text)) !== text && isNumber(text)) {
      parts.push(json.slice(done, found.index), `"${numberMark}${text}"`);
      done = token.lastIndex;
    }
  }
  return JSON.parse(parts.join('') + json.slice(done));
}

/** Where the text that begins at a quote ends; the end of all where nothing ends it. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let first = end;
    while (json[first - 1] === '\\') first -= 1;
    if ((end - first) % 2 === 0) return end + 1;
  }
  return json.length;
}

/** A value with marked texts as inert JSON, with the numbers that they stand for. */
export function printExactly(value: unknown, indent: number): string {
  return inertJson(value, indent).replace(marked, '$1');
}

const marked = new RegExp(`"${numberMark}(-?\\d[\\d.eE+-]*)"`, 'g');
const isNumber = (text: string) => /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
