import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriersIn, incidentsOf, launched, noBrowser } from '../../packages/page/src/testing/browser.ts';
import { readOwner } from '../../scripts/owner.ts';
import { firstSentences } from '../../site/description.ts';
import { linkOnSite } from '../../site/links.ts';
import { list, listOf, pages, placeOf, quickStarts } from '../../site/navigation.ts';
import { root } from '../harness/process.ts';
import { base, fileOf, serveSite } from '../harness/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'site-'));
const repository = `https://github.com/${readOwner(root).owner}/fedbridge`;
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const docs = globSync('docs/**/*.md', { cwd: root }).sort();

// As `pnpm site` does, into a folder of its own.
beforeAll(() => {
  const program = join(root, 'site/node_modules/vitepress/bin/vitepress.js');
  execFileSync(process.execPath, [program, 'build', '--outDir', folder], { cwd: join(root, 'site'), stdio: 'pipe' });
});

const htmlOf = (path: string) => readFileSync(join(folder, path), 'utf8');
const built = () => globSync('**/*.html', { cwd: folder }).sort();
const addressOf = (page: string) =>
  placeOf(page)
    .replace(/(^|\/)index\.md$/, '$1')
    .replace(/\.md$/, '');

describe('the navigation', () => {
  const listed = list.flatMap(({ entries }) => entries.map(({ file }) => file));

  it.each(docs)('has %s, once', (page) => expect(listed.filter((file) => file === page)).toEqual([page]));

  it('is the list of README.md, in its order', () => {
    const readme =
      '# A\n\n## Documentation\n\n| to … | read |\n| --- | --- |\n| fix | [this](docs/trust.md): why; [that](B.md) |\n\n## C\n';
    expect(listOf(readme)).toEqual([
      {
        text: 'Fix',
        entries: [
          { text: 'This', file: 'docs/trust.md' },
          { text: 'That', file: 'B.md' },
        ],
      },
    ]);
  });

  it('begins with the four quick starts', () => {
    const starts = quickStarts(read('llms.txt'));
    expect(starts.map(({ file }) => file)).toEqual(listed.filter((file) => file.startsWith('docs/start/')));
    const html = htmlOf('index.html');
    for (const { title, file, details } of starts) {
      expect(html).toContain(`href="${base}${addressOf(file)}"`);
      expect(html).toContain(title);
      expect(html).toContain(details);
    }
  });
});

describe('a link', () => {
  it.each([
    ['docs/trust.md', 'command.md#exit-codes', '/command.md#exit-codes'],
    ['docs/migrate/azure-login.md', '../trust.md', '/trust.md'],
    ['docs/trust.md', '../README.md#steps', '/overview.md#steps'],
    ['docs/trust.md', '#write', '#write'],
    ['docs/trust.md', 'https://example.com/a', 'https://example.com/a'],
    ['docs/conformance.md', '../test/conformance/', `${repository}/tree/main/test/conformance`],
    ['README.md', 'LICENSE', `${repository}/blob/main/LICENSE`],
    [
      'docs/architecture.md',
      '../CONTRIBUTING.md#adding-a-step',
      `${repository}/blob/main/CONTRIBUTING.md#adding-a-step`,
    ],
  ])('of %s to %s leads to %s', (page, target, wanted) => expect(linkOnSite(page, target, repository)).toBe(wanted));

  it('to nothing fails', () => expect(() => linkOnSite('docs/trust.md', 'none.md', repository)).toThrow('none.md'));
});

it('a page is told by what it says first', () => {
  const markdown =
    '<!-- Made. -->\n\n# A\n\n[![b](https://c)](https://d)\n\nGet `x`, [as](y.md)\nis *said*.\n\nMore.\n';
  expect(firstSentences(markdown)).toBe('Get x, as is said.');
  for (const page of pages.filter((one) => one !== 'site/index.md'))
    expect(firstSentences(read(page)), page).toMatch(/\w.*[.:]$/);
});

describe('the built site', () => {
  it('has every page, the icon and the licences of what it sends', () => {
    const wanted = [...pages.map((page) => placeOf(page).replace(/md$/, 'html')), '404.html'].sort();
    expect(built()).toEqual(wanted);
    expect(existsSync(join(folder, 'icon.png'))).toBe(true);
    for (const name of ['vitepress', 'minisearch', '@vue/runtime-dom'])
      expect(htmlOf('licenses.txt')).toContain(`${name}\nMIT\n`);
  });

  it('has links that resolve, to headings and to files of the repository too', () => {
    const broken = built().flatMap((page) => brokenOn(page).map((target) => `${page}: ${target}`));
    expect(broken).toEqual([]);
  });

  it('asks no other host for anything', () => {
    for (const page of built())
      expect(
        loadedBy(htmlOf(page)).filter((url) => !url.startsWith(base)),
        page,
      ).toEqual([]);
  });

  it.each(['accessdenied', 'aadsts700213', 'assumerolewithwebidentity', 'invalididentitytoken'])('finds %s', (word) => {
    const [index = ''] = globSync('assets/**/*localSearchIndexroot*.js', { cwd: folder });
    expect(htmlOf(index)).toContain(word);
  });
});

