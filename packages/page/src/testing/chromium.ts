import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** The page as it is shipped. */
export const pageFile = join(import.meta.dirname, '../../dist/page.html');

const programs = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const program = programs.find((path) => path !== '' && existsSync(path));

/** Why there is no browser to try the page in. */
export const noBrowser =
  program === undefined ? 'there is no Chromium: install chromium, or name it with CHROMIUM' : false;

/** A real Chromium that asks for nothing of its own, with an empty profile. */
export function launched(): Promise<Browser> {
  return chromium.launch({
    executablePath: program ?? '',
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
    ],
  });
}

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
  page.setDefaultTimeout(60_000);
  const incidents: string[] = [];
  const address = pathToFileURL(pageFile).href;
  // A violation of the policy is a message of the console, too.
  page.on('console', (message) => incidents.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => incidents.push(`error: ${error.message}`));
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !url.startsWith('blob:') && !url.startsWith('data:'))
      incidents.push(`request: ${url}`);
  });
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
