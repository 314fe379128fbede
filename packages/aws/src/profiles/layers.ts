const marker = '# fedbridge';

/** What a comment says of the lines that were written with it. */
export interface Mark {
  readonly id: string;
  /** What was not there before: the section, the end of its header's line, or nothing. */
  readonly made: 'section' | 'end' | 'nothing';
  /** How many line ends were put before a section that was made. */
  readonly gap?: number;
  /** Until when what was written is of use; undefined if nobody knows. */
  readonly lapse?: Lapse | undefined;
}

interface Lapse {
  /** Whole seconds since 1970-01-01 UTC. */
  readonly at: number;
  /** Of the entries, which shows whether somebody has changed them since. */
  readonly checksum: string;
}

/** @param at - milliseconds since 1970-01-01 UTC @param lines - entries as they are written, without their ends */
export function lapseOf(at: number, lines: readonly string[]): Lapse {
  return { at: Math.ceil(at / 1000), checksum: checksumOf(lines) };
}

/** The line of a mark, without its end. */
export function markOf({ id, made, gap = 0, lapse }: Mark): string {
  const what = { section: ` section${gap === 1 ? '' : gap}`, end: ' end', nothing: '' }[made];
  return `${marker}${what} ${id}${lapse ? ` until ${lapse.at} ${lapse.checksum}` : ''}`;
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

  /** Whether what was written is of no more use, and nobody has made it theirs. @param nowMs - since 1970-01-01 UTC @param lines - those with the mark */
  hasLapsed(lines: readonly string[], nowMs: number): boolean {
    const { lapse } = this.mark;
    if (lapse === undefined || lapse.at * 1000 > nowMs) return false;
    const own = lines.flatMap((line) => this.#own(line) ?? []).filter(isEntry);
    return checksumOf(own.map((line) => line.replace(/[\r\n]+$/, ''))) === lapse.checksum;
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
    const hiding = above.reduceRight((shown, id) => Layers.hide(shown, id), '');
    const covering = line.startsWith(hiding) ? readMark(line.slice(hiding.length)) : undefined;
    if (covering?.id !== by || covering.made !== 'nothing') return line;
    const [end = ''] = /[\r\n]*$/.exec(line) ?? [];
    return `${hiding}${markOf({ ...this.mark, id: by, lapse: covering.lapse })}${end}`;
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
  const pattern = /^# fedbridge (?:(section|end)([02])? )?([\da-z]+)(?: until (\d+) ([\da-z]+))?\s*$/;
  const [, what = '', gap, id, at, checksum] = pattern.exec(line) ?? [];
  if (id === undefined) return undefined;
  const lapse = at === undefined || checksum === undefined ? undefined : { at: Number(at), checksum };
  if (what === 'section') return { id, made: 'section', gap: gap === undefined ? 1 : Number(gap), lapse };
  return { id, made: what === 'end' ? 'end' : 'nothing', lapse };
}

/** FNV-1a: what it is to tell apart nobody has an interest in, and a stronger one takes a library that a step would wait for. */
function checksumOf(lines: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(lines.join('\n'))) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(36);
}

function hiddenIn(line: string): { readonly by: string; readonly line: string } | undefined {
  const [, by, hidden] = /^# fedbridge ([\da-z]+) keeps (.*)$/s.exec(line) ?? [];
  return by === undefined || hidden === undefined ? undefined : { by, line: hidden };
}
