import { dirname, relative, resolve } from 'node:path';
import { FedbridgeError, inertJson } from '@fedbridge/core';
import type { Exchange } from '@fedbridge/emulator';
import { yamlIn } from '@fedbridge/trust-files';
import { appendedText } from '@fedbridge/trust-files/appended-text';
import type { Cli } from '../../command-line.ts';
import { replaceable } from '../../replaced-file.ts';
import { type Addition, additionsFor } from './additions.ts';
import { type Configured, readConfig } from './config-file.ts';
import { explanationOf } from './explanation.ts';
import type { JobOptions } from './job-options.ts';
import { anyPorts } from './ports.ts';
import { Workbench } from './workbench.ts';

/** A job, and the audience that its ID token is for, where it is not the cloud's usual one. */
export interface AllowOptions extends JobOptions {
  readonly audience?: string;
}

/**
 * Adds to the configuration, or to a file that it names, what allows a job a role or an application, and no other job. It is tried before
 * it is written: what would be denied all the same, by another statement say, changes nothing.
 *
 * @param wanted - the ARN of a role, or a client ID
 * @throws FedbridgeError `INPUT_INVALID`
 */
export async function allow(wanted: string, options: AllowOptions, cli: Cli): Promise<void> {
  const { config, job, set: changes = [], audience } = options;
  const configured = await readConfig(config, cli);
  if (configured.file === '-') throw unchanged('Standard input is no file.', 'Name the configuration with --config.');
  await using bench = await Workbench.open(configured, { ports: anyPorts(configured) }, cli.system);
  const exchange = await bench.exchange({ job, changes, wanted, audience });
  if (exchange.allowed) {
    cli.terminal.print(`${exchange.claims.sub} is allowed ${wanted} already.`, 'green');
    return;
  }
  const texts = await changedTexts(configured, exchange, cli);
  await bench.reconfigure(await readConfig(config, cli, texts));
  const again = await bench.exchange({ job, changes, wanted, audience });
  if (!again.allowed) throw unchanged('It would be denied all the same.', explanationOf(again).why.join('\n'));
  await writeAll(texts);
  tell(exchange, [...texts.keys()], cli);
}

function unchanged(why: string, hint: string): FedbridgeError {
  return new FedbridgeError('INPUT_INVALID', `Nothing was changed. ${why}`, { hint });
}

/** Files by their paths, with what is added. */
async function changedTexts({ config, file }: Configured, exchange: Exchange, { terminal }: Cli) {
  const pathOf = (name: string | undefined) => (name === undefined ? file : resolve(dirname(file), name));
  const read = async (name: string) => (await yamlIn(await terminal.readFile(pathOf(name)), name))[0]?.value;
  const texts = new Map<string, string>();
  for (const addition of await additionsFor(config, exchange, read)) {
    const path = pathOf(addition.file);
    texts.set(path, withAddition(texts.get(path) ?? (await terminal.readFile(path)), path, addition));
  }
  return texts;
}

function withAddition(text: string, file: string, { path, item }: Addition): string {
  try {
    return appendedText(text, path, item);
  } catch (error) {
    if (!(error instanceof FedbridgeError)) throw error;
    const hint = `Add this to ${path.join('.')} of ${file} by hand:`;
    throw unchanged(error.message, hint).with({ document: inertJson(item, 2) });
  }
}

/** Each as a whole or not at all, and none where one of them cannot be. */
async function writeAll(texts: ReadonlyMap<string, string>): Promise<void> {
  const files = await Promise.all(
    [...texts].map(async ([file, text]) => ({ file, text, own: await replaceable(file) })),
  );
  for (const { file, own } of files)
    if (typeof own === 'string') throw unchanged(`${file}: ${own}.`, 'Change it by hand.');
  for (const { file, text, own } of files) {
    const why = typeof own === 'string' ? own : await own.replace(text);
    if (why !== undefined) throw unchanged(`${file}: ${why}.`, 'Run it again.');
  }
}

function tell({ party, wanted, claims }: Exchange, files: readonly string[], { terminal }: Cli): void {
  terminal.print(`Allowed: ${party} gives ${wanted} to this job now.`, 'green');
  terminal.print(`  issuer    ${claims.iss}`);
  terminal.print(`  subject   ${claims.sub}`);
  terminal.print(`  audience  ${[claims.aud].flat().join(', ')}`);
  terminal.print(`Changed: ${files.map((file) => relative(process.cwd(), file)).join(', ')}`);
}
