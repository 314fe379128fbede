import { existsSync } from 'node:fs';
import { realSystem } from '@fedbridge/core';
import { asProgram, runCommandLine } from './command-line.ts';
import { lintCommand } from './commands/trust/lint.ts';
import { Terminal } from './terminal.ts';

/**
 * `fedbridge trust lint` by itself, for what runs at each commit: it loads no other command. Files that have nothing to do with trust are
 * skipped, and one whose name begins with a dash, which somebody else may have given it, is no option.
 */
export function runTrustLint(args: readonly string[]): Promise<void> {
  const terminal = new Terminal(process);
  const program = asProgram(lintCommand({ terminal, system: realSystem(process.env) }), terminal);
  const named = args.map((arg) => (arg.startsWith('-') && existsSync(arg) ? `./${arg}` : arg));
  return runCommandLine(program, ['--skip-unrelated', ...named], terminal);
}
