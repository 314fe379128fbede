import { constants, promises } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from './environment.ts';
import { hasGroups, killWithChildren } from './process-group.ts';
import { startProgram } from './start-program.ts';

/** How a program ended. */
export interface ProgramEnd {
  /** Null when it was killed, or printed more than it may. */
  readonly exitCode: number | null;
  /** What it printed to both of its streams: never to be shown as it is. */
  readonly output: string;
  /** What it printed to standard output, where that was asked for as bytes. */
  readonly bytes?: Buffer;
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
  /** What it reads from standard input; nothing without. */
  readonly input?: string;
  /** Has its standard output kept as bytes, and it killed when there are more than so many. */
  readonly mostBytes?: number;
  /** Milliseconds after which it is killed. */
  readonly withinMs: number;
  /** Kills it when it aborts. */
  readonly cancelled?: AbortSignal;
}

/**
 * Variables by which shells, Node, Python and .NET run code that is none of the program's: an earlier step of the job can set them, and
 * nobody needs them here. Of some the value alone is enough: bash expands BASH_ENV and PS4, and takes functions from the environment.
 * Sources: Bash Reference Manual, "Bash Variables", "Bash Startup Files"; Node.js, Python and .NET, "Environment variables".
 */
const foreignCode =
  /^(BASH_ENV|ENV|SHELLOPTS|BASHOPTS|PS4|BASH_FUNC_.*|NODE_OPTIONS|PYTHON(PATH|HOME|STARTUP|INSPECT|WARNINGS|BREAKPOINT)|DOTNET_STARTUP_HOOKS|CORECLR_ENABLE_PROFILING)$/is;

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

/**
 * Runs a program without a shell of its own, also where it is a batch file, as `az` is on Windows. Elsewhere `az` is a shell script around
 * a program: it has a process group of its own, so that all of it can be killed. What has it run other code is not in its environment.
 * `cross-spawn` starts it; what is around it is by hand, since execa brings a dozen packages and kills no group.
 *
 * @throws FedbridgeError `INPUT_INVALID` for a batch file in whose arguments something would act
 */
export async function runProgram(call: ProgramCall): Promise<ProgramEnd> {
  const { program, args, environment, folder, input, mostBytes, withinMs, cancelled } = call;
  return new Promise((resolve, reject) => {
    const child = startProgram(program, args, {
      env: Object.fromEntries(Object.entries(environment).filter(([name]) => !foreignCode.test(name))),
      cwd: folder,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
      detached: hasGroups,
    });
    const kill = () => killWithChildren(child);
    // Node's own time-out outlives a program that could not be started.
    const killer = setTimeout(kill, withinMs);
    if (cancelled?.aborted) kill();
    cancelled?.addEventListener('abort', kill);
    const settle = () => {
      clearTimeout(killer);
      cancelled?.removeEventListener('abort', kill);
    };
    // One that does not read all of it says why in its own words.
    child.stdin?.on('error', () => {}).end(input);
    let output = '';
    const printed: Buffer[] = [];
    let size = 0;
    for (const stream of mostBytes === undefined ? [child.stdout, child.stderr] : [child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        if (output.length < mostOutput) output += text;
      });
    }
    if (mostBytes !== undefined)
      child.stdout?.on('data', (part: Buffer) => {
        size += part.length;
        if (size > mostBytes) kill();
        else printed.push(part);
      });
    child.on('error', (error) => {
      settle();
      reject(error);
    });
    child.on('close', (code) => {
      settle();
      // It may have ended by itself before it could be killed.
      const exitCode = mostBytes !== undefined && size > mostBytes ? null : code;
      resolve({ exitCode, output, ...(mostBytes === undefined ? {} : { bytes: Buffer.concat(printed) }) });
    });
  });
}
