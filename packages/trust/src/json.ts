import { type Kind, Nodes } from './json-nodes.ts';
import { Lines, type Position } from './text-lines.ts';

export type { Position };

/** Names of members and indices from the outermost value inwards: `['Statement', 0, 'Effect']`. */
export type JsonPath = readonly (string | number)[];

/** A member whose name stands more than once in one object. `JSON.parse` keeps the last without a word. */
export interface DuplicateMember {
  readonly path: JsonPath;
  /** Of the name, each time. */
  readonly positions: readonly Position[];
  /** Each value, where the language keeps them. */
  readonly values?: (() => readonly unknown[]) | undefined;
}

/** A text that is not JSON, and where it stops being so. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  static readonly code = 'JsonSyntaxError';
  readonly position: Position;

  constructor(what: string, position: Position) {
    super(`line ${position.line}, column ${position.column}: ${what}`);
    this.position = position;
  }
}

/**
 * A JSON text with what its value alone does not say: where each part stands, and which members stand twice.
 * It takes what `JSON.parse` takes, in linear time, however deep it goes.
 */
export class JsonDocument {
  /** As `JSON.parse` gives it. */
  readonly value: unknown;
  readonly #nodes: Nodes;
  readonly #root: number;
  #duplicates: readonly DuplicateMember[] | undefined;
  readonly #lines: Lines;

  private constructor(value: unknown, nodes: Nodes, root: number, lines: Lines) {
    this.value = value;
    this.#nodes = nodes;
    this.#root = root;
    this.#lines = lines;
  }

  /** @throws JsonSyntaxError */
  static parse(text: string): JsonDocument {
    const lines = new Lines(text);
    const scanner = new Scanner(text, lines);
    const nodes = parse(scanner);
    scanner.end();
    return new JsonDocument(JSON.parse(text), nodes, 0, lines);
  }

  /**
   * Documents one after the other, as a loop around a tool prints them.
   *
   * @param toValue - gives the value of one, which is JSON, in the place of `JSON.parse`
   * @throws JsonSyntaxError
   */
  static parseAll(text: string, toValue: (json: string) => unknown = JSON.parse): readonly JsonDocument[] {
    const lines = new Lines(text);
    const scanner = new Scanner(text, lines);
    const all: JsonDocument[] = [];
    do {
      const nodes = parse(scanner);
      all.push(new JsonDocument(toValue(text.slice(nodes.startOf(0), scanner.offset)), nodes, 0, lines));
    } while (scanner.next() < text.length);
    return all;
  }

