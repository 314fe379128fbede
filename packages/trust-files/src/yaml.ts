import { FedbridgeError, invalid } from '@fedbridge/core/error';
import type { DuplicateMember, JsonPath, Position, Source, TextReader } from '@fedbridge/trust';
import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Parser,
} from 'yaml';
import { FileError } from './text-file.ts';

/** Characters. CloudFormation takes templates of 1 MB. Anchors make no more of it either. */
const longest = 1024 * 1024;

/** Of what anchors may grow to, in nodes. */
const mostNodes = 200_000;

/** Levels. */
const deepest = 100;

/**
 * The documents of a YAML text. Tags of CloudFormation become the functions that they are short for: `!Sub` is `Fn::Sub`.
 *
 * @param what - names the text
 * @param most - nodes that its anchors may grow to
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function yamlDocuments(text: string, what: string, most = mostNodes): readonly Source[] {
  if (text.length > longest) throw invalid(`${what} has more than ${longest} characters, which is too much of YAML.`);
  const lines = new LineCounter();
  const fail = (offset: number, why: string): never => {
    const { line, col } = lines.linePos(offset);
    throw new FileError(what, { line, column: col }, why);
  };
  // Whatever version a document says that it is of.
  const composer = new Composer({ schema: 'core', uniqueKeys: false, logLevel: 'silent', prettyErrors: false });
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  for (const token of tokens) {
    const tooDeep = tokenDeeperThan(deepest, token);
    if (tooDeep) fail(tooDeep.offset, `it is nested deeper than ${deepest} levels`);
  }
  const documents = [...composer.compose(tokens)];
  for (const { errors } of documents) {
    const [error] = errors;
    if (error) fail(error.pos[0], error.message);
  }
  return documents.map((document) => new YamlSource(document, lines, fail, most));
}

/** Of texts in one file, together: each may be as bad as a file is. */
const mostTexts = 20;
const mostNodesInText = 20_000;

/** Reads texts of a file that are YAML; undefined where one is none, or where it is too much. */
export function yamlTexts(what: string): TextReader {
  let [texts, left] = [mostTexts, longest];
  return (text) => {
    texts -= 1;
    left -= text.length;
    if (texts < 0 || left < 0) return undefined;
    try {
      return yamlDocuments(text, what, mostNodesInText);
    } catch (error) {
      if (error instanceof FedbridgeError) return undefined;
      throw error;
    }
  };
}

