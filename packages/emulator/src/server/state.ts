import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A state folder that cannot be read or written. */
export class StateProblem extends Error {
  override readonly name = 'StateProblem';
}

/**
 * What outlasts a set-up: keys, jobs that run and what was issued. In memory, or in a folder, so that it outlasts the process as well.
 * All of it is secret: the folder and its file are their owner's alone.
 */
export class State {
  readonly #file: string | undefined;
  readonly #maps = new Map<string, Map<string, unknown>>();
  #isChanged = false;

  private constructor(file: string | undefined) {
    this.#file = file;
  }

  static inMemory(): State {
    return new State(undefined);
  }

  /** @throws StateProblem for a folder that cannot be used, or a file in it that is none of the emulator's */
  static inFolder(folder: string): State {
    const state = new State(join(folder, 'state.json'));
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // It may have been there before.
      chmodSync(folder, 0o700);
      state.#read();
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code ?? 'it does not hold what this emulator wrote';
      throw new StateProblem(`The state in ${folder} cannot be used: ${why}.`);
    }
    return state;
  }

  get isKept(): boolean {
    return this.#file !== undefined;
  }

  /** The map of a name, the same one each time, of values that JSON can hold. */
  map<T>(name: string): Map<string, T> {
    const known = this.#maps.get(name) ?? new WatchedMap<unknown>(() => this.#changed());
    this.#maps.set(name, known);
    return known as Map<string, T>;
  }

  /** Writes what has changed. */
  save(): void {
    if (!this.#isChanged || this.#file === undefined) return;
    this.#isChanged = false;
    const all = Object.fromEntries([...this.#maps].map(([name, map]) => [name, Object.fromEntries(map)]));
    const next = `${this.#file}.next`;
    writeFileSync(next, JSON.stringify({ version: 1, maps: all }), { mode: 0o600 });
    renameSync(next, this.#file);
  }

  #changed(): void {
    if (this.#file === undefined || this.#isChanged) return;
    this.#isChanged = true;
    // All of a request at once.
    setImmediate(() => this.save());
  }

  #read(): void {
    let text: string;
    try {
      text = readFileSync(this.#file ?? '', 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    const { version, maps } = JSON.parse(text) as { version: number; maps: Record<string, Record<string, unknown>> };
    if (version !== 1) throw new Error(`version ${version}`);
    for (const [name, entries] of Object.entries(maps)) {
      const map = this.map<unknown>(name);
      for (const [key, value] of Object.entries(entries)) map.set(key, value);
    }
    this.#isChanged = false;
  }
}

class WatchedMap<T> extends Map<string, T> {
  readonly #changed: () => void;

  constructor(changed: () => void) {
    super();
    this.#changed = changed;
  }

  override set(key: string, value: T): this {
    this.#changed?.();
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    this.#changed();
    return super.delete(key);
  }
}
