/**
 * Tests as well:
 * - packages/cli/src/commands/emulator/explanation.ts
 * - packages/emulator/src/page/exchange.ts
 * - packages/emulator/src/page/markup.ts
 * - packages/emulator/src/page/page-script.ts
 * - packages/emulator/src/page/page-server.ts
 * - packages/emulator/src/page/page-style.ts
 * - packages/emulator/src/page/page.ts
 * - packages/emulator/src/page/play.ts
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriersIn, incidentsOf, launched, noBrowser } from '../../packages/page/src/testing/browser.ts';
import { allPorts, emulatorFolder, type StartedEmulator, startEmulatorCommand } from '../harness/emulator-command.ts';
import { ids } from '../harness/setup.ts';
import { gitHubToken, unsignedToken } from '../harness/tokens.ts';

const role = 'arn:aws:iam::123456789012:role/deploy';
let folder: string;
let started: StartedEmulator;
beforeAll(async () => {
  folder = await emulatorFolder(await allPorts());
  started = await startEmulatorCommand(folder);
});
afterAll(() => started?.[Symbol.asyncDispose]());

const own = { 'content-type': 'application/json', 'x-fedbridge-emulator': 'test' };

/** As no browser lets a page choose it: `Host` and `Origin` too. */
function status(path: string, headers: Record<string, string>, method = 'GET', body = ''): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(new URL(path, started.urls.Page), { method, headers }, (answer) => {
      answer.destroy();
      resolve(answer.statusCode);
    });
    request.on('error', reject).end(body);
  });
}

