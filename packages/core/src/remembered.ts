/** Of texts that were asked last: an account names few issuers, many times. */
const usual = 500;

/** A function of a text that gives the same again where it was asked before. @param most - texts of which it is known */
export function remembered<T>(of: (text: string) => T, most = usual): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const result = known.has(text) ? (known.get(text) as T) : of(text);
    // The one that was asked last is the last to go.
    known.delete(text);
    const [first] = known.keys();
    if (first !== undefined && known.size >= most) known.delete(first);
    // A long one is no issuer's.
    if (text.length <= 500) known.set(text, result);
    return result;
  };
}
