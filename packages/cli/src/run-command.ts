import { constants } from 'node:os';
import spawn from 'cross-spawn';

/** A command that is run in the place of this process, as far as whoever started it can tell. */
export interface RunCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Runs a command on this process's terminal and streams; signals that this process is sent are passed on.
 *
 * @param log - told why it could not be run
 * @returns its exit code; as shells tell, 128 and its number for a signal that ended it, 127 for a command that is not there
 */
export function runCommand({ program, args, environment }: RunCommand, log: (why: string) => void): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { env: { ...environment }, stdio: 'inherit' });
    // A terminal tells the whole group; whoever tells this process alone means the command.
    const pass = (signal: NodeJS.Signals) => void child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const signal of signals) process.on(signal, pass);
    const done = (code: number) => {
      for (const signal of signals) process.off(signal, pass);
      resolve(code);
    };
    child.on('error', ({ code }: NodeJS.ErrnoException) => {
      log(`${program} cannot be run: ${code}.`);
      done(code === 'ENOENT' ? 127 : 126);
    });
    child.on('close', (code, signal) => done(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
