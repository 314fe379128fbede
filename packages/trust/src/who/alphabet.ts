import { mostWork, TooMuchWork } from './work.ts';

/**
 * The units of UTF-16 in classes that nothing at hand tells apart: a question about policies needs a few dozen of them in the place of
 * 65,536.
 */
export class Alphabet {
  /** Where each class begins, ascending, the first at 0. */
  readonly #starts: readonly number[];
  readonly #nicest: readonly string[];
  readonly #units: readonly (string | undefined)[];
  /** The class of each of the units that nearly all texts are made of. */
  readonly #common: readonly number[];
  #left = mostWork;

  /** @param cuts - units at which something begins that another thing does not have */
  constructor(cuts: Iterable<number>) {
    this.#starts = [...new Set([0, ...cuts])].filter((unit) => unit <= last).sort((one, other) => one - other);
    this.#nicest = this.#starts.map((start, index) => {
      const end = this.#starts[index + 1] ?? last + 1;
      const nice = [...'abcdefghijklmnopqrstuvwxyz0123456789AZ._-'].find((one) =>
        isWithin(one.charCodeAt(0), start, end),
      );
      return nice ?? String.fromCharCode(start === 0 && end > 1 ? 1 : start);
    });
    this.#units = this.#starts.map((start, index) =>
      (this.#starts[index + 1] ?? last + 1) === start + 1 ? String.fromCharCode(start) : undefined,
    );
    this.#common = Array.from({ length: 128 }, (_, unit) => this.#classOf(unit));
  }

  get size(): number {
    return this.#starts.length;
  }

  /** Another question is asked. @param most - that may be done for it */
  renew(most: number): void {
    this.#left = most;
  }

  /** What may still be done. */
  get left(): number {
    return this.#left;
  }

  /** @throws TooMuchWork once all that uses this alphabet has done more than a question may cost */
  spend(work: number): void {
    this.#left -= work;
    if (this.#left < 0) throw new TooMuchWork();
  }

  classOf(unit: number): number {
    return this.#common[unit] ?? this.#classOf(unit);
  }

  #classOf(unit: number): number {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#starts[middle] ?? 0) <= unit) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** A text of a class: the most readable. */
  textOf(classIndex: number): string {
    return this.#nicest[classIndex] ?? '';
  }

  /** The one unit of a class; undefined where there are more. */
  unitOf(classIndex: number): string | undefined {
    return this.#units[classIndex];
  }

  /** All units of a class; undefined where there are more. */
  unitsOf(classIndex: number, most: number): readonly string[] | undefined {
    const start = this.#starts[classIndex] ?? 0;
    const count = (this.#starts[classIndex + 1] ?? last + 1) - start;
    return count > most ? undefined : Array.from({ length: count }, (_, at) => String.fromCharCode(start + at));
  }

  classesOf(chars: Chars): readonly number[] {
    return this.#starts.flatMap((start, index) => (isIn(start, chars) ? [index] : []));
  }
}

const last = 0xffff;
const isWithin = (unit: number, start: number, end: number) => unit >= start && unit < end;

/** Ranges of units, both ends included. */
export type Chars = readonly (readonly [from: number, to: number])[];

/** What stands between the brackets of a regular expression: `a-z0-9_-`, or with `^` before it all but that. */
export function charsOf(text: string): Chars {
  const isBut = text.startsWith('^');
  const ranges: [number, number][] = [];
  for (let at = isBut ? 1 : 0; at < text.length; at += 1) {
    const from = text.charCodeAt(at);
    const isRange = text[at + 1] === '-' && at + 2 < text.length;
    ranges.push([from, isRange ? text.charCodeAt(at + 2) : from]);
    if (isRange) at += 2;
  }
  return isBut ? allBut(ranges) : ranges;
}

/** Where classes must begin so that these units are whole classes. */
export function cutsOf(chars: Chars): readonly number[] {
  return chars.flatMap(([from, to]) => [from, to + 1]);
}

function allBut(ranges: Chars): Chars {
  const sorted = [...ranges].sort(([one], [other]) => one - other);
  const rest: [number, number][] = [];
  let from = 0;
  for (const [start, end] of sorted) {
    if (start > from) rest.push([from, start - 1]);
    from = Math.max(from, end + 1);
  }
  return from > last ? rest : [...rest, [from, last]];
}

const isIn = (unit: number, chars: Chars) => chars.some(([from, to]) => isWithin(unit, from, to + 1));