  /** A part of it as a document of its own, its paths relative, its positions those of the whole; undefined where there is none. */
  at(path: JsonPath): JsonDocument | undefined {
    const node = this.#find(path);
    if (node === undefined) return undefined;
    const value = path.reduce<unknown>((outer, step) => (outer as Record<string | number, unknown>)[step], this.value);
    return new JsonDocument(value, this.#nodes, node, this.#lines);
  }

  /** Where a part begins: a member where its name does, anything else where its value does. */
  positionOf(path: JsonPath): Position | undefined {
    const node = this.#find(path);
    if (node === undefined) return undefined;
    return this.#lines.positionAt(path.length === 0 ? this.#nodes.startOf(node) : this.#nodes.placeOf(node));
  }

  get duplicates(): readonly DuplicateMember[] {
    this.#duplicates ??= this.#findDuplicates();
    return this.#duplicates;
  }

  duplicatesIn(path: JsonPath): readonly DuplicateMember[] {
    const node = this.#find(path);
    return node === undefined ? [] : new JsonDocument(undefined, this.#nodes, node, this.#lines).duplicates;
  }

  #findDuplicates(): readonly DuplicateMember[] {
    const found: DuplicateMember[] = [];
    const open = [this.#root];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (const all of this.#nodes.repeatedIn(node)) {
        const positions = all.map((one) => this.#lines.positionAt(this.#nodes.placeOf(one)));
        const values = () => all.map((one) => this.#valueOf(one));
        found.push(new Duplicate(this.#nodes, { node: all[0] ?? 0, root: this.#root }, { positions, values }));
      }
      for (const child of this.#nodes.childrenOf(node)) open.push(child);
    }
    return found.sort(
      ({ positions: [a] }, { positions: [b] }) =>
        (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0),
    );
  }

  #valueOf(node: number): unknown {
    const { text } = this.#lines;
    const start = this.#nodes.startOf(node);
    const scanner = new Scanner(text, this.#lines, start);
    parse(scanner);
    return JSON.parse(text.slice(start, scanner.offset));
  }

  #find(path: JsonPath): number | undefined {
    return path.reduce<number | undefined>(
      (node, step) => (node === undefined ? undefined : this.#nodes.childOf(node, step)),
      this.#root,
    );
  }
}

/** Its path is made when it is asked for: all paths of a deep document are longer together than the document. */
class Duplicate implements DuplicateMember {
  readonly positions: readonly Position[];
  readonly values: () => readonly unknown[];
  readonly #nodes: Nodes;
  readonly #within: { readonly node: number; readonly root: number };

  constructor(
    nodes: Nodes,
    within: { readonly node: number; readonly root: number },
    { positions, values }: { readonly positions: readonly Position[]; readonly values: () => readonly unknown[] },
  ) {
    this.#nodes = nodes;
    this.#within = within;
    this.positions = positions;
    this.values = values;
  }

  get path(): JsonPath {
    const steps: (string | number)[] = [];
    for (let { node, root } = this.#within; node !== root; node = this.#nodes.parentOf(node))
      steps.push(this.#nodes.keyOf(node));
    return steps.reverse();
  }
}

/** Not recursive, so that no depth of a document is too deep. */
function parse(scanner: Scanner): Nodes {
  const nodes = new Nodes();
  const open: Open[] = [];
  let place: number | undefined;
  for (;;) {
    const outer = open.at(-1);
    const start = scanner.next();
    const value = { parent: outer?.node ?? -1, key: outer?.key ?? 0, start, place: place ?? start };
    const kind = scanner.value();
    const node = nodes.add({ ...value, kind }, outer?.last ?? 0);
    if (outer) outer.last = node;
    if (kind !== 'other') open.push({ node, isObject: kind === 'object', last: 0, key: 0 });
    let isFirst = kind !== 'other';
    let inner = open.at(-1);
    while (inner && scanner.take(inner.isObject ? '}' : ']')) {
      open.pop();
      inner = open.at(-1);
      isFirst = false;
    }
    if (!inner) return nodes;
    if (!isFirst) scanner.comma(inner.isObject ? '}' : ']');
    place = inner.isObject ? scanner.next() : undefined;
    if (inner.isObject) inner.key = nodes.idOf(scanner.memberName());
    else if (!isFirst) inner.key += 1;
  }
}

/** An object or a list that was begun. */
interface Open {
  readonly node: number;
  readonly isObject: boolean;
  /** The last that was found in it; 0 before the first. */
  last: number;
  /** Of the next one. */
  key: number;
}

/** The pieces of JSON [RFC 8259]. */
class Scanner {
  readonly text: string;
  readonly lines: Lines;
  #at: number;
  /** One text for all members of a name. */
  readonly #names = new Map<string, string>();

  constructor(text: string, lines: Lines, start = 0) {
    this.text = text;
    this.lines = lines;
    this.#at = start;
  }

  /** Where what was read ends. */
  get offset(): number {
    return this.#at;
  }

  /** The offset of what comes next. */
  next(): number {
    while (' \t\n\r'.includes(this.text[this.#at] ?? 'x')) this.#at += 1;
    return this.#at;
  }

  take(sign: string): boolean {
    if (this.text[this.next()] !== sign) return false;
    this.#at += 1;
    return true;
  }

  /** Reads a text, number or word whole, and of an object or a list its beginning. */
  value(): Kind {
    if (this.take('{')) return 'object';
    if (this.take('[')) return 'list';
    if (this.text[this.#at] === '"') this.#string();
    else this.#word();
    return 'other';
  }

  memberName(): string {
    if (this.text[this.next()] !== '"') this.#fail('the name of a member is expected here, in double quotes');
    const start = this.next();
    this.#string();
    const name = this.#nameOf(this.text.slice(start, this.#at));
    if (!this.take(':')) this.#fail('a colon is expected here');
    return name;
  }

  #nameOf(json: string): string {
    const known = this.#names.get(json);
    if (known !== undefined) return known;
    const name: string = JSON.parse(json);
    this.#names.set(json, name);
    return name;
  }

  comma(end: string): void {
    if (!this.take(',')) this.#fail(`a comma or ${end} is expected here`);
  }

  end(): void {
    if (this.next() < this.text.length) this.#fail('nothing is expected after the end of the value');
  }

  #word(): void {
    const start = this.#at;
    while (/[\w.+-]/.test(this.text[this.#at] ?? '')) this.#at += 1;
    const word = this.text.slice(start, this.#at);
    if (/^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/.test(word)) return;
    this.#at = start;
    this.#fail(word === '' ? 'a value is expected here' : `${word.slice(0, 40)} is no value of JSON`);
  }

  #string(): void {
    const start = this.#at;
    for (this.#at += 1; this.text[this.#at] !== '"'; this.#at += 1) {
      const unit = this.text[this.#at];
      if (unit === undefined) this.#fail('the text that begins here does not end', start);
      if (unit === '\\') this.#escape();
      else if (unit < ' ') this.#fail('a text has a line break or another control character here');
    }
    this.#at += 1;
  }

  #escape(): void {
    const sign = this.text[this.#at + 1] ?? '';
    const length = sign === 'u' ? 6 : 2;
    const isKnown =
      sign === 'u' ? /^[\da-f]{4}$/i.test(this.text.slice(this.#at + 2, this.#at + 6)) : /["\\/bfnrt]/.test(sign);
    if (!isKnown) this.#fail('no escape of JSON begins like this');
    this.#at += length - 1;
  }

  #fail(what: string, at = this.#at): never {
    throw new JsonSyntaxError(at < this.text.length ? what : 'the text ends too early', this.lines.positionAt(at));
  }
}

/** Where an offset of a text is. */
export function positionAt(text: string, offset: number): Position {
  return new Lines(text).positionAt(offset);
}
