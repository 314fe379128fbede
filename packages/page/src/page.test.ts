import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examples } from './examples.ts';
import { launched, noBrowser, opened, pageFile } from './testing/chromium.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What keeps people from using what is shown. */
async function violationsIn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}

describe('the file', () => {
  const html = readFileSync(pageFile, 'utf8');

  it('has less than 400 kB', () => expect(Buffer.byteLength(html)).toBeLessThan(400_000));

  it('has a policy that allows no connection and no other script', () => {
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    const directives = policy.split('; ');
    expect(directives).toEqual(expect.arrayContaining(["default-src 'none'", "connect-src 'none'"]));
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(html).not.toMatch(/\beval\(|new Function\b|\bimport\(/);
  });

  it('names no address that a browser would ask by itself', () => {
    const markup = html.slice(0, html.indexOf('<script>'));
    expect(markup.match(/<(link|img|iframe|script|object|embed|form|a)\b[^>]*>/g)).toEqual([
      '<link rel="icon" href="data:,">',
    ]);
    expect(html.match(/<\/?script/g)).toEqual(['<script', '</script']);
  });
});

describe.skipIf(noBrowser)(`in Chromium${noBrowser ? `, skipped: ${noBrowser}` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launched();
  });
  afterAll(() => browser?.close());

  it('says in one sentence who is allowed, and shows a token', async () => {
    const { page, close } = await opened(browser);
    await page.getByLabel('Policy or federated credentials').fill(examples[0]?.text ?? '');
    await page.getByRole('heading', { name: 'Anybody with an account at GitHub Actions is allowed.' }).waitFor();
    await page
      .getByText(/^repo:octo.*:ref:refs.heads.main$/)
      .first()
      .waitFor();
    await close();
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds, in %s', async (colorScheme) => {
    const { page, close } = await opened(browser, { colorScheme, bypassCSP: true });
    await page.getByRole('button', { name: examples[0]?.title ?? '' }).click();
    await page.getByRole('heading', { name: /^Problems/ }).waitFor();
    expect(await violationsIn(page)).toEqual([]);
    await close();
  });
});
