import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { incidentsOf } from './browser.ts';

/** The page as it is shipped. */
export const pageFile = join(import.meta.dirname, '../../dist/page.html');

/** The page in a window, and all that must not happen in it: requests, messages of the console, violations of its policy. */
export interface Opened {
  readonly page: Page;
  readonly incidents: readonly string[];
  close(): Promise<void>;
}

/** Opens it from disk. @param fragment - of its address */
export async function opened(browser: Browser, options: BrowserContextOptions = {}, fragment = ''): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  // Against what hangs alone: a busy machine may take its time.
  page.setDefaultTimeout(600_000);
  const address = pathToFileURL(pageFile).href;
  const isOwn = (url: string) => [address, 'blob:', 'data:'].some((start) => url.startsWith(start));
  const incidents = incidentsOf(context, page, isOwn);
  await page.goto(`${address}${fragment}`);
  await page.getByRole('tablist').waitFor();
  return {
    page,
    incidents,
    async close() {
      await context.close();
      expect(incidents).toEqual([]);
    },
  };
}
