import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { incidentsOf } from '../../packages/page/src/testing/browser.ts';

/** Opens a page from disk, looks at it, and fails if it asked for anything, said anything on the console or broke its policy. */
export async function lookAt(
  browser: Browser,
  file: string,
  look: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  // Against what hangs alone: a busy machine may take its time.
  page.setDefaultTimeout(600_000);
  const address = pathToFileURL(file).href;
  const incidents = incidentsOf(context, page, (url) => url === address);
  await page.goto(address);
  await look(page);
  await context.close();
  expect(incidents).toEqual([]);
}
