import { constants, promises } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from './system.ts';

/** How a program ended. */
export interface ProgramEnd {
  /** Null when it was killed. */
  readonly exitCode: number | null;
  /** What it printed to both of its streams: never to be shown as it is. */
  readonly output: string;
}

/** A program to run. */
export interface ProgramCall {
  /** As found on the `PATH`. */
  readonly program: string;
  /** Other users of the machine can read them: nothing secret. */
  readonly args: readonly string[];
  readonly environment: Environment;
  /** The folder that it runs in; by default this process's. */
  readonly folder?: string;
  /** Milliseconds after which it is killed. */
  readonly withinMs: number;
}

const mostOutput = 256 * 1024;

/** Whether a program is on the `PATH`. */
export async function findProgram(program: string, { PATH = '', PATHEXT }: Environment): Promise<boolean> {
  const endings = PATHEXT ? PATHEXT.split(';') : [''];
  const candidates = PATH.split(delimiter).flatMap((folder) => endings.map((end) => join(folder, `${program}${end}`)));
  for (const path of candidates) {
    const isThere = await promises.access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return true;
  }
  return false;
}

/** Runs a program without a shell of its own, also where it is a batch file, as `az` is on Windows. */
export async function runProgram({ program, args, environment, folder, withinMs }: ProgramCall): Promise<ProgramEnd> {
  const { default: spawn } = await import('cross-spawn');
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      env: { ...environment },
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    // Node's own time-out outlives a program that could not be started.
    const killer = setTimeout(() => child.kill('SIGKILL'), withinMs);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        if (output.length < mostOutput) output += text;
      });
    }
    child.on('error', (error) => {
      clearTimeout(killer);
      reject(error);
    });
    child.on('close', (exitCode) => {
      clearTimeout(killer);
      resolve({ exitCode, output });
    });
  });
}
