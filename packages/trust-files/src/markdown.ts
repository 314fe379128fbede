/** Of a table: a comment or a summary has room for so many, however long they are. */
export const mostRows = 50;

/** Of a cell, in characters. */
const longest = 200;

/**
 * What came from outside as text in Markdown, and as nothing else: neither Markdown nor HTML, no link, and nobody is called by name. An
 * address of mail becomes a link after entities are read: a comment parts it.
 * Source: GitHub Flavored Markdown, "Autolinks (extension)"; cmark-gfm, `autolink.c`.
 */
export function textInMarkdown(text: string): string {
  if (text === '') return '';
  const cut = text.length > longest ? `${text.slice(0, longest).replace(/\p{Cs}$/u, '')}…` : text;
  const plain = cut.replace(/[^A-Za-z\d .:/,=+-]/gu, (one) => `&#${one.codePointAt(0)};`);
  const parted = plain.replaceAll('&#64;', '&#64;<!-- -->').replaceAll('://', '&#58;//');
  return `<code>${parted.replace(/www\./gi, (one) => `${one.slice(0, -1)}&#46;`)}</code>`;
}
