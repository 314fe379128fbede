const marker = '# fedbridge';

/** What a comment says of the lines that were written with it. */
export interface Mark {
  readonly id: string;
  /** What was not there before: the section, the end of its header's line, or nothing. */
  readonly made: 'section' | 'end' | 'nothing';
  /** How many line ends were put before a section that was made. */
  readonly gap?: number;
}

/** The line of a mark, without its end. */
export function markOf({ id, made, gap = 0 }: Mark): string {
  const what = { section: ` section${gap === 1 ? '' : gap}`, end: ' end', nothing: '' }[made];
  return `${marker}${what} ${id}`;
}

/** Whether a line is a comment that was written here. */
export function isOwnLine(line: string): boolean {
  return readMark(line) !== undefined || hiddenIn(line) !== undefined;
}

/**
 * One of several writings of a profile, each of which keeps in comments what it found: as many layers as jobs that have written it, with
 * the user's own at the bottom. The lines of each are found by the ids of those that lie on it.
 */
export class Layers {
  readonly mark: Mark;
  /** Ids of those that lie on this one, the topmost first. */
  readonly #covers: readonly string[];

  private constructor(mark: Mark, covers: readonly string[]) {
    this.mark = mark;
    this.#covers = covers;
  }

  /** The line as a comment that the layer of that id keeps. */
  static hide(line: string, id: string): string {
    return `${marker} ${id} keeps ${line}`;
  }

  /** The layer whose mark is among these lines, however deep. */
  static of(lines: readonly string[], id: string): Layers | undefined {
    return Layers.all(lines).find(({ mark }) => mark.id === id);
  }

  /** Every layer whose mark is among these lines, the topmost first. */
  static all(lines: readonly string[]): readonly Layers[] {
    const found = lines.flatMap((line) => {
      const covers: string[] = [];
      let shown = line;
      for (let hidden = hiddenIn(shown); hidden; hidden = hiddenIn(shown)) {
        covers.push(hidden.by);
        shown = hidden.line;
      }
      const mark = readMark(shown);
      return mark ? [new Layers(mark, covers)] : [];
    });
    return found.sort((one, other) => one.#covers.length - other.#covers.length);
  }

  /** Whether another lies on it. */
  get isCovered(): boolean {
    return this.#covers.length > 0;
  }

  /** The keys of entries in this layer that are not as written. @param isMarked - whether the lines have the mark */
  keysOfOthers(
    lines: readonly string[],
    isAsWritten: (key: string, value: string) => boolean,
    isMarked: boolean,
  ): string[] {
    return lines.flatMap((line) => {
      const own = this.#own(line);
      if (own === undefined || !isEntry(own) || /^\s/.test(own)) return [];
      const [key, value] = entryOf(own);
      return isMarked && isAsWritten(key, value) ? [] : [key];
    });
  }

  /** The lines with what this layer kept in the place of what it has, but for keys that others have set since. */
  without(
    lines: readonly string[],
    isAsWritten: (key: string, value: string) => boolean,
    changed: ReadonlySet<string>,
    isMarked: boolean,
  ): string[] {
    let isLeft = false;
    return lines.flatMap((line) => {
      const kept = this.#kept(line);
      if (kept !== undefined) {
        // A nested entry goes with the one above it.
        if (isEntry(kept) && !/^\s/.test(kept)) isLeft = changed.has(entryOf(kept)[0]);
        return [this.#covered(isLeft && isEntry(kept) ? `# ${kept}` : kept)];
      }
      const own = this.#own(line);
      if (own === undefined) return [this.#inheriting(line)];
      if (readMark(own)?.id === this.mark.id) return [];
      return isMarked && isEntry(own) && isAsWritten(...entryOf(own)) ? [] : [line];
    });
  }

  /** The line as this layer has it; undefined if it is another's. */
  #own(line: string): string | undefined {
    return this.#covers.reduce<string | undefined>((shown, by) => {
      const hidden = shown === undefined ? undefined : hiddenIn(shown);
      return hidden?.by === by ? hidden.line : undefined;
    }, line);
  }

  /** What this layer found there. */
  #kept(line: string): string | undefined {
    const hidden = hiddenIn(this.#own(line) ?? '');
    return hidden?.by === this.mark.id ? hidden.line : undefined;
  }

  #covered(line: string): string {
    return this.#covers.reduceRight((shown, by) => Layers.hide(shown, by), line);
  }

  /** What lies on this layer takes back what was made for it. */
  #inheriting(line: string): string {
    const by = this.#covers.at(-1);
    if (by === undefined || this.mark.made === 'nothing') return line;
    const above = this.#covers.slice(0, -1);
    const text = `${markOf({ id: by, made: 'nothing' })}`;
    const whole = above.reduceRight((shown, id) => Layers.hide(shown, id), text);
    return line.trimEnd() === whole ? line.replace(text, markOf({ ...this.mark, id: by })) : line;
  }
}

/** An indented header is one to the AWS tools, and one behind a byte order mark. */
export function headerOf(line: string): string | undefined {
  return /^(?:\xEF\xBB\xBF)?\s*\[([^\]]*)\]/.exec(line)?.[1];
}

/** Nested entries and lines that are none of all this count as well: they are no comments. */
export function isEntry(line: string): boolean {
  return /^\s*[^\s#;]/.test(line) && headerOf(line) === undefined;
}

/** With its key in small letters, as some tools read it. */
export function entryOf(line: string): [key: string, value: string] {
  const at = line.search(/[=:]/);
  return [line.slice(0, Math.max(0, at)).trim().toLowerCase(), line.slice(at + 1).trim()];
}

function readMark(line: string): Mark | undefined {
  const [, what = '', gap, id] = /^# fedbridge (?:(section|end)([02])? )?([\da-z]+)\s*$/.exec(line) ?? [];
  if (id === undefined) return undefined;
  if (what === 'section') return { id, made: 'section', gap: gap === undefined ? 1 : Number(gap) };
  return { id, made: what === 'end' ? 'end' : 'nothing' };
}

function hiddenIn(line: string): { readonly by: string; readonly line: string } | undefined {
  const [, by, hidden] = /^# fedbridge ([\da-z]+) keeps (.*)$/s.exec(line) ?? [];
  return by === undefined || hidden === undefined ? undefined : { by, line: hidden };
}
