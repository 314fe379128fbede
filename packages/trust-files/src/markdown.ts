/** Of a table: a comment or a summary has room for so many, however long they are. */
export const mostRows = 50;

/** Of a cell, in characters. */
const longest = 200;

/** What came from outside as text in Markdown, and as nothing else: neither Markdown nor HTML, no link, and nobody is called by name. */
export function textInMarkdown(text: string): string {
  if (text === '') return '';
  const cut = text.length > longest ? `${text.slice(0, longest).replace(/\p{Cs}$/u, '')}…` : text;
  const plain = cut.replace(/[^A-Za-z\d .:/,=+-]/gu, (one) => `&#${one.codePointAt(0)};`);
  return `<code>${plain.replaceAll('://', '&#58;//')}</code>`;
}
