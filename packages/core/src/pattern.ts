/** `*` for any text and `?` for any one character, over the whole value; case counts. */
export function matchesPattern(text: string, pattern: string): boolean {
  // Greedy with one step back: linear for one star, and no regular expression for a pattern to blow up.
  let [t, p, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    const wanted = pattern[p];
    if (wanted === '*') {
      star = p;
      mark = t;
      p += 1;
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[t])) {
      t += 1;
      p += 1;
    } else if (star >= 0) {
      p = star + 1;
      mark += 1;
      t = mark;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}
