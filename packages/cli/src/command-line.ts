import { errorWithNames, explain, FedbridgeError, kebabCase, type System, visible } from '@fedbridge/core';
import { type Command, CommanderError } from 'commander';
import { refuseBlanks } from './option-values.ts';
import { askRequiredLast } from './required-options.ts';
import type { Terminal } from './terminal.ts';

/** What a command works with. */
export interface Cli {
  readonly terminal: Terminal;
  readonly system: System;
}

/**
 * 0: done. 1: not done, and why is on standard error. 2: the command line, or a file that it names, is wrong. 3: a check found something.
 * 130: interrupted, as shells tell of SIGINT.
 */
export const exitCodes = { failed: 1, usage: 2, findings: 3, interrupted: 130 } as const;

/** A command, and all below it, as one that is run: what it says goes to the terminal, and it never ends the process. */
export function asProgram(command: Command, terminal: Terminal): Command {
  command
    .configureOutput({
      // It is as wide as the terminal already, and its examples are to be copied.
      writeOut: (text) => terminal.printDocument(linesOf(text).map(visible).join('\n')),
      writeErr: (text) => linesOf(text).forEach((line) => void terminal.log(line)),
    })
    // Beside the longest options of a terminal of 80 columns too.
    .configureHelp({ minWidthToWrap: 20 })
    .exitOverride();
  inheritSettings(command);
  pointToHelp(command, '');
  refuseBlanks(command);
  askRequiredLast(command);
  return command;
}

/** Runs one command line. */
export async function runCommandLine(program: Command, args: readonly string[], terminal: Terminal): Promise<void> {
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    fail(error, terminal);
  }
}

function fail(error: unknown, terminal: Terminal): void {
  if (error instanceof CommanderError) {
    terminal.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  } else if (error instanceof FedbridgeError) {
    for (const line of linesOf(explain(withOptionNames(error)))) terminal.log(line);
    terminal.exitCode = codeOf(error);
  } else {
    const kind = error instanceof Error ? error.name : typeof error;
    terminal.log(`An unforeseen error: ${kind}. [INTERNAL]`);
    terminal.exitCode = exitCodes.failed;
  }
}

/** An error in the words of the command: names of inputs are those of options here. */
export function withOptionNames(error: FedbridgeError): FedbridgeError {
  return errorWithNames(error, (name) => `--${kebabCase(name)}`);
}

function codeOf({ code }: FedbridgeError): number {
  if (code === 'CANCELLED') return exitCodes.interrupted;
  return wrongInput.has(code) ? exitCodes.usage : exitCodes.failed;
}

const wrongInput: ReadonlySet<string> = new Set(['INPUT_INVALID', 'INPUT_MISSING', 'ENDPOINT_NOT_ALLOWED']);

const linesOf = (text: string) => text.trimEnd().split('\n');

function inheritSettings(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inheritSettings(child);
  }
}

/** An error names the help that is about it. @param above - the commands above, as they are written */
function pointToHelp(command: Command, above: string): void {
  const name = `${above}${command.name()}`;
  command.showHelpAfterError(`(see ${name} --help)`);
  for (const child of command.commands) pointToHelp(child, `${name} `);
}
