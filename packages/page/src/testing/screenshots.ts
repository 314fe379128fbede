/** Takes the pictures of the extension's listing, again whenever the page looks otherwise: `pnpm screenshots`. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { fragmentOf, type Shared } from '../address.ts';
import { examples } from '../examples.ts';
import { launched } from './browser.ts';
import { opened } from './chromium.ts';

const folder = join(import.meta.dirname, '../../../../docs/screenshots');
const [wide] = examples;
const browser = await launched();
try {
  await take('who', { view: 'check', text: wide?.text ?? '', mine: wide?.mine ?? '' }, async (page) => {
    await page.getByRole('heading', { name: /^Anybody/ }).waitFor();
  });
  await take('write', { view: 'write', text: '', mine: '' }, async (page) => {
    await page.getByLabel('Azure Pipelines').check();
    await page.getByLabel('Project', { exact: true }).fill('contoso/shop');
    await page.getByLabel("Organization's id").fill('3f1e8c62-6a1d-4f0b-9a57-d0a7c1b9e2f4');
    await page.getByLabel('Its name').fill('release');
    await page.getByLabel('Account').fill('123456789012');
    await page.getByText('Still to fill in').waitFor({ state: 'detached' });
  });
} finally {
  await browser.close();
}

/** As the marketplace shows them, 1366 by 768. */
async function take(name: string, shared: Omit<Shared, 'before'>, act: (page: Page) => Promise<void>): Promise<void> {
  const fragment = await fragmentOf({ ...shared, before: '' });
  const { page } = await opened(browser, { viewport: { width: 1366, height: 768 } }, fragment);
  await act(page);
  await page.evaluate(() => globalThis.scrollTo(0, 0));
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.context().close();
}
