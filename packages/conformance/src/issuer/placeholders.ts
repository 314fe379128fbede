/** What texts of a token stand for. */
export interface Placeholders {
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
  /** By the name between braces. */
  readonly values: ReadonlyMap<string, unknown>;
}

/** A value of a case as a token has it. @throws Error for a placeholder that stands for nothing */
export function filled(value: unknown, placeholders: Placeholders): unknown {
  if (typeof value === 'string') return text(value, placeholders);
  if (Array.isArray(value)) return value.map((one) => filled(one, placeholders));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one, placeholders)]));
}

const one = /\{([a-z]+(?:[:+-][\w.-]+)?)\}/g;

/** A text that is one placeholder and no more has its value, whatever that is. */
function text(value: string, { now, values }: Placeholders): unknown {
  const meaning = (name: string): unknown => {
    const [, seconds] = /^now([+-]\d+)$/.exec(name) ?? [];
    if (seconds !== undefined) return String(now + Number(seconds));
    if (!values.has(name)) throw new Error(`{${name}} stands for nothing.`);
    return values.get(name);
  };
  const [, alone] = /^\{([^{}]+)\}$/.exec(value) ?? [];
  return alone === undefined ? value.replace(one, (_, name: string) => String(meaning(name))) : meaning(alone);
}

/** What only looks like a text, or leads to the same place, by the name of how. */
export const lookAlikes: Readonly<Record<string, (text: string) => string>> = {
  upper: (value) => value.toUpperCase(),
  scheme: (value) => (value.startsWith('https:') ? value.replace('https:', 'http:') : value.replace('http:', 'https:')),
  encoded: (value) => value.replace(/[a-z]$/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  // Cyrillic, of the same look.
  homoglyph: (value) => value.replace(/[aeiop](?=[^aeiop]*$)/, (letter) => cyrillic[letter] ?? letter),
};

const cyrillic: Readonly<Record<string, string>> = { a: '\u0430', e: '\u0435', i: '\u0456', o: '\u043e', p: '\u0440' };
