/** With less room than this, in columns, there would be more line ends than words. */
const narrowest = 30;

/**
 * A line in as many as a terminal of so many columns needs, broken between words: by itself it breaks within them. A word that is longer
 * than that stays whole, so that it can be copied.
 *
 * @param columns - undefined where nobody sees them: what reads a pipe wants a line
 * @param hanging - what further lines begin with; two blanks more than the line itself where it is not said
 */
export function wrapped(
  line: string,
  columns: number | undefined,
  hanging: string = `${/^ */.exec(line)?.[0]}  `,
): readonly string[] {
  if (columns === undefined || line.length <= columns) return [line];
  const begin = /^ */.exec(line)?.[0].length ?? 0;
  if (columns - Math.max(begin, hanging.length) < narrowest) return [line];
  const before = line.lastIndexOf(' ', columns);
  const at = before > begin ? before : line.indexOf(' ', Math.max(columns, begin));
  const rest = at < 0 ? '' : line.slice(at).trimStart();
  if (rest === '') return [line];
  return [line.slice(0, at).trimEnd(), ...wrapped(`${hanging}${rest}`, columns, hanging)];
}
