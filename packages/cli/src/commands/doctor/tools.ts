import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { System } from '@fedbridge/core';
import type { Cli } from '../../command-line.ts';
import type { Here } from './report.ts';

/** How each says its version, without asking the network. Source: the tools' own references. */
const questions: Readonly<Record<string, readonly string[]>> = {
  aws: ['--version'],
  az: ['version', '--output', 'json'],
  gcloud: ['version'],
  terraform: ['version'],
};

/** In ms: `az` takes a while. */
const timeoutMs = 15_000;

/** What programs need to start; nothing of a job's secrets. */
const plain = [
  ...['PATH', 'PATHEXT', 'HOME', 'USERPROFILE', 'SystemRoot', 'ComSpec', 'LANG'],
  ...['TEMP', 'TMP', 'TMPDIR', 'LOCALAPPDATA', 'APPDATA', 'ProgramFiles'],
];

/** The clouds' programs on the path, with what each says of its version. They write nothing of the user's. */
export async function toolsHere({ system, terminal }: Cli): Promise<Here['tools']> {
  const names = Object.keys(questions);
  const present = await Promise.all(names.map((name) => system.hasProgram(name)));
  const found = names.filter((_name, index) => present[index]);
  if (found.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), 'fedbridge-doctor-'));
  try {
    return await terminal.interruptible((cancelled) =>
      Promise.all(found.map(async (name) => ({ name, version: await versionOf(name, folder, system, cancelled) }))),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param folder - where it may write what it likes @returns null where it says none */
async function versionOf(
  program: string,
  folder: string,
  { run, environment }: System,
  cancelled: AbortSignal,
): Promise<string | null> {
  const own = Object.fromEntries(plain.map((name) => [name, environment[name]]));
  const apart = { AZURE_CONFIG_DIR: join(folder, 'azure'), CLOUDSDK_CONFIG: join(folder, 'gcloud') };
  const quiet = { AZURE_CORE_COLLECT_TELEMETRY: 'false', CHECKPOINT_DISABLE: '1' };
  const call = { program, args: questions[program] ?? [], environment: { ...own, ...apart, ...quiet } };
  const end = await run({ ...call, withinMs: timeoutMs, cancelled }).catch(() => undefined);
  // Of what it prints the version alone is shown.
  return (end?.exitCode === 0 && /\d+(?:\.\d+)+/.exec(end.output)?.[0]) || null;
}
