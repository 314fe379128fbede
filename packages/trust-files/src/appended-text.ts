import { FedbridgeError } from '@fedbridge/core/error';
import { type JsonPath, rewrittenText } from '@fedbridge/trust';
import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { yamlItem } from './yaml-item.ts';

/**
 * The text of a JSON or YAML document with one more item in one of its lists. All else stays as it is written, comments included.
 *
 * @param path - of the list; in JSON also of one value, which becomes the first of two
 * @throws FedbridgeError `INPUT_INVALID` for a list of YAML that is written so that no text can be put into it
 */
export function appendedText(text: string, path: JsonPath, item: unknown): string {
  const json = jsonIn(text);
  if (json) return rewrittenText(text, withItem(json.value, path, item));
  const list = nodeAt(parseDocument(text).contents, path);
  if (!isSeq(list) || !list.range) throw notPlain(path);
  const [start] = list.range;
  const last = list.items.at(-1) as Node | undefined;
  if (list.flow && !last) return inEmptyBrackets(text, start, item);
  if (!last?.range?.[1]) throw notPlain(path);
  return list.flow ? inBrackets(text, last.range[1], item) : inLines(text, start, last.range[1], item);
}

function notPlain(path: JsonPath): FedbridgeError {
  return new FedbridgeError(
    'INPUT_INVALID',
    `${path.join('.')} is not written as a plain list, to which this could be added.`,
  );
}

/** Undefined also behind an alias, which stands for what is written elsewhere. */
function nodeAt(node: unknown, [name, ...rest]: JsonPath): unknown {
  if (name === undefined) return node;
  if (isSeq(node)) return nodeAt(node.items[Number(name)], rest);
  if (!isMap(node)) return undefined;
  return nodeAt(node.items.find(({ key }) => isScalar(key) && key.value === name)?.value, rest);
}

function jsonIn(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function withItem(value: unknown, [name, ...rest]: JsonPath, item: unknown): unknown {
  if (name === undefined) return Array.isArray(value) ? [...value, item] : [value, item];
  if (Array.isArray(value)) return value.map((one, index) => (index === name ? withItem(one, rest, item) : one));
  const members = Object.entries(value as object);
  return Object.fromEntries(members.map(([own, one]) => [own, own === name ? withItem(one, rest, item) : one]));
}

/** Of a list in brackets, in which JSON is YAML: right behind the last item, since a comment may follow, and a comma. */
function inBrackets(text: string, end: number, item: unknown): string {
  const inside = text.slice(0, end).trimEnd();
  return `${inside}, ${JSON.stringify(item)}${text.slice(inside.length)}`;
}

function inEmptyBrackets(text: string, start: number, item: unknown): string {
  return `${text.slice(0, start + 1)}${JSON.stringify(item)}${text.slice(start + 1)}`;
}

/** Of a list with an item a line: below the last one. */
function inLines(text: string, start: number, end: number, item: unknown): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const own = yamlItem(item)
    .map((line) => indent + line)
    .join(newline);
  const lineEnd = text.indexOf('\n', text.slice(0, end).trimEnd().length);
  if (lineEnd < 0) return `${text}${newline}${own}${newline}`;
  return `${text.slice(0, lineEnd + 1)}${own}${newline}${text.slice(lineEnd + 1)}`;
}
