import { mkdtempSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { System } from '@fedbridge/core';
import { Command } from 'commander';
import type { Cli } from '../../command-line.ts';
import { unusable } from '../../reading.ts';
import { standaloneFile } from '../../standalone.ts';

/** Of packages/page; in the bundle it lies beside the script. */
const page = fileURLToPath(new URL('../../../../page/dist/page.html', import.meta.url));

/** `fedbridge trust page`: the page that says who is allowed, as a file. */
export function pageCommand(cli: Cli): Command {
  return new Command('page')
    .description(
      'Open a page that tells who is allowed by a trust document, what is wrong with it and how to fix it. It is one file, which needs no network.',
    )
    .option('--output <file>', 'write the page there, - for standard output, and open nothing')
    .addHelpText(
      'after',
      `
Prints the path of the page, and opens it in a browser where this is a terminal.

Examples:
  fedbridge trust page
  fedbridge trust page --output trust.html`,
    )
    .action(async ({ output }: { readonly output?: string }) => {
      const inside = standaloneFile('page.html');
      if (output === '-') {
        cli.terminal.printBytes(inside ?? (await readFile(page)));
        return;
      }
      if (output !== undefined) {
        await written(output, inside);
        cli.terminal.print(resolve(output));
        return;
      }
      const path = inside ? join(mkdtempSync(join(tmpdir(), 'fedbridge-')), 'page.html') : page;
      if (inside) await written(path, inside);
      cli.terminal.print(path);
      const opener = openerOf(process.platform, cli.system.environment, cli.terminal.isInteractive);
      if (opener) await open(opener, path, cli.system);
    });
}

/** @param inside - the page, where it is in this program @throws FedbridgeError `INPUT_INVALID` */
async function written(file: string, inside: Uint8Array | undefined): Promise<void> {
  try {
    await (inside ? writeFile(file, inside) : copyFile(page, file));
  } catch (error) {
    throw unusable(file, 'written', error);
  }
}

/** What opens a file on a platform; undefined where nobody looks, or nothing shows it. */
export function openerOf(
  platform: NodeJS.Platform,
  environment: System['environment'],
  isInteractive: boolean,
): readonly [program: string, ...args: string[]] | undefined {
  if (!isInteractive || environment.CI) return undefined;
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['explorer.exe'];
  // Without a display it would show the page as text in this terminal.
  return environment.DISPLAY || environment.WAYLAND_DISPLAY ? ['xdg-open'] : undefined;
}

const timeoutMs = 10_000;

/** The path is printed already: whoever has no such program opens it by hand. */
async function open([program, ...args]: readonly [string, ...string[]], path: string, system: System): Promise<void> {
  if (!(await system.hasProgram(program))) return;
  await system
    .run({ program, args: [...args, path], environment: system.environment, withinMs: timeoutMs })
    .catch(() => undefined);
}
