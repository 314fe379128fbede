/** A text as one word of a POSIX shell, with nothing in it that a platform takes for a command when it is printed. */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''").replaceAll(/##(?=(vso)?\[)/gi, "#''#")}'`;
}
