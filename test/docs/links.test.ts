import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readOwner } from '../../scripts/owner.ts';
import { root } from '../harness/process.ts';

const docs = globSync('docs/**/*.md', { cwd: root }).sort();
const ofRoot = globSync('*.md', { cwd: root }).sort();
const beside = globSync(['packages/*/README.md', 'examples/*/README.md', 'site/index.md', 'tasks/overview.md'], {
  cwd: root,
}).sort();
const templates = globSync(['.github/*_TEMPLATE/*.yml'], { cwd: root, dot: true } as object).sort();
const site = `https://github.com/${readOwner(root).owner}/fedbridge`;
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe.each([...ofRoot, 'llms.txt', ...docs, ...beside])('%s', (page) => {
  it('has links that resolve, to headings too', () => {
    expect(targets(read(page)).flatMap((target) => broken(page, target) ?? [])).toEqual([]);
  });
});

describe.each(docs)('%s', (page) => {
  it('has one title, at its head, and is listed in README.md and llms.txt', () => {
    const headings = withoutBlocks(read(page)).match(/^# .*$/gm) ?? [];
    expect(headings).toHaveLength(1);
    expect(read(page).replace(/^<!--.*-->\n\n/, '')).toMatch(/^# /);
    const list = read('README.md').split('\n## Documentation\n')[1]?.split('\n## ')[0] ?? '';
    expect(targets(list)).toContain(page);
    expect(targets(read('llms.txt'))).toContain(page);
  });
});

describe('forms for issues and discussions', () => {
  it('are these', () =>
    expect(templates.map((path) => path.split('/').at(-1))).toEqual([
      'q-a.yml',
      'bug.yml',
      'config.yml',
      'feature.yml',
      'trust.yml',
    ]));

  it.each(templates)('%s: what it asks has names of its own, and its links resolve', (path) => {
    const { body = [] } = parse(read(path)) as {
      body?: { type: string; id?: string; attributes: { label?: string } }[];
    };
    const asked = body.filter(({ type }) => type !== 'markdown');
    expect(new Set(asked.map(({ id }) => id)).size).toBe(asked.length);
    expect(asked.every(({ id, attributes }) => id !== undefined && attributes.label !== undefined)).toBe(true);
    const urls = read(path).match(/https:\S+/g) ?? [];
    expect(urls.flatMap((url) => broken(path, url) ?? [])).toEqual([]);
  });
});

/** Where its links lead, by `[text](target)` and `[name]: target`. */
function targets(markdown: string): string[] {
  const text = withoutBlocks(markdown).replace(/`[^`\n]*`/g, '');
  const links = [...text.matchAll(/\]\(([^()\s]+)\)/g), ...text.matchAll(/^\[[^\]\n]+\]: (\S+)$/gm)];
  return links.map(([, target = '']) => target);
}

const withoutBlocks = (markdown: string) => markdown.replace(/^( *)```[\s\S]*?^\1```$/gm, '');

/** @returns what does not resolve; addresses of others are not asked for */
function broken(page: string, target: string): string | undefined {
  const [, inRepository] = /^\/(?:blob|tree)\/(?:main|v\d[\d.]*)(\/.+)$/.exec(target.replace(site, '')) ?? [];
  const local = inRepository ?? target;
  if (/^[a-z]+:/.test(local)) return undefined;
  const [path = '', anchor] = local.split('#');
  const file = path === '' ? page : normalize(path.startsWith('/') ? path.slice(1) : join(dirname(page), path));
  if (!existsSync(join(root, file))) return target;
  if (anchor === undefined) return undefined;
  return !statSync(join(root, file)).isDirectory() && anchors(read(file)).includes(anchor) ? undefined : target;
}

/** As GitHub makes them of headings. */
function anchors(markdown: string): string[] {
  const seen = new Map<string, number>();
  return [...withoutBlocks(markdown).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}
