/** What the site has pages of, and in which order: README.md says both. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A link of the list of pages. */
interface Entry {
  readonly text: string;
  /** A file, from the root of the repository. */
  readonly file: string;
}

/** What somebody comes for, and what to read then. */
export interface Group {
  readonly text: string;
  readonly entries: readonly Entry[];
}

/** The root of the repository. */
export const root = join(import.meta.dirname, '..');

/** Beside those of docs/: what the product is, and what it protects. Where each stands on the site. */
const beside: Readonly<Record<string, string>> = {
  'site/index.md': 'index.md',
  'README.md': 'overview.md',
  'SECURITY.md': 'security.md',
};

/** The files that are pages, from the root of the repository. */
export const pages: readonly string[] = [...Object.keys(beside), ...globSync('docs/**/*.md', { cwd: root }).sort()];

/** Where a page stands on the site. @param page - from the root of the repository */
export function placeOf(page: string): string {
  return beside[page] ?? page.replace(/^docs\//, '');
}

/** The list of pages of README.md, by what somebody comes for: a row each. */
export function listOf(readme: string): Group[] {
  const [, section = ''] = /\n## Documentation\n(.*?)(?=\n## |$)/s.exec(readme) ?? [];
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => {
    const [, name = '', cell = ''] = row.split('|');
    const links = [...cell.matchAll(/\[([^\]]+)\]\(([^)#]+)\)/g)];
    return {
      text: capital(name.trim()),
      entries: links.map(([, text = '', file = '']) => ({ text: capital(text), file })),
    };
  });
}

/** As it stands. */
export const list: readonly Group[] = listOf(readFileSync(join(root, 'README.md'), 'utf8'));

/** The quick starts, as llms.txt tells them: with what each sets up. */
export function quickStarts(
  llms: string,
): { readonly title: string; readonly file: string; readonly details: string }[] {
  const [, section = ''] = /\n## Quick starts\n(.*?)\n## /s.exec(llms) ?? [];
  return [...section.matchAll(/^- \[(.+?)\]\((.+?)\): (.+)$/gm)].map(([, title = '', file = '', details = '']) => ({
    title,
    file,
    details: `${capital(details)}.`,
  }));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
