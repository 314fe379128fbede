import { Readable, Writable } from 'node:stream';
import { realSystem } from '@fedbridge/core';
import { runCli } from '../../packages/cli/src/cli.ts';
import { Terminal } from '../../packages/cli/src/terminal.ts';
import type { runCommand as runApart } from '../harness/cli.ts';
import { machineEnvironment } from '../harness/process.ts';

export { cliScript, printed, startCommand } from '../harness/cli.ts';

let last: Promise<unknown> = Promise.resolve();

/** Stands in for the runner of `fedbridge` while mutants are tried: a command runs in this process, one after the other, in its folder. */
export const runCommand: typeof runApart = (args, environment, cwd, input = '') => {
  const run = last.then(async () => {
    const [stdout, stderr] = [new Kept(), new Kept()];
    const env = { ...machineEnvironment(cwd), ...environment };
    const stdin = Readable.from(input === '' ? [] : [Buffer.from(input)]);
    const standIn = { stdin, stdout, stderr, env, exitCode: 0, on: () => standIn };
    const before = process.cwd();
    process.chdir(cwd);
    try {
      await runCli(args, new Terminal(standIn as unknown as NodeJS.Process), realSystem(env));
    } finally {
      process.chdir(before);
    }
    return { exitCode: standIn.exitCode, stdout: stdout.text, stderr: stderr.text };
  });
  last = run.catch(() => {});
  return run;
};

/** Standard output or error: what was written to it. */
class Kept extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}