/** What a page has its browser load. */
function loadedBy(html: string): string[] {
  const tags = html.match(/<(script|link|img|iframe|source|video)\b[^>]*>/g) ?? [];
  return tags.flatMap((tag) => [...tag.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, url = '']) => url));
}

function brokenOn(page: string): string[] {
  const site = 'http://site';
  const here = new URL(base + page.replace(/(^|\/)index\.html$/, '$1').replace(/\.html$/, ''), site);
  const links = [...htmlOf(page).matchAll(/<a\b[^>]*\bhref="([^"]*)"/g)].map(([, href = '']) =>
    href.replaceAll('&amp;', '&'),
  );
  // Made in the browser alone.
  if (page !== '404.html') expect(links.length, page).toBeGreaterThan(3);
  return links.filter((href) => {
    const url = new URL(href, here);
    const [, file] = /\/(?:blob|tree)\/main\/([^#]+)/.exec(href) ?? [];
    if (href.startsWith(repository)) return file !== undefined && !existsSync(join(root, file));
    if (url.origin !== site) return false;
    const target = fileOf(folder, url.pathname);
    if (target === undefined) return true;
    return url.hash !== '' && !readFileSync(target, 'utf8').includes(` id="${decodeURI(url.hash.slice(1))}"`);
  });
}

describe.skipIf(noBrowser)(`in Chromium${noBrowser ? `, skipped: ${noBrowser}` : ''}`, () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof serveSite>>;
  beforeAll(async () => {
    site = await serveSite(folder);
    browser = await launched();
  });
  afterAll(async () => {
    await browser?.close();
    site?.[Symbol.dispose]();
  });

  /** Looks at a page, and fails if it asked another host for anything or said anything on the console. */
  async function look(path: string, see: (page: Page) => Promise<void>, options = {}): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(600_000);
    const incidents = incidentsOf(context, page, (url) => url.startsWith(site.url));
    await page.goto(site.url + path);
    // Before Vue has taken the page over, keys and clicks do nothing.
    await page.waitForFunction('document.querySelector("#app").__vue_app__');
    await see(page);
    await context.close();
    expect(incidents).toEqual([]);
  }

  it.each([
    ['AADSTS700213', 'troubleshooting#'],
    ['AssumeRoleWithWebIdentity AccessDenied', 'troubleshooting#'],
    ['InvalidIdentityToken', 'troubleshooting#'],
    ['require-claims', 'reference/'],
  ])('search finds %s by typing, and Enter opens it', (words, wanted) =>
    look('', async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('searchbox').fill(words);
      await page.locator('.result').first().waitFor();
      expect(await page.locator('.result').first().getAttribute('href')).toContain(base + wanted);
      await page.keyboard.press('Enter');
      await page.waitForURL(new RegExp(`${base}${wanted}`));
      await page.locator('main h1').waitFor();
    }),
  );

  it('is dark where the system is, and by its switch', () =>
    look(
      'concepts',
      async (page) => {
        const isDark = () => page.locator('html').evaluate((html) => html.classList.contains('dark'));
        expect(await isDark()).toBe(true);
        await page.getByRole('switch').first().click();
        await expect.poll(isDark).toBe(false);
      },
      { colorScheme: 'dark' },
    ));

  it('takes the keyboard: past the navigation to the content, and through it', () =>
    look('trust', async (page) => {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      expect(await focused.textContent()).toContain('Skip to content');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await focused.evaluate((element) => element.closest('main, #VPContent') !== null)).toBe(true);
    }));

  it('goes from page to page without loading anew', () =>
    look('', async (page) => {
      await page.locator('.VPFeature').first().click();
      await page.getByRole('heading', { level: 1, name: 'Quick start: GitHub Actions to AWS by OIDC' }).waitFor();
      await page.getByRole('navigation').getByRole('link', { name: 'Troubleshooting', exact: true }).first().click();
      await page.getByRole('heading', { level: 1, name: /^Troubleshooting/ }).waitFor();
    }));

  it('fits a window of 400 pixels, on every page', () =>
    look(
      '',
      async (window) => {
        const wide: string[] = [];
        for (const page of pages) {
          await window.goto(site.url + addressOf(page));
          await window.locator('#VPContent').waitFor();
          if (Number(await window.evaluate('document.documentElement.scrollWidth')) > 400) wide.push(page);
        }
        expect(wide).toEqual([]);
      },
      { viewport: { width: 400, height: 800 } },
    ));

  it.each(['', 'overview', 'troubleshooting', 'reference/aws-credentials'])('keeps nobody from reading /%s', (path) =>
    look(
      path,
      async (page) => {
        await page.locator('#VPContent').waitFor();
        expect(await barriersIn(page)).toEqual([]);
      },
      { bypassCSP: true },
    ),
  );
});
