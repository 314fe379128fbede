import type { DuplicateMember, JsonPath, Position, Source } from '@fedbridge/trust';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { usage } from './usage.ts';

/** CloudFormation takes templates of 1 MB. */
const longest = 1024 * 1024;

/** Of what anchors may grow to, in nodes. */
const most = 200_000;

/**
 * The documents of a YAML text. Tags of CloudFormation become the functions that they are short for: `!Sub` is `Fn::Sub`.
 *
 * @param what - names the text
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function yamlDocuments(text: string, what: string): readonly Source[] {
  if (text.length > longest) throw usage(`${what} has more than ${longest} characters, which is too much of YAML.`);
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: false,
    logLevel: 'silent',
    prettyErrors: false,
  });
  const all = Array.isArray(documents) ? documents : [];
  for (const { errors } of all) {
    const [error] = errors;
    if (!error) continue;
    const { line, col } = lines.linePos(error.pos[0]);
    throw usage(`${what}:${line}:${col}: ${error.message}.`);
  }
  return all.map((document) => new YamlSource(document, lines, what));
}

class YamlSource implements Source {
  readonly value: unknown;
  readonly duplicates: DuplicateMember[] = [];
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #what: string;
  readonly #places = new Map<string, number>();
  #nodes = 0;

  constructor(document: Document, lines: LineCounter, what: string) {
    this.#document = document;
    this.#lines = lines;
    this.#what = what;
    this.value = this.#read(document.contents, [], 0);
  }

  positionOf(path: JsonPath): Position | undefined {
    const offset = this.#places.get(JSON.stringify(path));
    return offset === undefined ? undefined : this.#positionAt(offset);
  }

  #read(node: unknown, path: JsonPath, start: number): unknown {
    this.#nodes += 1;
    if (this.#nodes > most || path.length > 100)
      throw usage(`${this.#what} has more than ${most} parts, or is nested deeper than 100 levels.`);
    if (isAlias(node)) return this.#read(node.resolve(this.#document), path, start);
    this.#places.set(JSON.stringify(path), start);
    const value = this.#untagged(node, path);
    const [name] = functionOf((node as Node | null)?.tag) ?? [];
    if (name === undefined) return value;
    return { [name]: value };
  }

  #untagged(node: unknown, path: JsonPath): unknown {
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item, index) => this.#read(item, [...path, index], offsetOf(item)));
    if (!isMap(node)) return null;
    const members = new Map<string, unknown>();
    const offsets = new Map<string, number[]>();
    for (const { key, value } of node.items) {
      const name = String(isScalar(key) ? key.value : key);
      offsets.set(name, [...(offsets.get(name) ?? []), offsetOf(key)]);
      members.set(name, this.#read(value, [...path, name], offsetOf(key)));
    }
    for (const [name, all] of offsets)
      if (all.length > 1)
        this.duplicates.push({ path: [...path, name], positions: all.map((at) => this.#positionAt(at)) });
    return Object.fromEntries(members);
  }

  #positionAt(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }
}

function offsetOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

/** Source: AWS CloudFormation Template Reference, "Intrinsic functions", short form. */
function functionOf(tag: string | undefined): readonly [string] | undefined {
  const [, name] = /^!(\w+)$/.exec(tag ?? '') ?? [];
  if (name === undefined) return undefined;
  return name === 'Ref' || name === 'Condition' ? [name] : [`Fn::${name}`];
}
