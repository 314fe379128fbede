import { invalid } from './error.ts';

/** Lines with something on them, trimmed. */
export function parseLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/**
 * `name = value`, a line each, in their order.
 *
 * @throws FedbridgeError `INPUT_INVALID` for a line of another form, an empty part, or a name that comes twice
 */
export function parsePairs(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const line of parseLines(text)) {
    const at = line.indexOf('=');
    const name = line.slice(0, Math.max(0, at)).trim();
    const value = line.slice(at + 1).trim();
    if (at < 0 || name === '' || value === '') throw invalid(`expected "name = value" on each line, not "${line}".`);
    if (pairs.has(name)) throw invalid(`"${name}" comes twice.`);
    pairs.set(name, value);
  }
  return pairs;
}

/** The first two of some names that are one to whoever ignores case. */
export function sameButForCase(names: readonly string[]): readonly [string, string] | undefined {
  const seen = new Map<string, string>();
  for (const name of names) {
    const before = seen.get(name.toLowerCase());
    if (before !== undefined) return [before, name];
    seen.set(name.toLowerCase(), name);
  }
  return undefined;
}
