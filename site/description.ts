/** What a page says first, as text: what a search engine shows of it. @param markdown - with a title */
export function firstSentences(markdown: string): string {
  const paragraphs = markdown.replace(/<!--.*?-->/gs, '').split(/\n{2,}/);
  const first = paragraphs.find((one) => /^[\w`[*]/.test(one.trim()) && !one.startsWith('[![')) ?? '';
  return first
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
