import { FedbridgeError } from '@fedbridge/core';
import type { Cli } from '../../command-line.ts';
import { type ShellName, shells } from '../../shells.ts';
import { readConfig } from './config-file.ts';
import { makeJobFolder } from './job-folder.ts';
import type { JobOptions } from './job-options.ts';
import { RunningEmulator } from './running-emulator.ts';

/** Prints the variables of a job of an emulator that runs. @throws FedbridgeError */
export async function env(
  { config, job, set = [], shell }: JobOptions & { readonly shell: ShellName },
  cli: Cli,
): Promise<void> {
  const running = await RunningEmulator.find(await readConfig(config, cli));
  if (!running) {
    throw new FedbridgeError('INPUT_INVALID', `No emulator runs with ${config}.`, {
      hint: `Start one in another terminal: fedbridge emulator --config ${config}`,
    });
  }
  const started = await running.startJob(job, set);
  // It stays as long as the shell needs it, in the folder for what is temporary.
  const folder = await makeJobFolder(started, process.cwd());
  cli.terminal.printDocument(shells[shell]({ ...started.environment, ...folder.environment }));
}
