/**
 * Tests as well:
 * - packages/page/src/engine/base64-url.ts
 * - packages/page/src/engine/fixed.ts
 * - packages/page/src/engine/hidden-token.ts
 * - packages/page/src/engine/mine.ts
 * - packages/page/src/engine/source.ts
 * - packages/page/src/engine/token.ts
 * - packages/page/src/view/admitted.tsx
 * - packages/page/src/view/app.tsx
 * - packages/page/src/view/check-view.tsx
 * - packages/page/src/view/compare-view.tsx
 * - packages/page/src/view/copy.tsx
 * - packages/page/src/view/document.tsx
 * - packages/page/src/view/editor.tsx
 * - packages/page/src/view/file-button.tsx
 * - packages/page/src/view/findings.tsx
 * - packages/page/src/view/fixed.tsx
 * - packages/page/src/view/mine-field.tsx
 * - packages/page/src/view/statements.tsx
 * - packages/page/src/view/tabs.tsx
 * - packages/page/src/view/token-result.tsx
 * - packages/page/src/view/use-answer.ts
 * - packages/page/src/view/use-file.ts
 * - packages/page/src/view/verdict.tsx
 * - packages/page/src/view/write-view.tsx
 * - packages/page/src/worker.ts
 */

import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Shared, sharedIn } from './address.ts';
import { examples } from './examples.ts';
import { barriersIn, launched, noBrowser } from './testing/browser.ts';
import { opened, pageFile } from './testing/chromium.ts';

const [wide, narrow] = examples.map(({ text }) => text) as [string, string];
async function unfolded(page: Page): Promise<void> {
  await page.locator('details').evaluateAll((all) => {
    for (const one of all) one.setAttribute('open', '');
  });
}

const editor = (page: Page) => page.getByLabel('Policy or federated credentials');
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name });
const addressOf = (shared: Partial<Shared>) =>
  `#1.${deflateRawSync(JSON.stringify({ view: 'check', text: '', before: '', mine: '', ...shared })).toString('base64url')}`;