/** What is nested deeper. The composer calls itself at each level, and what is deep enough ends the process. */
function tokenDeeperThan(limit: number, token: CST.Token): CST.Token | undefined {
  const open: { readonly token: CST.Token; readonly depth: number }[] = [{ token, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { token: outer, depth } = next;
    if (depth > limit) return outer;
    const inner = outer.type === 'document' ? [outer.value] : 'items' in outer ? outer.items.flatMap(partsOf) : [];
    for (const one of inner) if (one) open.push({ token: one, depth: depth + 1 });
  }
  return undefined;
}

const partsOf = ({ key, value }: CST.CollectionItem) => [key, value];

/** Where a part of a document begins, and its own parts. */
interface Place {
  readonly offset: number;
  readonly within: Map<string | number, Place>;
  /** Of members that stand there more than once. */
  readonly repeated: Map<string, readonly Position[]>;
}

const placeAt = (offset: number): Place => ({ offset, within: new Map(), repeated: new Map() });

class YamlSource implements Source {
  readonly value: unknown;
  readonly #most: number;
  readonly #lines: LineCounter;
  readonly #fail: (offset: number, why: string) => never;
  readonly #place: Place;
  /** As far as it was read: an alias stands for the last that has its name before it. */
  readonly #anchors = new Map<string, Node>();
  #nodes = 0;
  #length = 0;

  constructor({ contents }: Document, lines: LineCounter, fail: (offset: number, why: string) => never, most: number) {
    this.#most = most;
    this.#lines = lines;
    this.#fail = fail;
    this.#place = placeAt(0);
    this.value = this.#read(contents, [], this.#place, false);
  }

  get duplicates(): readonly DuplicateMember[] {
    return this.duplicatesIn([]);
  }

  duplicatesIn(path: JsonPath): readonly DuplicateMember[] {
    const place = this.#placeOf(path);
    return place ? [...repeatedIn(place, [])] : [];
  }

  positionOf(path: JsonPath): Position | undefined {
    const place = this.#placeOf(path);
    return place && this.#positionAt(place.offset);
  }

  #placeOf(path: JsonPath): Place | undefined {
    return path.reduce<Place | undefined>((outer, step) => outer?.within.get(step), this.#place);
  }

  /** @param isOfAlias - whether it stands where its anchor is, and was read there */
  #read(node: unknown, path: JsonPath, place: Place, isOfAlias: boolean): unknown {
    this.#nodes += 1;
    if (this.#nodes > this.#most)
      this.#fail(place.offset, `with what its anchors stand for it has more than ${this.#most} parts`);
    if (path.length > deepest) this.#fail(place.offset, `it is nested deeper than ${deepest} levels`);
    if (isAlias(node)) {
      const meant = this.#anchors.get(node.source);
      if (meant) return this.#read(meant, path, place, true);
      return this.#fail(place.offset, `the anchor ${node.source} does not stand before this`);
    }
    const { anchor, tag } = (node ?? {}) as Partial<Node & { anchor: string }>;
    if (anchor !== undefined && !isOfAlias) this.#anchors.set(anchor, node as Node);
    const value = this.#untagged(node, path, place, isOfAlias);
    const [name] = functionOf(tag) ?? [];
    if (name === undefined) return value;
    return { [name]: value };
  }

  #untagged(node: unknown, path: JsonPath, place: Place, isOfAlias: boolean): unknown {
    if (isScalar(node)) return this.#counted(node.value, place);
    const inner = (step: string | number, offset: number): Place => {
      const one = placeAt(offset);
      place.within.set(step, one);
      return one;
    };
    if (isSeq(node))
      return node.items.map((item, index) =>
        this.#read(item, [...path, index], inner(index, offsetOf(item)), isOfAlias),
      );
    if (!isMap(node)) return null;
    const members = new Map<string, unknown>();
    const merged: Members[] = [];
    const offsets = new Map<string, [number, ...number[]]>();
    for (const { key, value } of node.items) {
      // No document has a list or an object for a name; a template of Helm's looks as if.
      const name = String(this.#counted(isScalar(key) ? key.value : `? ${offsetOf(key)}`, place));
      const before = offsets.get(name);
      if (before) before.push(offsetOf(key));
      else offsets.set(name, [offsetOf(key)]);
      const read = this.#read(value, [...path, name], inner(name, offsetOf(key)), isOfAlias);
      const others = name === '<<' && isScalar(key) && key.type === 'PLAIN' ? objectsIn(read) : undefined;
      if (others) merged.push(...others);
      else members.set(name, read);
    }
    for (const [name, all] of offsets)
      if (all.length > 1)
        place.repeated.set(
          name,
          all.map((at) => this.#positionAt(at)),
        );
    // The first that has a member gives it, after the object itself.
    const before = merged.reverse().flatMap((one) => Object.entries(one));
    return Object.fromEntries([...before, ...members]);
  }

  #counted(value: unknown, { offset }: Place): unknown {
    if (typeof value === 'string') this.#length += value.length;
    if (this.#length > longest)
      this.#fail(offset, `with what its anchors stand for it has more than ${longest} characters`);
    return value;
  }

  #positionAt(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }
}

type Members = Readonly<Record<string, unknown>>;

/**
 * What is merged into an object, one or a list; undefined where it is nothing that can be.
 * Source: YAML 1.1, "Merge Key Language-Independent Type", which most readers of YAML still know.
 */
function objectsIn(value: unknown): readonly Members[] | undefined {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isObject = (one: unknown): one is Members => typeof one === 'object' && one !== null && !Array.isArray(one);
  return all.every(isObject) ? all : undefined;
}

function* repeatedIn({ repeated, within }: Place, path: JsonPath): Generator<DuplicateMember> {
  for (const [name, positions] of repeated) yield { path: [...path, name], positions };
  for (const [step, inner] of within) yield* repeatedIn(inner, [...path, step]);
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
