/**
 * The text of a JSON document with another value: what is the same in both stays as it is written, blanks and escapes and numbers included,
 * and what is new is laid out as what stands around it.
 *
 * @param text - JSON, which was read as such
 */
export function rewrittenText(text: string, value: unknown): string {
  const { node } = readValue(text, /\S/.exec(text)?.index ?? 0);
  const layout = { text, newline: text.includes('\r\n') ? '\r\n' : '\n', unit: unitOf(text) };
  return text.slice(0, node.start) + written(value, node, '', layout) + text.slice(node.end);
}

/** A value in a text, with where it stands. */
interface Node {
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
  /** Of an object, of which no two have one name; of a list by their index. */
  readonly children?: ReadonlyMap<string, Node> | undefined;
}

interface Layout {
  readonly text: string;
  readonly newline: string;
  /** One level of indentation. */
  readonly unit: string;
}

function written(value: unknown, node: Node | undefined, indent: string, layout: Layout): string {
  if (node && isSame(node.value, value)) return layout.text.slice(node.start, node.end);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const [open = '', close = ''] = Array.isArray(value) ? '[]' : '{}';
  const like = node && layout.text[node.start] === open ? node : undefined;
  const before = like && layout.text.slice(like.start, like.end);
  // Elements that begin behind the bracket, [{, are no further in.
  const isTight = before !== undefined && /^\[[^\S\n]*[[{]/.test(before) && before.includes('\n');
  const inner = isTight ? indent : indent + layout.unit;
  const parts = Array.isArray(value)
    ? value.map((item, index) => written(item, elementOf(like, item, index), inner, layout))
    : Object.entries(value).map(
        ([name, member]) => `${JSON.stringify(name)}: ${written(member, like?.children?.get(name), inner, layout)}`,
      );
  if (parts.length === 0) return `${open}${close}`;
  if (isTight) return `[${parts.join(', ')}]`;
  const isOnOneLine = before === undefined ? isListOfTexts(value) : !before.includes('\n');
  if (isOnOneLine && !parts.some((part) => part.includes('\n'))) {
    const gap = before !== undefined && /^.\s/.test(before) ? ' ' : '';
    return `${open}${gap}${parts.join(', ')}${gap}${close}`;
  }
  const lines = parts.map((part) => inner + part).join(`,${layout.newline}`);
  return `${open}${layout.newline}${lines}${layout.newline}${indent}${close}`;
}

const isListOfTexts = (value: unknown) =>
  Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);

/** The one that is the same, wherever it stands now; else the one in its place. */
function elementOf(node: Node | undefined, item: unknown, index: number): Node | undefined {
  const all = [...(node?.children?.values() ?? [])];
  return all.find((one) => isSame(one.value, item)) ?? all[index];
}

/** Whether two values are the same, the order of members included. */
const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** What the first line within a value has more than none; two blanks where there is none. */
const unitOf = (text: string) => /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';

function readValue(text: string, start: number): { readonly node: Node; readonly next: number } {
  const first = text[start] ?? '';
  if (first !== '{' && first !== '[') {
    const end = first === '"' ? endOfText(text, start) : endOfWord(text, start);
    return { node: { start, end, value: JSON.parse(text.slice(start, end)) }, next: end };
  }
  const children = new Map<string, Node>();
  let isDoubled = false;
  let at = afterBlanks(text, start + 1);
  for (let index = 0; text[at] !== '}' && text[at] !== ']'; index += 1) {
    let name = String(index);
    if (first === '{') {
      const end = endOfText(text, at);
      name = JSON.parse(text.slice(at, end));
      at = afterBlanks(text, afterBlanks(text, end) + 1);
    }
    const { node, next } = readValue(text, at);
    isDoubled ||= children.has(name);
    children.set(name, node);
    at = afterBlanks(text, next);
    if (text[at] === ',') at = afterBlanks(text, at + 1);
  }
  const end = at + 1;
  // Of members of one name none is what the value has.
  const value = isDoubled ? undefined : JSON.parse(text.slice(start, end));
  return { node: { start, end, value, children: isDoubled ? undefined : children }, next: end };
}

function endOfWord(text: string, start: number): number {
  let at = start;
  while (/[\w.+-]/.test(text[at] ?? '')) at += 1;
  return at;
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (' \t\r\n'.includes(text[at] ?? '-')) at += 1;
  return at;
}

/** Where the text that begins at a quote ends. */
function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
