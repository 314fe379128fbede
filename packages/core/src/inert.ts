/** A text in which no platform finds a command of its own: both take `##[…]`, and one `##vso[…]`, anywhere in a line. */
export function inert(text: string): string {
  return text.replace(/##(vso)?\[/gi, '# #$1[');
}

/** The same in one line: it cannot end its line and begin another with a command, nor be GitHub's `::name::` from its start. */
export function oneInertLine(text: string): string {
  return inert(text.replace(/[\r\n\u2028\u2029]+/g, ' ').replace(/^(\s*:)(?=:)/, '$1 '));
}
