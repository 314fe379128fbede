/** Starts what packages/cli/src/main.ts is bundled to. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { machineEnvironment, root, type Variables } from './process.ts';
import type { Ended } from './run-node.ts';

export const cliScript = join(root, 'packages', 'cli', 'dist', 'main', 'index.js');

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when standard error or output has this text. */
  says(text: string): Promise<void>;
}

/** Starts `fedbridge` as a user does: the built bundle, in its own process. */
export function startCommand(args: readonly string[], environment: Variables, cwd: string): RunningCommand {
  const child = spawn(process.execPath, [cliScript, ...args], {
    cwd,
    env: { ...machineEnvironment(cwd), ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  const watching = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const look of watching) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const look of watching) look();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (stdout.includes(text) || stderr.includes(text)) resolve();
      };
      watching.add(look);
      look();
      ended.then(() => reject(new Error(`it never said ${text}:\n${stdout}${stderr}`)), reject);
    });
  return { child, ended, says };
}

/** Runs it to its end. */
export function runCommand(
  args: readonly string[],
  environment: Variables,
  cwd: string,
  input: string | Buffer = '',
): Promise<Ended> {
  const { child, ended } = startCommand(args, environment, cwd);
  child.stdin?.end(input);
  return ended;
}

/** What it prints, for where nothing can be waited for: while an emulator's world is described. */
export function printed(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cliScript, ...args], {
    env: machineEnvironment(cwd),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
