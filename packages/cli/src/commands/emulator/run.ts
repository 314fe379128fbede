import { FedbridgeError } from '@fedbridge/core';
import { ConfigError } from '@fedbridge/emulator';
import type { Cli } from '../../command-line.ts';
import { runCommand } from '../../run-command.ts';
import { type Configured, readConfig } from './config-file.ts';
import { makeJobFolder, withoutOthers } from './job-folder.ts';
import type { JobOptions } from './job-options.ts';
import { portsOf } from './ports.ts';
import { RunningEmulator } from './running-emulator.ts';
import { type Job, Workbench } from './workbench.ts';

/** Runs a command as a job, and ends as it does. @throws FedbridgeError */
export async function run(command: readonly string[], options: JobOptions, cli: Cli): Promise<void> {
  const configured = await readConfig(options.config, cli);
  const running = await RunningEmulator.find(configured);
  if (running) return runAs(await running.startJob(options.job, options.set ?? []), command, cli);
  await using bench = await Workbench.open(configured, { ports: anyPorts(configured) }, cli.system);
  await runAs(await startedJob(bench, options), command, cli);
}

/** What is started for one command is in nobody's way, and leaves nothing behind. */
function anyPorts({ config }: Configured): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.keys(portsOf(config)).map((name) => [name, 0]));
}

async function startedJob(bench: Workbench, { job, set = [] }: JobOptions): Promise<Job> {
  try {
    return await bench.startJob(job, set);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [problem] = error instanceof ConfigError ? error.problems : [];
    throw new FedbridgeError('INPUT_INVALID', error.message, { hint: problem?.hint });
  }
}

async function runAs(job: Job, [program = '', ...args]: readonly string[], { terminal, system }: Cli): Promise<void> {
  const folder = await makeJobFolder(job, process.cwd());
  const own = withoutOthers(system.environment);
  const environment = { ...own, ...job.environment, ...folder.environment };
  try {
    terminal.exitCode = await runCommand({ program, args, environment }, (why) => terminal.log(why));
  } finally {
    await folder.remove();
  }
}