const signature = 'c2lnbmF0dXJlLW9mLXRoZS1pc3N1ZXI';
const claims = {
  ...{
    iss: 'https://token.actions.githubusercontent.com',
    aud: 'sts.amazonaws.com',
    exp: 1_790_000_300,
    iat: 1_790_000_000,
  },
  sub: 'repo:octo@65001/app@724113:environment:production',
};
const token = [JSON.stringify({ alg: 'RS256' }), JSON.stringify(claims)]
  .map((part) => Buffer.from(part).toString('base64url'))
  .concat(signature)
  .join('.');

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
    await editor(page).fill(wide);
    await heading(page, 'Anybody with an account at GitHub Actions is allowed.').waitFor();
    await page
      .getByText(/^repo:octo.*:ref:refs.heads.main$/)
      .first()
      .waitFor();
    // As it is read out.
    await page.getByRole('status').getByText('is allowed. 1 error, 1 warning.').waitFor({ state: 'attached' });
    await page.getByLabel('Yours').fill('gitlub:octo');
    await page.getByText('"gitlub:octo" is not an owner').waitFor();
    await close();
  });

  it('finds what is wrong while somebody types, and shows where', async () => {
    const { page, close } = await opened(browser);
    await editor(page).pressSequentially('{"Statement":');
    await page.getByText('Line 1, column 14: Not JSON: the text ends too early.').first().waitFor();
    await page.getByText('Nothing is known of it before it can be read.').waitFor();
    await editor(page).fill(wide);
    await page
      .getByRole('button', { name: /^line 4/ })
      .first()
      .click();
    const selected = await editor(page).evaluate((area: HTMLTextAreaElement) => ({
      isFocused: area === document.activeElement,
      line: area.value.slice(0, area.selectionStart).split('\n').length,
    }));
    expect(selected).toEqual({ isFocused: true, line: 4 });
    await editor(page).fill(narrow);
    await heading(page, 'No problems found').waitFor();
    await close();
  });

  it('gives the fixed document, which can be taken and compared', async () => {
    const { page, close } = await opened(browser);
    await editor(page).fill(wide);
    await page.getByRole('button', { name: 'Compare' }).click();
    await heading(page, 'Nobody is newly allowed.').waitFor();
    await heading(page, 'No longer allowed').waitFor();
    expect(await page.getByLabel('Before').inputValue()).toBe(wide);
    expect(await page.getByLabel('After').inputValue()).toContain('"token.actions.githubusercontent.com:aud"');
    await page.getByRole('tab', { name: 'Who is allowed' }).click();
    await heading(page, 'Problems: 1 error').waitFor();
    await close();
  });

  it('decodes a token wherever it is put, and keeps nothing of its signature', async () => {
    const { page, close } = await opened(browser);
    await editor(page).fill(narrow);
    await editor(page).fill(`Bearer ${token}`);
    await heading(page, 'The token is allowed').waitFor();
    await page.getByText('It expired at 2026-09-21T14:18:20.000Z, and is tested as it was before.').waitFor();
    expect(await editor(page).inputValue()).toBe(narrow);
    expect(await page.getByLabel('Token or claims').inputValue()).toBe(JSON.stringify(claims, null, 2));
    await page.getByLabel('Token or claims').fill(token);
    await page.getByText('Documents that allow it').click();
    await page.getByRole('region', { name: 'Trust policy of an AWS role' }).waitFor();
    await page
      .getByText("Federated credential of Entra: none. The audience is sts.amazonaws.com, which is AWS's.")
      .waitFor();
    await page.getByRole('button', { name: 'Copy address' }).click();
    await page.waitForFunction(() => location.hash.startsWith('#1.'));
    const everything = await page.evaluate(() => document.documentElement.outerHTML + location.href);
    expect(everything).not.toContain(signature);
    expect(await sharedIn(await page.evaluate(() => location.hash))).toEqual({
      ...{ view: 'check', text: narrow, before: '', mine: '' },
    });
    await close();
  });

  it('puts no document into an address that has a token in it', async () => {
    const { page, close } = await opened(browser);
    await editor(page).fill(`${narrow}\n// ${token}`);
    await page.getByRole('button', { name: 'Copy address' }).click();
    await page.getByText('A token stands in the document.').waitFor();
    expect(await page.evaluate(() => location.hash)).toBe('');
    await close();
  });

  it('takes a paste of megabytes, and says why it takes no more', async () => {
    const { page, close } = await opened(browser);
    const paste = (length: number) =>
      editor(page).evaluate(
        (element, [count, text]) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData('text/plain', `${text}${' '.repeat(Number(count))}`);
          element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
        },
        [length, narrow] as const,
      );
    await paste(20_000_000);
    await page.getByText(/^Nothing was pasted: it has 20,000,\d{3} characters, more than /).waitFor();
    await paste(3_000_000);
    await heading(page, 'octo at GitHub Actions is allowed.').waitFor();
    await page.getByText(/too long to be edited here/).waitFor();
    await paste(1);
    await page.getByText('Nothing was pasted: what stands here is too long to be edited. Clear it first.').waitFor();
    await close();
  });

  it('opens what an address carries, and the next one too', async () => {
    const { page, close } = await opened(browser, {}, addressOf({ view: 'compare', before: narrow, text: wide }));
    await heading(page, 'Newly allowed').waitFor();
    await page.evaluate((hash) => location.assign(hash), addressOf({ text: narrow, mine: 'github:octo@65001' }));
    await heading(page, 'Only what you named as yours is allowed.').waitFor();
    await page.getByText('Whoever made this address says that these are yours: github:octo@65001.').waitFor();
    await page.evaluate(() => location.assign('#1.AAAA'));
    await page.getByText('This address carries no document that can be read.').waitFor();
    await close();
  });

  it('shows what is pasted, or stands in an address, as text and never as markup', async () => {
    const attack = `"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}\${7*7}</textarea><b>bold`;
    const condition = { StringEquals: { [`token.actions.githubusercontent.com:${attack}`]: attack, [attack]: attack } };
    const hostile = JSON.parse(narrow);
    Object.assign(hostile.Statement[0], { Condition: condition });
    const credential = { name: attack, issuer: `https://x.example/${attack}`, subject: attack, audiences: [attack] };
    for (const text of [
      JSON.stringify(hostile),
      JSON.stringify([credential]),
      attack,
      `{"${attack.replaceAll('"', '')}": `,
    ]) {
      const { page, close } = await opened(browser, {}, addressOf({ text, before: text, mine: attack }));
      page.on('dialog', (dialog) => expect.unreachable(dialog.message()));
      await page.getByText('is not an owner').first().waitFor();
      await page.getByRole('tab', { name: 'Compare' }).click();
      await page.getByText('is not an owner').first().waitFor();
      expect(await page.locator('img, b, script:not(body > script)').count()).toBe(0);
      await close();
    }
  });

  it('lets not even its own code send something, or make markup of a text', async () => {
    const { page, incidents } = await opened(browser);
    const refused = await page.evaluate(async () => {
      const tries: readonly (() => unknown)[] = [
        () => fetch('https://example.com/'),
        () => new WebSocket('wss://example.com/'),
        () => (document.body.innerHTML = '<b>x</b>'),
        () => new Worker('data:text/javascript,1'),
      ];
      const outcomes = tries.map(async (one) => one());
      return (await Promise.allSettled(outcomes)).map(({ status }) => status);
    });
    expect([refused[0], refused[2], refused[3]]).toEqual(['rejected', 'rejected', 'rejected']);
    // What the other tests look at sees such things.
    expect(incidents.some((one) => /^console error: .*Content Security Policy/.test(one))).toBe(true);
    expect(incidents.filter((one) => one.startsWith('request:'))).toEqual([]);
    await page.context().close();
  });

  it('answers the newest question, however large the one before is, and shows where in it something is', async () => {
    const { page, close } = await opened(browser);
    const tags = Array.from({ length: 20 }, (_, index) => ({ Key: `key-${index}`, Value: '' }));
    const roles = Array.from({ length: 300 }, (_, index) => {
      const own = JSON.parse(wide);
      // None is another with other names.
      own.Statement[0].Condition.StringLike['token.actions.githubusercontent.com:sub'] = `repo:app-${index}*:*`;
      return { RoleName: `role-${index}`, AssumeRolePolicyDocument: own, Tags: tags };
    });
    const open = (all: readonly object[]) =>
      page
        .getByLabel('Open a file')
        .first()
        .setInputFiles({
          ...{ name: 'roles.json', mimeType: 'application/json' },
          buffer: Buffer.from(JSON.stringify({ Roles: all }, null, 2)),
        });
    await open(roles);
    await page.locator('[aria-busy=true]').waitFor({ state: 'attached' });
    await page.getByText(/lines: too long to be edited here\. What stands around line 1 is shown\./).waitFor();
    await page.getByRole('tab', { name: 'Write' }).click();
    await page.getByText('Still to fill in: Repository, Its name, Account.').waitFor();
    await page.getByRole('tab', { name: 'Who is allowed' }).click();
    const alike = roles.map((role) => ({ ...role, AssumeRolePolicyDocument: JSON.parse(narrow) }));
    await open(alike.slice(1).concat({ RoleName: 'last', AssumeRolePolicyDocument: { Statement: [] }, Tags: [] }));
    await heading(page, '300 documents').waitFor();
    await page
      .getByRole('button', { name: /^line \d{5}\b/ })
      .first()
      .click();
    await page.getByText(/around line \d\d,\d{3} is shown/).waitFor();
    await page.waitForFunction(() => getSelection()?.toString().includes('"Statement": []'));
    await page.getByRole('button', { name: 'Clear' }).click();
    await editor(page).fill(narrow);
    await heading(page, 'octo at GitHub Actions is allowed.').waitFor();
    await close();
  });

  it('takes a file that is dropped, in whatever encoding tools write, and says why it does not take another', async () => {
    const { page, close } = await opened(browser);
    const drop = async (name: string, bytes: Buffer, onto: string) => {
      const data = await page.evaluateHandle(
        ([file, content]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([Uint8Array.from(content)], file));
          return transfer;
        },
        [name, [...bytes]] as const,
      );
      await page.locator(onto).first().dispatchEvent('drop', { dataTransfer: data });
    };
    // As PowerShell's > writes it.
    await drop('role.json', Buffer.from(`\ufeff${narrow}`, 'utf16le'), 'textarea');
    await heading(page, 'octo at GitHub Actions is allowed.').waitFor();
    expect(await editor(page).inputValue()).toBe(narrow);
    await drop('plan.out', Buffer.from([0x50, 0x4b, 0x03, 0x04, 0xff, 0xfe]), 'textarea');
    await page.getByText('plan.out is not text in UTF-8').waitFor();
    await drop('beside.json', Buffer.from(wide), 'footer');
    expect(await editor(page).inputValue()).toBe(narrow);
    await close();
  });

  it('is used with the keyboard alone', async () => {
    const { page, close } = await opened(browser);
    const focused = () => page.evaluate(() => document.activeElement?.textContent || document.activeElement?.id);
    await page.getByRole('tab', { name: 'Who is allowed' }).focus();
    await page.keyboard.press('End');
    expect(await focused()).toBe('Write');
    // What to choose, twice, and the first field.
    for (const name of ['cloud', 'kind', '']) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.getAttribute('name') ?? '')).toBe(name);
    }
    await page.keyboard.type('octo/app');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('main');
    await page.getByLabel('Account').focus();
    await page.keyboard.type('123456789012');
    await page.getByRole('button', { name: 'Check it' }).focus();
    await page.keyboard.press('Enter');
    await heading(page, 'octo at GitHub Actions is allowed.').waitFor();
    await page.getByRole('button', { name: 'github:octo' }).press('Enter');
    await heading(page, 'Only what you named as yours is allowed.').waitFor();
    // The tab that is chosen is the only one that Tab reaches.
    expect(await page.locator('[role=tab][tabindex="0"]').allTextContents()).toEqual(['Who is allowed']);
    await close();
  });

  const views = ['Who is allowed', 'Compare', 'Write'] as const;

  it.each(['light', 'dark'] as const)('has nothing that axe finds, in %s', async (colorScheme) => {
    const options = { colorScheme, bypassCSP: true } as const;
    const { page, close } = await opened(browser, options, addressOf({ text: wide, before: narrow }));
    for (const view of views) {
      await page.getByRole('tab', { name: view }).click();
      await page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
      expect([view, ...(await barriersIn(page))]).toEqual([view]);
    }
    await page.getByRole('tab', { name: 'Who is allowed' }).click();
    await page.getByLabel('Yours').fill('github:octo@65001');
    await editor(page).fill(`${narrow}\n${narrow}`);
    await editor(page).fill(
      JSON.stringify([narrow, wide].map((text) => ({ RoleName: 'r', AssumeRolePolicyDocument: JSON.parse(text) }))),
    );
    await heading(page, '2 documents').waitFor();
    await editor(page).fill(token);
    await heading(page, /^The token is/).waitFor();
    await unfolded(page);
    expect(await barriersIn(page)).toEqual([]);
    await close();
  });

  it("fits a phone's width", async () => {
    const options = { viewport: { width: 360, height: 740 } };
    const { page, close } = await opened(browser, options, addressOf({ text: wide, before: narrow }));
    for (const view of views) {
      await page.getByRole('tab', { name: view }).click();
      await page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
      await unfolded(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    }
    await close();
  });
});
