import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

const programs = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const program = programs.find((path) => path !== '' && existsSync(path));

/** Why there is no browser to look at a page with. */
export const noBrowser =
  program === undefined ? 'there is no Chromium: install chromium, or name it with CHROMIUM' : undefined;

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
  page.setDefaultTimeout(120_000);
  const incidents: string[] = [];
  const address = pathToFileURL(file).href;
  page.on('console', (message) => incidents.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => incidents.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => incidents.push(`dialog: ${dialog.message()}`));
  context.on('request', (request) => {
    if (request.url() !== address) incidents.push(`request: ${request.url()}`);
  });
  await page.goto(address);
  await look(page);
  await context.close();
  expect(incidents).toEqual([]);
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What keeps people from using what is shown. The page is opened with `bypassCSP`: its own policy allows no script. */
export async function barriersIn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}
