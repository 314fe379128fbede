/** Of the product of two lengths, which is the work with them: beyond names and ARNs of every day. */
const most = 20_000;

/** Whether there is a text that two patterns match, of `*` for any text and `?` for any character; so is taken to be for very long ones. */
export function overlap(one: string, other: string): boolean {
  if (one.length * other.length > most) return true;
  // For each beginning of the other whether it and what was read of the one have a text in common.
  let common = Array.from({ length: other.length + 1 }, (_, length) => /^\**$/.test(other.slice(0, length)));
  for (const sign of one.split('')) {
    const next = [sign === '*' && common[0] === true];
    for (let at = 0; at < other.length; at += 1) {
      const against = other[at];
      const isAnyText = sign === '*' || against === '*';
      const isSame = sign === against || sign === '?' || against === '?';
      next.push(isAnyText ? common[at + 1] === true || next[at] === true : isSame && common[at] === true);
    }
    common = next;
  }
  return common[other.length] === true;
}
