import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readOwner } from '../../scripts/owner.ts';
import { documents, forms } from '../harness/documents.ts';
import { withoutBlocks } from '../harness/page-commands.ts';
import { root } from '../harness/process.ts';

const docs = documents.filter((path) => path.startsWith('docs/'));
const site = `https://github.com/${readOwner(root).owner}/fedbridge`;
const read = (path: string) => readFileSync(join(root, path), 'utf8');

it.each(documents)('%s: its links resolve, to headings too', (page) => {
  expect(targets(read(page)).flatMap((target) => broken(page, target) ?? [])).toEqual([]);
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
    expect(forms.map((path) => path.split('/').at(-1))).toEqual([
      'q-a.yml',
      'bug.yml',
      'config.yml',
      'feature.yml',
      'trust.yml',
    ]));

  it.each(forms)('%s: what it asks has names of its own, and its links resolve', (path) => {
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

/** Where its links lead, by `[text](target)`, `[name]: target`, `<target>` and attributes of HTML. */
function targets(markdown: string): string[] {
  const text = withoutBlocks(markdown).replace(/`[^`\n]*`/g, '');
  const links = [
    ...text.matchAll(/\]\(([^()]*)\)/g),
    ...text.matchAll(/^\[[^\]\n]+\]: (.+)$/gm),
    ...text.matchAll(/<([a-z]+:[^>]*)>/g),
    ...text.matchAll(/<[a-z][^>]*\s(?:href|src)="([^"]*)"/g),
  ];
  return links.map(([, target = '']) => target);
}

/** @returns what does not resolve; addresses of others are not asked for, but have the form of one */
function broken(page: string, target: string): string | undefined {
  const ofSite = target.startsWith(site) ? target.slice(site.length) : '';
  const [, inRepository] = /^\/(?:blob|tree)\/(?:main|v\d[\d.]*)(\/.+)$/.exec(ofSite) ?? [];
  const [, workflow] = /^\/actions\/workflows\/([\w.-]+)/.exec(ofSite) ?? [];
  const ofReadme = ofSite.startsWith('#') && ofSite !== '#readme' ? `/README.md${ofSite}` : undefined;
  const local = inRepository ?? ofReadme ?? (workflow ? `/.github/workflows/${workflow}` : target);
  if (/^[a-z]+:/.test(local)) return isAddress(local) ? undefined : target;
  const [path = '', anchor] = local.split('#');
  const file = path === '' ? page : normalize(path.startsWith('/') ? path.slice(1) : join(dirname(page), path));
  if (file.startsWith('..') || !existsSync(join(root, file))) return target;
  if (anchor === undefined) return undefined;
  return !statSync(join(root, file)).isDirectory() && anchors(read(file)).includes(anchor) ? undefined : target;
}

/** Names that are for examples and for one machine. Source: RFC 2606, RFC 6761. */
const nobodys = /(^|\.)(example|invalid|local|localhost|test|example\.(com|net|org))$|^[\d.]+$|^\[/;

/** Whether a reader can follow it: of HTTPS, written as a browser shows it, at a host that there may be. */
function isAddress(text: string): boolean {
  if (!URL.canParse(text) || /[\s.,;:!?'"*<>]$/.test(text)) return false;
  const url = new URL(text);
  const isItself = [url.href, url.href.replace(/\/$/, '')].includes(text);
  return url.protocol === 'https:' && isItself && url.username === '' && url.port === '' && !nobodys.test(url.hostname);
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
