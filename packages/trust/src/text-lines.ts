/** A place in a text, line and column from 1. Columns are counted in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Offsets of a text as lines and columns. */
export class Lines {
  readonly text: string;
  #starts: number[] | undefined;

  constructor(text: string) {
    this.text = text;
  }

  positionAt(offset: number): Position {
    this.#starts ??= startsOf(this.text);
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
}

/** Where each line begins. */
function startsOf(text: string): number[] {
  const starts = [0];
  for (const end = /\r\n?|\n/g; end.test(text); ) starts.push(end.lastIndex);
  return starts;
}
