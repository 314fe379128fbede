import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

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
    // As of the tests: against what hangs alone.
    timeout: 3_600_000,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
    ],
  });
}

/**
 * What must not happen in a window, as far as it has happened: requests, messages of the console, which a violation of the page's policy is
 * too, errors, dialogs.
 *
 * @param isOwn - whether a request is of the page itself, by its URL
 */
export function incidentsOf(context: BrowserContext, page: Page, isOwn: (url: string) => boolean): readonly string[] {
  const incidents: string[] = [];
  page.on('console', (message) => incidents.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => incidents.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => incidents.push(`dialog: ${dialog.message()}`));
  context.on('request', (request) => {
    if (!isOwn(request.url())) incidents.push(`request: ${request.url()}`);
  });
  return incidents;
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What keeps people from using what is shown. The page is opened with `bypassCSP`: its own policy allows no script. */
export async function barriersIn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}
