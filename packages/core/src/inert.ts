/**
 * A text in which no platform finds a command of its own (both take `##[…]`, and one `##vso[…]`, anywhere in a line), and that does
 * nothing to the terminal that shows the log: what would is written as an escape. Its lines stay, and its tabs.
 */
export function inert(text: string): string {
  return text.replace(steering, escaped).replace(/##(vso)?\[/gi, '# #$1[');
}

/** The same in one line: it cannot end its line and begin another with a command, nor be GitHub's `::name::` from its start. */
export function oneInertLine(text: string): string {
  return inert(text.replace(/[\r\n\u2028\u2029]+/g, ' ')).replace(/^(\s*:)(?=:)/, '$1 ');
}

/**
 * A text from outside in one line that does nothing where it is printed: what steers a terminal (C0, C1), ends a line, or turns or
 * hides letters (marks of direction, for example) is written as an escape, and no platform finds a command in it.
 */
export function visible(text: string): string {
  return oneInertLine(text.replace(/[^\x20-\x7e]+/g, (others) => others.replace(acting, escaped)));
}

/** A value as JSON that does nothing where it is printed: what `visible` escapes is escaped as JSON does, so it says the same. */
export function inertJson(value: unknown, indent = 0): string {
  const escapedAsJson = (one: string) =>
    one.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  // Outside of its strings, JSON has none of these but the line breaks between its members. Most of it is ASCII, which is found fast.
  return JSON.stringify(value, null, indent)
    .replace(/[^\n\x20-\x7e]+/g, (others) => others.replace(acting, escapedAsJson))
    .replace(/##(?=(vso)?\[)/gi, '#\\u0023');
}

const escaped = (one: string) => brief[one] ?? `\\u{${one.codePointAt(0)?.toString(16)}}`;
/** Steers a terminal, ends a line, or turns or hides letters. */
const acting = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** The same but for tabs and line ends. */
const steering = /(?![\t\n]|\r\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const brief: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
