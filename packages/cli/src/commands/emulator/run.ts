import { denialsIn } from '@fedbridge/emulator';
import type { Cli } from '../../command-line.ts';
import { runCommand } from '../../run-command.ts';
import { readConfig } from './config-file.ts';
import { explanationOf } from './explanation.ts';
import { makeJobFolder, withoutOthers } from './job-folder.ts';
import type { JobOptions } from './job-options.ts';
import { anyPorts } from './ports.ts';
import { RunningEmulator } from './running-emulator.ts';
import { tellDenials } from './tell-denials.ts';
import { asInput, type Job, Workbench } from './workbench.ts';

/** Runs a command as a job, ends as it does, and says by which condition it was denied. @throws FedbridgeError */
export async function run(command: readonly string[], options: JobOptions, cli: Cli): Promise<void> {
  const configured = await readConfig(options.config, cli);
  const running = await RunningEmulator.find(configured);
  if (running) {
    const since = cli.system.now();
    const job = await running.startJob(options.job, options.set ?? []);
    await runAs(job, command, cli);
    return tellDenials(await running.denials(since), { ...options, choosesAudience: job.choosesAudience }, cli);
  }
  await using bench = await Workbench.open(configured, { ports: anyPorts(configured) }, cli.system);
  const job = await asInput(() => bench.startJob(options.job, options.set ?? []));
  await runAs(job, command, cli);
  const denials = denialsIn(bench.emulator.requests, configured.setup, explanationOf);
  tellDenials(denials, { ...options, choosesAudience: job.choosesAudience }, cli);
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
