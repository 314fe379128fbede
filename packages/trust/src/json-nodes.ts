/** What a value of JSON is made of. */
export type Kind = 'object' | 'list' | 'other';

/**
 * The values of a JSON text, each a number in the order in which they begin: 0 is the outermost. Kept in columns, since the export of a
 * large account has a million.
 */
export class Nodes {
  /** Of each the columns below. */
  #cells = new Int32Array(64 * width);
  #count = 0;
  readonly #names: string[] = [];
  readonly #ids = new Map<string, number>();
  /** Of what has many members or elements, each by its key, once one of them was asked for. */
  readonly #tables = new Map<number, ReadonlyMap<number, number>>();

  /**
   * @param before - the one before it in the same object or list; 0 for the first
   * @param key - a number that `idOf` gave, or an index
   */
  add(value: NewNode, before: number): number {
    const node = this.#count;
    this.#count += 1;
    if (this.#count * width > this.#cells.length) {
      const larger = new Int32Array(this.#cells.length * 2);
      larger.set(this.#cells);
      this.#cells = larger;
    }
    const { parent, key, start, place, kind } = value;
    this.#cells.set([parent, key, start, place, 0, kinds.indexOf(kind)], node * width);
    if (before > 0) this.#cells[before * width + column.next] = node;
    return node;
  }

  idOf(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = this.#names.push(name) - 1;
    this.#ids.set(name, id);
    return id;
  }

  parentOf(node: number): number {
    return this.#cell(node, column.parent);
  }

  /** Its name or index in what it is in. */
  keyOf(node: number): string | number {
    const key = this.#cell(node, column.key);
    return this.isObject(this.parentOf(node)) ? (this.#names[key] ?? '') : key;
  }

  /** Offset of the value. */
  startOf(node: number): number {
    return this.#cell(node, column.start);
  }

  /** Offset of the member's name; of the value where it is no member. */
  placeOf(node: number): number {
    return this.#cell(node, column.place);
  }

  isObject(node: number): boolean {
    return this.#cell(node, column.kind) === kinds.indexOf('object');
  }

  /** Of members that have the same name all. */
  *childrenOf(node: number): Generator<number> {
    let child = this.#firstOf(node);
    while (child > 0) {
      yield child;
      child = this.#cell(child, column.next);
    }
  }

  /** The last member of a name, or an element. */
  childOf(node: number, step: string | number): number | undefined {
    const key = typeof step === 'number' ? step : this.#ids.get(step);
    if (key === undefined || this.isObject(node) !== (typeof step === 'string')) return undefined;
    const table = this.#tables.get(node);
    if (table) return table.get(key);
    let [found, count]: [number | undefined, number] = [undefined, 0];
    for (let child = this.#firstOf(node); child > 0; child = this.#cell(child, column.next)) {
      if (this.#cell(child, column.key) === key) found = child;
      count += 1;
    }
    if (count > few) this.#tables.set(node, this.#tableOf(node));
    return found;
  }

  /** The members of each name that stands more than once. */
  repeatedIn(node: number): readonly (readonly number[])[] {
    if (!this.isObject(node)) return [];
    const byName = new Map<number, number[]>();
    for (let child = this.#firstOf(node); child > 0; child = this.#cell(child, column.next)) {
      const key = this.#cell(child, column.key);
      const all = byName.get(key);
      if (all) all.push(child);
      else byName.set(key, [child]);
    }
    return [...byName.values()].filter(({ length }) => length > 1);
  }

  #tableOf(node: number): ReadonlyMap<number, number> {
    const table = new Map<number, number>();
    for (const child of this.childrenOf(node)) table.set(this.#cell(child, column.key), child);
    return table;
  }

  /** What begins next is the first that is in it, where anything is. */
  #firstOf(node: number): number {
    const next = node + 1;
    return next < this.#count && this.parentOf(next) === node ? next : 0;
  }

  #cell(node: number, at: number): number {
    return this.#cells[node * width + at] ?? 0;
  }
}

interface NewNode {
  readonly parent: number;
  readonly key: number;
  readonly start: number;
  readonly place: number;
  readonly kind: Kind;
}

const kinds: readonly Kind[] = ['object', 'list', 'other'];
const column = { parent: 0, key: 1, start: 2, place: 3, next: 4, kind: 5 };
const width = 6;

/** So many are looked through each time. */
const few = 16;
