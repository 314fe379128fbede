import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { startProgram } from '@fedbridge/core/start-program';

/** A command that is run in the place of this process, as far as whoever started it can tell. */
export interface RunCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Those by which this process is asked to end. */
export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a command on this process's terminal and streams; signals that this process is sent are passed on, but those that a terminal sends:
 * it sends them to the command as well.
 *
 * @param log - told why it could not be run
 * @returns its exit code; as shells tell, 128 and its number for a signal that ended it, 127 for a command that is not there
 * @throws FedbridgeError `INPUT_INVALID` for a batch file in whose arguments something would act
 */
export function runCommand({ program, args, environment }: RunCommand, log: (why: string) => void): Promise<number> {
  return new Promise((resolve) => {
    const child = startProgram(program, args, { env: { ...environment }, stdio: 'inherit' });
    const ofTerminal: readonly NodeJS.Signals[] = hasTerminal() ? ['SIGINT', 'SIGHUP'] : [];
    // Twice would be too often: Terraform takes a second Ctrl+C for an order to end without writing its state.
    const pass = (signal: NodeJS.Signals) => void (ofTerminal.includes(signal) || child.kill(signal));
    for (const signal of endingSignals) process.on(signal, pass);
    const done = (code: number) => {
      for (const signal of endingSignals) process.off(signal, pass);
      resolve(code);
    };
    child.on('error', ({ code }: NodeJS.ErrnoException) => {
      log(`${program} cannot be run: ${code}.`);
      done(code === 'ENOENT' ? 127 : 126);
    });
    child.on('close', (code, signal) => done(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/** Whether a terminal controls this process, whatever its streams are; on Windows a console sends signals, and nothing else does. */
function hasTerminal(): boolean {
  if (process.platform === 'win32') return true;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
