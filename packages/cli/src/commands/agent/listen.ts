import { resolve } from 'node:path';
import { runHandedOver, StoppableWaits } from '@fedbridge/agent';
import { Command, Option } from 'commander';
import type { Cli } from '../../command-line.ts';
import { agentLog, type LogFormat, logFormatOption } from './agent-log.ts';

interface ListenOptions {
  readonly handOver: string;
  readonly folder: string;
  readonly logFormat: LogFormat;
}

/** `fedbridge agent listen`. */
export function listenCommand(cli: Cli): Command {
  return new Command('listen')
    .description('Run the agent that "fedbridge agent run --hand-over" has registered in another container.')
    .requiredOption('--hand-over <folder>', 'the folder that both containers have: this one needs to read it alone')
    .addOption(new Option('--folder <path>', 'where the agent is copied to').env('AZP_AGENT_FOLDER').default('agent'))
    .addOption(logFormatOption())
    .addHelpText(
      'after',
      `
This container needs no identity, and its jobs find none. It ends as the agent
ended, when that has been removed; on SIGTERM a job that runs is waited for.

Example, beside "fedbridge agent run --once --hand-over /hand-over":
  fedbridge agent listen --hand-over /hand-over`,
    )
    .action((options: ListenOptions) => listen(options, cli));
}

async function listen(options: ListenOptions, cli: Cli): Promise<void> {
  const { terminal, system } = cli;
  const waits = new StoppableWaits(system, terminal.stopSignal());
  const onLine = agentLog(options.logFormat, {}, cli);
  const log = (line: string) => terminal.log(line);
  terminal.exitCode = await runHandedOver(
    resolve(options.handOver),
    resolve(options.folder),
    { onLine },
    { waits, log },
  );
}
