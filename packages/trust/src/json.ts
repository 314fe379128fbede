/** Names of members and indices from the outermost value inwards: `['Statement', 0, 'Effect']`. */
export type JsonPath = readonly (string | number)[];

/** A place in a text, line and column from 1. Columns are counted in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A member whose name stands more than once in one object. `JSON.parse` keeps the last without a word. */
export interface DuplicateMember {
  readonly path: JsonPath;
  /** Of the name, each time. */
  readonly positions: readonly Position[];
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
  readonly #node: Node;
  #duplicates: readonly DuplicateMember[] | undefined;
  readonly #lines: Lines;

  private constructor(value: unknown, node: Node, lines: Lines) {
    this.value = value;
    this.#node = node;
    this.#lines = lines;
  }

  /** @throws JsonSyntaxError */
  static parse(text: string): JsonDocument {
    const lines = new Lines(text);
    const scanner = new Scanner(text, lines);
    const node = parse(scanner);
    scanner.end();
    return new JsonDocument(JSON.parse(text), node, lines);
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
      const node = parse(scanner);
      all.push(new JsonDocument(toValue(text.slice(node.start, scanner.offset)), node, lines));
    } while (scanner.next() < text.length);
    return all;
  }

  /** A part of it as a document of its own, its paths relative, its positions those of the whole; undefined where there is none. */
  at(path: JsonPath): JsonDocument | undefined {
    const node = this.#find(path);
    if (!node) return undefined;
    const value = path.reduce<unknown>((outer, step) => (outer as Record<string | number, unknown>)[step], this.value);
    return new JsonDocument(value, node, this.#lines);
  }

  /** Where a part begins: a member where its name does, anything else where its value does. */
  positionOf(path: JsonPath): Position | undefined {
    const node = this.#find(path);
    return node && this.#lines.positionAt(path.length === 0 ? node.start : node.place);
  }

  get duplicates(): readonly DuplicateMember[] {
    this.#duplicates ??= this.#findDuplicates();
    return this.#duplicates;
  }

  #findDuplicates(): readonly DuplicateMember[] {
    const found: DuplicateMember[] = [];
    const open = [this.#node];
    for (let node = open.pop(); node; node = open.pop()) {
      for (const all of node.members?.values() ?? []) {
        open.push(...all);
        const [first] = all;
        if (!first || all.length === 1) continue;
        const positions = all.map(({ place }) => this.#lines.positionAt(place));
        found.push(new Duplicate(first, this.#node, positions));
      }
      for (const element of node.elements ?? []) open.push(element);
    }
    return found.sort(
      ({ positions: [a] }, { positions: [b] }) =>
        (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0),
    );
  }

  #find(path: JsonPath): Node | undefined {
    return path.reduce<Node | undefined>(
      (node, step) => (typeof step === 'number' ? node?.elements?.[step] : node?.members?.get(step)?.at(-1)),
      this.#node,
    );
  }
}

/** Its path is made when it is asked for: all paths of a deep document are longer together than the document. */
class Duplicate implements DuplicateMember {
  readonly positions: readonly Position[];
  readonly #node: Node;
  readonly #root: Node;

  constructor(node: Node, root: Node, positions: readonly Position[]) {
    this.#node = node;
    this.#root = root;
    this.positions = positions;
  }

  get path(): JsonPath {
    const steps: (string | number)[] = [];
    for (let node: Node | undefined = this.#node; node && node !== this.#root; node = node.parent) steps.push(node.key);
    return steps.reverse();
  }
}

interface Node {
  readonly parent: Node | undefined;
  /** In the parent: a name or an index. */
  readonly key: string | number;
  /** Offset of the value. */
  readonly start: number;
  /** Offset of the member's name; of the value where it is no member. */
  readonly place: number;
  /** Of an object, all that have a name. */
  readonly members?: Map<string, Node[]>;
  readonly elements?: Node[];
}

/** Not recursive, so that no depth of a document is too deep. */
function parse(scanner: Scanner): Node {
  let open: Node | undefined;
  let [key, place]: [string | number, number | undefined] = ['', undefined];
  for (;;) {
    const start = scanner.next();
    const node: Node = { parent: open, key, start, place: place ?? start, ...scanner.value() };
    addTo(open, node);
    let isFirst = node.members !== undefined || node.elements !== undefined;
    if (isFirst) open = node;
    let last = node;
    while (open && scanner.take(open.members ? '}' : ']')) {
      last = open;
      open = open.parent;
      isFirst = false;
    }
    if (!open) {
      return last;
    }
    if (!isFirst) scanner.comma(open.members ? '}' : ']');
    place = open.members && scanner.next();
    key = open.members ? scanner.memberName() : (open.elements?.length ?? 0);
  }
}

function addTo(parent: Node | undefined, node: Node): void {
  parent?.elements?.push(node);
  const all = parent?.members?.get(String(node.key));
  if (all) all.push(node);
  else parent?.members?.set(String(node.key), [node]);
}

/** The pieces of JSON [RFC 8259]. */
class Scanner {
  readonly text: string;
  readonly lines: Lines;
  #at = 0;

  constructor(text: string, lines: Lines) {
    this.text = text;
    this.lines = lines;
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
  value(): Pick<Node, 'members' | 'elements'> {
    if (this.take('{')) return { members: new Map() };
    if (this.take('[')) return { elements: [] };
    if (this.text[this.#at] === '"') this.#string();
    else this.#word();
    return {};
  }

  memberName(): string {
    if (this.text[this.next()] !== '"') this.#fail('the name of a member is expected here, in double quotes');
    const name = this.#string();
    if (!this.take(':')) this.#fail('a colon is expected here');
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

  #string(): string {
    const start = this.#at;
    for (this.#at += 1; this.text[this.#at] !== '"'; this.#at += 1) {
      const unit = this.text[this.#at];
      if (unit === undefined) this.#fail('the text that begins here does not end', start);
      if (unit === '\\') this.#escape();
      else if (unit < ' ') this.#fail('a text has a line break or another control character here');
    }
    this.#at += 1;
    return JSON.parse(this.text.slice(start, this.#at));
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

/** Offsets of a text as lines and columns. */
class Lines {
  readonly text: string;
  #starts: number[] | undefined;

  constructor(text: string) {
    this.text = text;
  }

  positionAt(offset: number): Position {
    this.#starts ??= [0, ...[...this.text.matchAll(/\r\n?|\n/g)].map(({ index, 0: end }) => index + end.length)];
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
}
