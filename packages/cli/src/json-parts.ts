import { inertJson } from '@fedbridge/core';

/** What is deeper is small, and written at once. */
const deepest = 4;

/** Of a part, in characters: a large answer is written in as few as that allows. */
const enough = 64 * 1024;

/**
 * What `inertJson` makes of a value, in parts that are made one after the other: of the audit of a large account all of it would be
 * in memory several times over.
 *
 * @param indent - spaces, or none
 */
export function* jsonParts(value: unknown, indent: number): Generator<string> {
  let part = '';
  for (const piece of piecesOf(value, indent, 0)) {
    part += piece;
    if (part.length < enough) continue;
    yield part;
    part = '';
  }
  yield part;
}

function* piecesOf(value: unknown, indent: number, depth: number): Generator<string> {
  const isList = Array.isArray(value);
  const members = depth < deepest && isPlain(value) ? membersOf(value) : [];
  if (members.length === 0) {
    yield inertJson(value, indent).replaceAll('\n', lineAt(depth, indent));
    return;
  }
  yield isList ? '[' : '{';
  for (const [index, [name, member]] of members.entries()) {
    yield `${index === 0 ? '' : ','}${lineAt(depth + 1, indent)}`;
    if (!isList) yield `${inertJson(name)}:${indent > 0 ? ' ' : ''}`;
    yield* piecesOf(member, indent, depth + 1);
  }
  yield `${lineAt(depth, indent)}${isList ? ']' : '}'}`;
}

const lineAt = (depth: number, indent: number) => (indent > 0 ? `\n${' '.repeat(depth * indent)}` : '');

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !('toJSON' in value);

/** As JSON has them: what is undefined is nothing in an object, and null in a list. */
function membersOf(value: object): readonly (readonly [name: string, member: unknown])[] {
  if (Array.isArray(value)) return value.map((one: unknown) => ['', one === undefined ? null : one] as const);
  return Object.entries(value).filter(([, one]) => one !== undefined);
}
