import { errorWithNames, explain, FedbridgeError, kebabCase, type System } from '@fedbridge/core';
import { Command, CommanderError } from 'commander';
import { agentCommand } from './commands/agent.ts';
import { gitCredentialCommand } from './commands/git-credential.ts';
import { inspectCommand } from './commands/inspect.ts';
import { tokenCommand } from './commands/token.ts';
import { trustCommand } from './commands/trust/trust.ts';
import { refuseBlanks } from './option.ts';
import type { Terminal } from './terminal.ts';

/** What a command works with. */
export interface Cli {
  readonly terminal: Terminal;
  readonly system: System;
}

/** 0: done. 1: not done, and why is on standard error. 2: the command line, or a file that it names, is wrong. 3: a check found something. */
export const exitCodes = { failed: 1, usage: 2, findings: 3 } as const;

/** Runs one command line. */
export async function runCli(args: readonly string[], terminal: Terminal, system: System): Promise<void> {
  try {
    await commandTree(terminal, system).parseAsync([...args], { from: 'user' });
  } catch (error) {
    fail(error, terminal);
  }
}

/** Every command, with its options. */
export function commandTree(terminal: Terminal, system: System): Command {
  const program = new Command('fedbridge')
    .description('Short-lived cloud credentials, and agents, without a stored secret.')
    .version(FEDBRIDGE_VERSION)
    .showHelpAfterError('(see --help)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 not done (standard error tells why), 2 the command line or a file is wrong, 3 a check found something.',
    )
    .configureOutput({
      writeOut: (text) => linesOf(text).forEach((line) => void terminal.print(line)),
      writeErr: (text) => linesOf(text).forEach((line) => void terminal.log(line)),
    })
    .exitOverride();
  for (const command of [trustCommand, inspectCommand, tokenCommand, gitCredentialCommand, agentCommand])
    program.addCommand(command({ terminal, system }));
  inheritSettings(program);
  refuseBlanks(program);
  return program;
}

function fail(error: unknown, terminal: Terminal): void {
  if (error instanceof CommanderError) {
    terminal.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  } else if (error instanceof FedbridgeError) {
    // Names of inputs are those of options here.
    const shown = explain(errorWithNames(error, (name) => `--${kebabCase(name)}`));
    for (const line of linesOf(shown)) terminal.log(line);
    terminal.exitCode = wrongInput.has(error.code) ? exitCodes.usage : exitCodes.failed;
  } else {
    const kind = error instanceof Error ? error.name : typeof error;
    terminal.log(`An unforeseen error: ${kind}. [INTERNAL]`);
    terminal.exitCode = exitCodes.failed;
  }
}

const wrongInput: ReadonlySet<string> = new Set(['INPUT_INVALID', 'INPUT_MISSING', 'ENDPOINT_NOT_ALLOWED']);

const linesOf = (text: string) => text.trimEnd().split('\n');

function inheritSettings(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inheritSettings(child);
  }
}

const FEDBRIDGE_VERSION = '1.0.0';
