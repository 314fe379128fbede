import { type System, version } from '@fedbridge/core';
import { Command } from 'commander';
import { asProgram, runCommandLine } from './command-line.ts';
import { agentCommand } from './commands/agent.ts';
import { awsCredentialsCommand } from './commands/aws-credentials.ts';
import { completeCommand, completionCommand } from './commands/completion.ts';
import { emulatorCommand } from './commands/emulator/emulator.ts';
import { gitCredentialCommand } from './commands/git-credential.ts';
import { inspectCommand } from './commands/inspect.ts';
import { tokenCommand } from './commands/token.ts';
import { trustCommand } from './commands/trust/trust.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command line. */
export function runCli(args: readonly string[], terminal: Terminal, system: System): Promise<void> {
  return runCommandLine(commandTree(terminal, system), args, terminal);
}

/** Every command, with its options. */
export function commandTree(terminal: Terminal, system: System): Command {
  const program = new Command('fedbridge')
    .description('Short-lived cloud credentials, and agents, without a stored secret.')
    .version(version ?? 'not a release')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 not done (standard error says why), 2 the command line or a file is wrong, 3 a check found something.',
    );
  const commands = [
    trustCommand,
    inspectCommand,
    tokenCommand,
    awsCredentialsCommand,
    gitCredentialCommand,
    agentCommand,
    completionCommand,
    emulatorCommand,
  ];
  for (const command of commands) program.addCommand(command({ terminal, system }));
  program.addCommand(completeCommand({ terminal, system }), { hidden: true });
  return asProgram(program, terminal);
}
