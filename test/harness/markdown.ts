/** What a person reads: Markdown's entities as the characters they stand for. */
export function shown(markdown: string): string {
  return markdown.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
}
