import { statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { MarkdownEnv, MarkdownRenderer } from 'vitepress';
import { pages, placeOf, root } from './navigation.ts';

/**
 * Where a link of a page leads on the site: to another page, or to the repository, where the file is.
 *
 * @param page - that it stands on, from the root of the repository
 * @param repository - its URL
 */
export function linkOnSite(page: string, target: string, repository: string): string {
  if (/^([a-z]+:|#)/.test(target)) return target;
  const [, path = '', anchor = ''] = /^([^#]*)(#.*)?$/.exec(target) ?? [];
  const file = posix.join(posix.dirname(page), decodeURI(path)).replace(/\/$/, '');
  if (pages.includes(file)) return `/${placeOf(file)}${anchor}`;
  const kind = statSync(join(root, file)).isDirectory() ? 'tree' : 'blob';
  return `${repository}/${kind}/main/${file}${anchor}`;
}

/** Has links lead where they lead on the site, and leaves out pictures that another host would be asked for. */
export function linksOnSite(markdown: MarkdownRenderer, repository: string): void {
  markdown.core.ruler.push('links-on-site', ({ tokens, env }) => {
    const { realPath, path } = env as MarkdownEnv;
    const page = posix.relative(root, realPath ?? path);
    for (const [at, { type, children }] of tokens.entries()) {
      if (type !== 'inline' || children === null) continue;
      for (const child of children) {
        const target =
          child.type === 'link_open' && child.attrGet('class') !== 'header-anchor' && child.attrGet('href');
        if (target) child.attrSet('href', linkOnSite(page, target, repository));
      }
      const isOfOthers = children.some(
        (child) => child.type === 'image' && /^https?:/.test(child.attrGet('src') ?? ''),
      );
      if (isOfOthers) for (const token of tokens.slice(at - 1, at + 2)) token.hidden = true;
      if (isOfOthers) children.length = 0;
    }
  });
}

/** Has braces stand for themselves, which the generator would take for a template. */
export function bracesAsTheyAre({ renderer }: MarkdownRenderer): void {
  for (const kind of ['text', 'code_inline'] as const) {
    const rule = renderer.rules[kind];
    renderer.rules[kind] = (...given) => rule?.(...given).replaceAll('{{', '&#123;&#123;') ?? '';
  }
}
