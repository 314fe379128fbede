/** A value of a policy with its variables in place. */
export interface Resolved {
  readonly text: string;
  /** Where in it a `*` or `?` stands for itself: what a variable stands for is no pattern. */
  readonly literal: ReadonlySet<number>;
}

/**
 * Puts values in the place of `${key}` and `${key, 'default'}`, and characters in the place of `${*}`, `${?}` and `${$}`.
 * Source: IAM User Guide, "IAM policy elements: Variables and tags".
 *
 * @param valueFor - the one value of a key; undefined where it has none, or several
 * @param longest - of what it is compared with: each character of a variable's value stands for one of that
 * @returns undefined if a variable has no value, or all have more than what it is compared with, since then it equals nothing
 */
export function resolveVariables(
  value: string,
  valueFor: (key: string) => string | undefined,
  longest = Number.POSITIVE_INFINITY,
): Resolved | undefined {
  const parts: string[] = [];
  const literal = new Set<number>();
  let [length, put] = [0, 0];
  for (const { text: written, variable } of partsOf(value)) {
    const text = variable === undefined ? written : resolved(variable, valueFor);
    if (text === undefined) return undefined;
    put += variable === undefined ? 0 : text.length;
    if (put > longest) return undefined;
    parts.push(text);
    for (let at = 0; variable !== undefined && at < text.length; at += 1)
      if ('*?'.includes(text[at] ?? '')) literal.add(length + at);
    length += text.length;
  }
  return { text: parts.join(''), literal };
}

/** The keys of a value's variables, as they are written; `${*}`, `${?}` and `${$}` are none. */
export function variablesIn(value: string): readonly string[] {
  return [...partsOf(value)].flatMap(({ variable }) =>
    variable === undefined || isCharacter(variable) ? [] : keyOf(variable),
  );
}

/** The same of variables that have no default. */
export function withoutDefault(value: string): readonly string[] {
  return variablesIn(value).filter(
    (key) => resolveVariables(value, (one) => (one === key ? undefined : '')) === undefined,
  );
}

/** A text as it is written, or what stands within `${…}`. */
export type ValuePart =
  | { readonly text: string; readonly variable?: undefined }
  | { readonly text?: undefined; readonly variable: string };

/** The parts of a value in their order: texts as they stand, and what stands between `${` and `}`. */
export function* partsOf(value: string): Generator<ValuePart> {
  let at = 0;
  for (;;) {
    const start = value.indexOf('${', at);
    const end = start < 0 ? -1 : value.indexOf('}', start);
    if (end < 0) break;
    yield { text: value.slice(at, start) };
    yield { variable: value.slice(start + 2, end) };
    at = end + 1;
  }
  yield { text: value.slice(at) };
}

/** Whether it is the way to write a character that has a meaning. */
export const isCharacter = (inside: string) => inside === '*' || inside === '?' || inside === '$';

/** The key of a variable that is one, by what stands within `${…}`. */
export function keyOf(inside: string): string {
  const comma = inside.indexOf(',');
  return (comma < 0 ? inside : inside.slice(0, comma)).trim();
}

function resolved(inside: string, valueFor: (key: string) => string | undefined): string | undefined {
  if (isCharacter(inside)) return inside;
  const comma = inside.indexOf(',');
  const value = valueFor(keyOf(inside));
  if (value !== undefined || comma < 0) return value;
  const byDefault = inside.slice(comma + 1).trim();
  const isQuoted = byDefault.length >= 2 && byDefault.startsWith("'") && byDefault.endsWith("'");
  return isQuoted ? byDefault.slice(1, -1) : undefined;
}
