import { Command } from 'commander';
import type { Cli } from '../../command-line.ts';
import { checkCommand } from './check.ts';
import { listenCommand } from './listen.ts';
import { placeholderCommand } from './placeholder.ts';
import { runCommand } from './run.ts';
import { setupCommand } from './setup.ts';

/** `fedbridge agent`: sets up, checks and runs agents of Azure Pipelines. */
export function agentCommand(cli: Cli): Command {
  return new Command('agent')
    .description('Self-hosted Azure Pipelines agents without a personal access token.')
    .addCommand(runCommand(cli))
    .addCommand(listenCommand(cli))
    .addCommand(setupCommand(cli))
    .addCommand(placeholderCommand(cli))
    .addCommand(checkCommand(cli));
}
