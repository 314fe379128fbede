import { Readable, Writable } from 'node:stream';
import { realSystem } from '@fedbridge/core';
import { runCli } from '../../packages/cli/src/cli.ts';
import { Terminal } from '../../packages/cli/src/terminal.ts';
import type { runCommand as runApart } from '../harness/cli.ts';
import { machineEnvironment } from '../harness/process.ts';
import { asProcess } from './run-here.ts';

export { cliScript, printed, startCommand } from '../harness/cli.ts';

/** Stands in for the runner of `fedbridge` while mutants are tried: a command runs in this process. */
export const runCommand: typeof runApart = (args, environment, cwd, input = '') => {
  const env = { ...machineEnvironment(cwd), ...environment };
  return asProcess(env, cwd, async () => {
    const [stdout, stderr] = [new Kept(), new Kept()];
    const stdin = Readable.from(input === '' ? [] : [Buffer.from(input)]);
    const standIn = { stdin, stdout, stderr, env, exitCode: 0, on: () => standIn };
    await runCli(args, new Terminal(standIn as unknown as NodeJS.Process), realSystem(env));
    return { exitCode: standIn.exitCode, stdout: stdout.text, stderr: stderr.text };
  });
};

/** Standard output or error: what was written to it. */
class Kept extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}
