/** Of texts that were asked last: an account names few issuers, many times. */
const most = 500;

/** A function of a text that gives the same again where it was asked before. */
export function remembered<T>(of: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined || known.has(text)) return before as T;
    const result = of(text);
    if (known.size >= most) known.clear();
    // A long one is no issuer's.
    if (text.length <= 500) known.set(text, result);
    return result;
  };
}
