/**
 * Tests as well:
 * - packages/cli/src/commands/trust/audit-page/audit-page.ts
 * - packages/cli/src/commands/trust/audit-page/dates.ts
 * - packages/cli/src/commands/trust/audit-page/entries.ts
 * - packages/cli/src/commands/trust/audit-page/findings.ts
 */

import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriersIn, launched, noBrowser } from '../../packages/page/src/testing/browser.ts';
import { runCommand } from '../harness/cli.ts';
import { lookAt } from '../harness/look-at.ts';

const folder = mkdtempSync(join(tmpdir(), 'audit-page-'));
const account = '123456789012';
const hub = 'token.actions.githubusercontent.com';

const byToken = (subject: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${hub}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com' },
        StringLike: { [`${hub}:sub`]: subject },
      },
    },
  ],
});
const byService = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const role = (name: string, trust: object) => ({
  Arn: `arn:aws:iam::${account}:role/${name}`,
  AssumeRolePolicyDocument: trust,
  RolePolicyList: [{ PolicyDocument: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } }],
  AttachedManagedPolicies: [],
});

/** Prints the page of some roles. @returns its file */
async function pageOf(name: string, roles: readonly object[], more: readonly string[] = []): Promise<string> {
  const [given, page] = [join(folder, `${name}.json`), join(folder, `${name}.html`)];
  writeFileSync(given, JSON.stringify({ RoleDetailList: roles }, null, 2));
  const { exitCode, stdout, stderr } = await runCommand(
    ['trust', 'audit', given, '--mine', 'github:octo', '--format', 'html', ...more],
    {},
    folder,
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: '' });
  writeFileSync(page, stdout);
  return page;
}

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'onmouseover='alert(1)",
  '</code></table></style><script src=https://evil.example/x.js></script>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '&lt;b&gt;\u202egnp.exe',
  '<!--',
  'javascript:alert(1)',
];

/** All that a page is made of. */
const elements = [
  ...['a', 'body', 'caption', 'code', 'dd', 'div', 'dl', 'dt', 'fieldset', 'h1', 'h2', 'h3', 'head', 'header', 'html'],
  ...['input', 'label', 'legend', 'li', 'main', 'meta', 'nav', 'ol', 'p', 'section', 'span', 'style', 'table'],
  ...['tbody', 'td', 'th', 'thead', 'time', 'title', 'tr', 'ul'],
];

describe.skipIf(noBrowser)(`the page of an audit${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launched();
  });
  afterAll(() => browser?.close());

  const roles = [
    role('open', byToken('repo:octo*')),
    role('ours', byToken('repo:octo/app:ref:refs/heads/main')),
    role('partner', byToken('repo:acme@7/app@8:environment:production')),
    role('function', byService),
    role('broken', { Version: '2012-10-17', Statement: [{ Effect: 'Perhaps' }] }),
  ];

  it('is a table of who is allowed by what, with problems and dates; rows are shown and hidden by keys', async () => {
    await lookAt(browser, await pageOf('small', roles), async (page) => {
      await page.getByRole('heading', { level: 1, name: /^Others than yours are allowed by 2 of 5/ }).waitFor();
      expect(await page.getByRole('definition').nth(1).textContent()).toMatch(/small\.json\s*$/);
      const table = page.getByRole('table', { name: /^Roles and identities, the worst first/ });
      expect(await table.getByRole('columnheader').allTextContents()).toEqual([
        ...['Role or identity', 'Access', 'Who is allowed', 'Where it stands'],
      ]);
      const box = (name: string | RegExp) => page.getByRole('checkbox', { name });
      const rows = () => table.getByRole('rowheader').allTextContents();
      const names = (all: readonly string[]) => all.map((one) => `arn:aws:iam::${account}:role/${one}`);
      expect(await rows()).toEqual(names(['open', 'broken', 'partner', 'ours']));
      await table.getByText('Anybody with an account at GitHub Actions is allowed.').waitFor();
      await table.getByText(/^for example repo:octo.+/).waitFor();
      await box('Services of AWS alone (1)').press('Space');
      expect(await rows()).toEqual(names(['open', 'broken', 'partner', 'ours', 'function']));
      await box('Anybody (1)').press('Space');
      expect(await rows()).toEqual(names(['broken', 'partner', 'ours', 'function']));
      await page.getByRole('heading', { level: 3, name: /^error IAM does not take|^error IAM rejects/ }).waitFor();
      await box(/^error/).press('Space');
      expect(await page.getByRole('heading', { level: 3, name: /^error/ }).count()).toBe(0);
      const dates = page.getByRole('table', { name: /^What stops working/ });
      expect(await dates.getByRole('row').nth(1).textContent()).toContain('since 2026-07-15');
      await page.emulateMedia({ media: 'print' });
      expect(await page.getByRole('checkbox').count()).toBe(0);
    });
  });

  it.each(['light', 'dark'] as const)('keeps nobody out, in %s', async (colorScheme) => {
    const options = { colorScheme, bypassCSP: true, viewport: { width: 400, height: 900 } };
    await lookAt(
      browser,
      await pageOf(colorScheme, roles),
      async (page) => {
        expect(await barriersIn(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      },
      options,
    );
  });

  it('holds what an export says as text, whatever that is', async () => {
    const names = hostile.map((one, index) => role(`${index}${one}`, byToken(`repo:octo*${one}`)));
    const file = await pageOf('hostile', [...names, role('x'.repeat(100_000), byToken('repo:octo*'))]);
    expect(statSync(file).size).toBeLessThan(60_000);
    await lookAt(browser, file, async (page) => {
      const all = "[...document.querySelectorAll('*')]";
      const kinds = new Set<string>(await page.evaluate(`${all}.map((one) => one.localName)`));
      expect([...kinds].sort()).toEqual(elements);
      expect(await page.locator('meta[http-equiv]').count()).toBe(1);
      const attributes = new Set<string>(await page.evaluate(`${all}.flatMap((one) => one.getAttributeNames())`));
      expect([...attributes].filter((one) => /^on|^style$|^src$/.test(one))).toEqual([]);
      const shown = await page.getByRole('rowheader').allTextContents();
      expect(shown).toContain(`arn:aws:iam::${account}:role/0<script>alert(1)</script>`);
      expect(shown).toContain(`arn:aws:iam::${account}:role/5&lt;b&gt;\\u{202e}gnp.exe`);
    });
  });

  it('opens with ten thousand roles, and says what was left out', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => role(`r${index}`, byToken('repo:octo*')));
    const file = await pageOf('large', many);
    expect(statSync(file).size).toBeLessThan(8_000_000);
    await lookAt(browser, file, async (page) => {
      await page.getByText(/Left out: 5000 roles and identities, those that allow least/).waitFor();
      expect(await page.getByRole('rowheader').count()).toBe(5_000);
    });
  });
});
