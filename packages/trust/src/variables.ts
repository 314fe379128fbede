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
 * @returns undefined if a variable has no value, since then it equals nothing
 */
export function resolveVariables(value: string, valueFor: (key: string) => string | undefined): Resolved | undefined {
  const parts: string[] = [];
  const literal = new Set<number>();
  let length = 0;
  const put = (text: string, isLiteral: boolean) => {
    parts.push(text);
    for (let at = 0; isLiteral && at < text.length; at += 1)
      if ('*?'.includes(text[at] ?? '')) literal.add(length + at);
    length += text.length;
  };
  let at = 0;
  for (;;) {
    const start = value.indexOf('${', at);
    const end = start < 0 ? -1 : value.indexOf('}', start);
    if (end < 0) break;
    put(value.slice(at, start), false);
    const text = variable(value.slice(start + 2, end), valueFor);
    if (text === undefined) return undefined;
    put(text, true);
    at = end + 1;
  }
  put(value.slice(at), false);
  return { text: parts.join(''), literal };
}

function variable(inside: string, valueFor: (key: string) => string | undefined): string | undefined {
  if (inside === '*' || inside === '?' || inside === '$') return inside;
  const comma = inside.indexOf(',');
  const value = valueFor((comma < 0 ? inside : inside.slice(0, comma)).trim());
  if (value !== undefined || comma < 0) return value;
  const byDefault = inside.slice(comma + 1).trim();
  const isQuoted = byDefault.length >= 2 && byDefault.startsWith("'") && byDefault.endsWith("'");
  return isQuoted ? byDefault.slice(1, -1) : undefined;
}
