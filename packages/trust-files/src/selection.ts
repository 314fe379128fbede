import { invalid, matchesPattern, parseLines } from '@fedbridge/core';
import { extensions, hasExtension, isOfTool } from './folder.ts';

/** A path, or a pattern of paths, in parts between slashes. */
interface Path {
  readonly parts: readonly string[];
  /** How many parts from the first on have no wildcard. */
  readonly fixed: number;
}

/**
 * Which files of a folder are meant, a line each: a file, a folder with all below it, or a pattern: `*` for any name or part of one, `?` for
 * one character, `**` for any number of folders; with `!` in front what is left out. Where a file is not named itself, it has one of the
 * extensions, and neither its name nor a folder that the pattern does not name begins with a dot.
 */
export class Selection {
  readonly #taken: readonly Path[];
  readonly #leftOut: readonly Path[];

  private constructor(taken: readonly Path[], leftOut: readonly Path[]) {
    this.#taken = taken;
    this.#leftOut = leftOut;
  }

  /** @throws FedbridgeError `INPUT_INVALID` for a path that leads out of the folder, and where nothing is taken */
  static parse(text: string): Selection {
    const lines = parseLines(text);
    const taken = lines.filter((line) => !line.startsWith('!')).map(pathOf);
    const leftOut = lines.filter((line) => line.startsWith('!')).map((line) => pathOf(line.slice(1).trim()));
    if (taken.length === 0) throw invalid('nothing is taken: name files or folders before what is left out.');
    return new Selection(taken, leftOut);
  }

  /** Files and folders that all of it lies in, relative to the folder; empty for the folder itself. */
  get starts(): readonly string[] {
    return [...new Set(this.#taken.map(({ parts, fixed }) => parts.slice(0, fixed).join('/')))];
  }

  /** How a file is meant, if it is. @param path - relative to the folder, with slashes */
  how(path: string): 'named' | 'found' | undefined {
    const parts = path.split('/');
    if (this.#leftOut.some((one) => covers(one, parts))) return undefined;
    if (this.#taken.some((one) => isFixed(one) && one.parts.join('/') === path)) return 'named';
    const isFound = (one: Path) => !parts.slice(one.fixed).some(isOfTool) && covers(one, parts);
    return hasExtension(path) && this.#taken.some(isFound) ? 'found' : undefined;
  }

  /** Whether what is at a path, or below it, is meant, whatever it is called. */
  reaches(path: string): boolean {
    return this.how(path) !== undefined || this.how(`${path}/any${extensions[0]}`) !== undefined;
  }
}

const isFixed = ({ parts, fixed }: Path) => fixed === parts.length;

function pathOf(line: string): Path {
  if (/^([/\\~]|[A-Za-z]:)/.test(line)) throw invalid(`"${line}" is not a path within the folder.`);
  const parts = line.split(/[/\\]+/).filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw invalid(`"${line}" leads out of the folder.`);
  if (parts.includes('.git')) throw invalid(`"${line}" is what git keeps for itself.`);
  const wild = parts.findIndex((part) => /[*?]/.test(part));
  return { parts, fixed: wild < 0 ? parts.length : wild };
}

/** Whether a pattern matches a path, or a folder that it lies in. */
function covers({ parts: pattern }: Path, parts: readonly string[]): boolean {
  // Which beginnings of the pattern match what was read of the path: the work is in proportion to both.
  let reached = withFolders(pattern, new Set([0]));
  for (const part of parts) {
    if (reached.has(pattern.length)) return true;
    const next = [...reached].flatMap((at) => {
      const one = pattern[at] ?? '';
      if (one === '**') return [at];
      return matchesPattern(part, one) ? [at + 1] : [];
    });
    reached = withFolders(pattern, new Set(next));
  }
  return reached.has(pattern.length);
}

/** With what is reached where `**` stands for no folder at all. */
function withFolders(pattern: readonly string[], reached: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(reached);
  for (const at of all) if (pattern[at] === '**') all.add(at + 1);
  return all;
}
