/** The conditions of a statement as they are written: values by key, by operator. */
export type Written = Record<string, Record<string, unknown>>;

/** One key of one operator. */
export interface WrittenCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** The conditions in a statement, which may be changed. */
export class ConditionBlock {
  readonly #statement: { Condition?: Written };

  constructor(statement: object) {
    this.#statement = statement;
  }

  get all(): readonly WrittenCondition[] {
    return Object.entries(this.#statement.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({ operator, key, values: [values].flat().map(String) })),
    );
  }

  /** @returns false where the operator has the key already: two conditions are not one */
  add(operator: string, key: string, value: unknown): boolean {
    if (this.#has(operator, key)) return false;
    const { Condition: block = {} } = this.#statement;
    this.#statement.Condition = { ...block, [operator]: { ...block[operator], [key]: value } };
    return true;
  }

  remove({ operator, key }: WrittenCondition): void {
    const { [key]: _, ...rest } = this.#statement.Condition?.[operator] ?? {};
    this.#replace(operator, Object.keys(rest).length === 0 ? [] : [[operator, rest]]);
  }

  /** Puts a condition under another operator, at the place of the first where that has no other. @returns false where it cannot */
  move({ operator, key }: WrittenCondition, to: string): boolean {
    const keys = this.#statement.Condition?.[operator];
    if (!keys || this.#has(to, key)) return false;
    const { [key]: value, ...rest } = keys;
    const isKnown = this.#statement.Condition?.[to] !== undefined;
    const kept: [string, Record<string, unknown>][] = Object.keys(rest).length === 0 ? [] : [[operator, rest]];
    this.#replace(operator, isKnown ? kept : [...kept, [to, { [key]: value }]]);
    return isKnown ? this.add(to, key, value) : true;
  }

  /** Gives a key another name. @returns false where that is there already */
  rename({ operator, key }: WrittenCondition, name: string): boolean {
    const keys = this.#statement.Condition?.[operator];
    if (!keys || (key.toLowerCase() !== name.toLowerCase() && this.#has(operator, name))) return false;
    const renamed = Object.entries(keys).map(([one, value]) => [one === key ? name : one, value]);
    this.#replace(operator, [[operator, Object.fromEntries(renamed)]]);
    return true;
  }

  /** Gives a condition other values, as one where there is one. */
  setValues({ operator, key }: WrittenCondition, values: readonly string[]): void {
    const keys = this.#statement.Condition?.[operator];
    if (keys) keys[key] = values.length === 1 ? values[0] : values;
  }

  #has(operator: string, key: string): boolean {
    const names = Object.keys(this.#statement.Condition?.[operator] ?? {});
    return names.some((name) => name.toLowerCase() === key.toLowerCase());
  }

  #replace(operator: string, entries: readonly (readonly [string, Record<string, unknown>])[]): void {
    const all = Object.entries(this.#statement.Condition ?? {});
    const block = Object.fromEntries(all.flatMap((one) => (one[0] === operator ? entries : [one])));
    if (Object.keys(block).length === 0) delete this.#statement.Condition;
    else this.#statement.Condition = block;
  }
}