describe('the page answers', () => {
  const host = () => new URL(started.urls.Page ?? '').host;
  const job = JSON.stringify({ job: 'main' });

  it('its own machine alone: a name that was made to lead here gets nothing', async () => {
    const port = new URL(started.urls.Page ?? '').port;
    for (const path of ['/', '/status', '/events']) {
      expect(await status(path, { host: `evil.example.com:${port}` })).toBe(403);
      expect(await status(path, { host: 'localhost' })).toBe(403);
      expect(await status(path, { host: `localhost:${port}` })).toBe(200);
    }
    expect(await status('/jobs', { ...own, host: `evil.example.com:${port}` }, 'POST', job)).toBe(403);
  });

  it('no page of another site', async () => {
    const origin = 'https://evil.example.com';
    expect(await status('/status', { origin })).toBe(403);
    expect(await status('/status', { origin: 'null' })).toBe(403);
    expect(await status('/status', { 'sec-fetch-site': 'cross-site' })).toBe(403);
    // Another port of this machine is another origin.
    expect(await status('/jobs', { ...own, origin: 'http://127.0.0.1:1' }, 'POST', job)).toBe(403);
    expect(await status('/jobs', { 'content-type': 'application/json' }, 'POST', job)).toBe(403);
    expect(await status('/jobs', { ...own, 'content-type': 'text/plain' }, 'POST', job)).toBe(415);
    expect(await status('/jobs', { ...own, origin: `http://${host()}` }, 'POST', job)).toBe(200);
  });

  it('with a policy that allows nothing but itself', async () => {
    const answer = await fetch(started.urls.Page ?? '');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('what there is not with a sentence', async () => {
    const answer = await fetch(new URL('/jobs', started.urls.Page), {
      method: 'POST',
      headers: own,
      body: '{"job":"mian"}',
    });
    expect([answer.status, ((await answer.json()) as { message: string }).message]).toEqual([
      400,
      expect.stringContaining('There is no job "mian"'),
    ]);
  });
});

const exchange = (form: Record<string, string>) =>
  fetch(started.urls.sts ?? '', { method: 'POST', body: new URLSearchParams(form) });
const asRole = (token: string) => ({
  Action: 'AssumeRoleWithWebIdentity',
  RoleArn: role,
  RoleSessionName: 'job',
  WebIdentityToken: token,
});

describe.skipIf(noBrowser)(`in Chromium${noBrowser ? `, skipped: ${noBrowser}` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launched();
  });
  afterAll(() => browser?.close());

  async function opened(colorScheme: 'light' | 'dark' = 'light', bypassCSP = false) {
    const context = await browser.newContext({ colorScheme, bypassCSP, viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(600_000);
    const incidents = incidentsOf(context, page, (url) => url.startsWith(started.urls.Page ?? '') || url === 'data:,');
    await page.goto(started.urls.Page ?? '');
    return { page, incidents, close: () => context.close() };
  }

  const denied = (page: Page) => page.locator('.is-denied').first();

  it('shows a denial as it comes: the claims, the condition that failed and the fix; and then that it is allowed', async () => {
    const { page, incidents, close } = await opened();
    await page.getByRole('combobox', { name: 'Job' }).selectOption('feature');
    await page.getByRole('combobox', { name: 'asks for' }).selectOption(role);
    await page.getByRole('button', { name: 'Exchange its ID token' }).click();
    const one = denied(page);
    await one.getByText('AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity').waitFor();
    await one.getByText('token.actions.githubusercontent.com:sub is repo:octo/app:ref:refs/heads/feature').waitFor();
    await one.getByText('"token.actions.githubusercontent.com:sub": "repo:octo/app:ref:refs/heads/feature"').waitFor();
    await one.getByRole('rowheader', { name: 'repository_owner_id' }).waitFor();
    await page
      .getByRole('log')
      .getByText('Denied: AWS STS, repo:octo/app:ref:refs/heads/feature')
      .waitFor({ state: 'attached' });
    await page.getByRole('combobox', { name: 'Job' }).selectOption('main');
    await page.getByRole('button', { name: 'Exchange its ID token' }).click();
    const allowed = page.locator('.is-allowed').first();
    await allowed.getByText('AWS STS').click();
    await allowed.getByText('Statement 1 allows it.').waitFor();
    expect(incidents).toEqual([]);
    await close();
  });

  it('shows why Entra denies, and what the job would be with a change', async () => {
    const { page, close } = await opened();
    await page.getByRole('combobox', { name: 'Job' }).selectOption('main');
    await page.getByRole('textbox', { name: 'Changes' }).fill('environment=production');
    await page.getByRole('combobox', { name: 'asks for' }).selectOption(ids.app);
    await page.getByRole('textbox', { name: 'Changes' }).press('Enter');
    const one = page.locator('.is-denied', { hasText: 'Microsoft Entra' }).first();
    await one.getByText('AADSTS700213').waitFor();
    await one.getByText('Credential "github-main" does not fit').waitFor();
    await one.getByText('"subject": "repo:octo/app:environment:production"').waitFor();
    await page.getByRole('textbox', { name: 'Changes' }).fill('brunch=x');
    await page.getByRole('textbox', { name: 'Changes' }).press('Enter');
    await page.getByRole('status').getByText('has no member "brunch"').waitFor();
    await close();
  });

  it('has no secret in it, until it is asked for', async () => {
    const { page, close } = await opened();
    const { environment } = (await (
      await fetch(new URL('/jobs', started.urls.Page), { method: 'POST', headers: own, body: '{"job":"main"}' })
    ).json()) as { environment: Record<string, string> };
    const token = await gitHubToken(environment, 'sts.amazonaws.com');
    const answer = await (await exchange(asRole(token))).text();
    const given = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map(
      (name) => new RegExp(`<${name}>(.*)</${name}>`).exec(answer)?.[1] ?? '',
    );
    await page.locator('.is-allowed').first().waitFor();
    const shown = await page.content();
    const secrets = [environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? '', token, token.split('.')[2] ?? '', ...given];
    expect(secrets.filter((secret) => secret === '' || shown.includes(secret))).toEqual([]);
    await page.getByRole('button', { name: 'Show variables for a shell' }).click();
    await page.getByLabel('Variables for a shell').getByText('export ACTIONS_ID_TOKEN_REQUEST_TOKEN=').waitFor();
    await close();
  });

  it('shows what a token says as text, whatever that is', async () => {
    const { page, incidents, close } = await opened();
    const markup = '<img src=x onerror=alert(1)>"\'\u202e';
    await exchange(asRole(unsignedToken({ iss: markup, sub: markup, aud: markup, [markup]: markup, exp: 1, iat: 1 })));
    await denied(page).getByText(String.raw`<img src=x onerror=alert(1)>"'\u202e`).first().waitFor();
    expect(await page.locator('#list img').count()).toBe(0);
    expect(incidents).toEqual([]);
    await close();
  });

  it('is used with the keyboard: exchanges one after the other, and what is shown of them', async () => {
    const { page, close } = await opened();
    await denied(page).waitFor();
    const all = page.locator('summary');
    const focused = (index: number) =>
      page.evaluate(`document.activeElement === document.querySelectorAll('summary')[${index}]`);
    await all.first().focus();
    await page.keyboard.press('ArrowDown');
    expect(await focused(1)).toBe(true);
    await page.keyboard.press('ArrowUp');
    expect(await focused(0)).toBe(true);
    await page.getByLabel('denied exchanges').focus();
    await page.keyboard.press('Space');
    expect(await denied(page).isVisible()).toBe(false);
    await close();
  });

  it.each(['light', 'dark'] as const)('is for everybody to use: %s', async (scheme) => {
    const { page, close } = await opened(scheme, true);
    await denied(page).waitFor();
    expect(await barriersIn(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    expect(await barriersIn(page)).toEqual([]);
    await close();
  });

  it('says that a configuration was not taken, and shows the new one when it is', async () => {
    const { page, close } = await opened();
    const file = join(folder, 'emulator.yaml');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, good.replace('accounts:', 'acounts:'));
    await page.getByRole('status').getByText('Did you mean "accounts"?').waitFor();
    writeFileSync(file, good.replace('  feature:\n', '  other:\n'));
    await page.getByRole('combobox', { name: 'Job' }).getByText('other').waitFor({ state: 'attached' });
    writeFileSync(file, good);
    await close();
  });
});
