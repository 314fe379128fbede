import { watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { explain, FedbridgeError, untilAborted } from '@fedbridge/core';
import { type Page, servePage } from '@fedbridge/emulator';
import { type Cli, exitCodes } from '../../command-line.ts';
import { type Configured, readConfig } from './config-file.ts';
import { explanationOf } from './explanation.ts';
import { portsOf } from './ports.ts';
import { Workbench } from './workbench.ts';

/** Starts the emulator and its page, follows its configuration, and ends when it is asked to. @throws FedbridgeError */
export async function serve(
  { config, listen: address }: { readonly config: string; readonly listen: string },
  cli: Cli,
): Promise<void> {
  const { terminal, system } = cli;
  const stop = terminal.stopSignal();
  const configured = await readConfig(config, cli);
  const ports = portsOf(configured.config);
  const folder = configured.config.state;
  const state = folder === undefined ? {} : { state: resolve(dirname(configured.file), folder) };
  await using bench = await Workbench.open(configured, { ports, address, ...state }, system);
  const page = await pageOf(bench, { port: ports.page, address });
  terminal.print(`Page      ${page.url}`);
  terminal.print(`Proxy     ${bench.emulator.proxy ?? ''}`);
  for (const [name, url] of Object.entries(bench.emulator.urls)) terminal.print(`${name.padEnd(12)}${url}`);
  const isFile = configured.file !== '-';
  const follower = isFile ? follow(bench, page, config, cli) : undefined;
  terminal.log(
    `${isFile ? `${config} is served, and read again when it changes` : 'What was read is served'}. Ctrl+C ends it.`,
  );
  await untilAborted(stop);
  follower?.close();
  await page.close();
  if (stop.reason === 'SIGINT') terminal.exitCode = exitCodes.interrupted;
}

async function pageOf(bench: Workbench, listening: { readonly port: number; readonly address: string }): Promise<Page> {
  try {
    return await servePage({
      ...listening,
      emulator: bench.emulator,
      configFile: bench.configured.file,
      current: () => bench.configured,
      startJob: (name, changes) => bench.startJob(name, changes),
      explain: explanationOf,
    });
  } catch (error) {
    throw new FedbridgeError('INPUT_INVALID', (error as Error).message, {
      hint: 'Another emulator may run already; "ports" of the configuration chooses others.',
    });
  }
}

/** Editors replace files: it is their folders that are watched. */
function follow(bench: Workbench, page: Page, config: string, cli: Cli) {
  let watchers: { close(): void }[] = [];
  let again: NodeJS.Timeout | undefined;
  let work = Promise.resolve();
  const close = () => {
    clearTimeout(again);
    for (const watcher of watchers) watcher.close();
    watchers = [];
  };
  const start = ({ files }: Configured) => {
    close();
    const folders = new Map<string, Set<string>>();
    for (const file of files) folders.set(dirname(file), (folders.get(dirname(file)) ?? new Set()).add(basename(file)));
    for (const [folder, names] of folders) {
      const watcher = watch(folder, (_event, name) => {
        if (name !== null && !names.has(name)) return;
        clearTimeout(again);
        again = setTimeout(changed, settleMs);
      });
      watcher.on('error', () => {});
      watchers.push(watcher);
    }
  };
  const changed = () => {
    work = work.then(async () => {
      const next = await reread(bench, page, config, cli);
      if (next) start(next);
    });
  };
  start(bench.configured);
  return { close };
}

/** An editor writes a file in several steps. */
const settleMs = 50;

/** A file that is wrong changes nothing, and is reported. */
async function reread(bench: Workbench, page: Page, config: string, cli: Cli): Promise<Configured | undefined> {
  try {
    const next = await readConfig(config, cli);
    await bench.reconfigure(next);
    cli.terminal.log(`${config} was read again.`);
    page.reload();
    return next;
  } catch (error) {
    if (!(error instanceof FedbridgeError)) throw error;
    const why = explain(error);
    cli.terminal.log(`${config} was not taken, and what it said before stays.\n${why}`);
    page.notice(`${config} was not taken, and what it said before stays. ${why}`);
    return undefined;
  }
}
