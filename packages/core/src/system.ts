import type { Environment } from './environment.ts';
import { findJobProcess, isRunning, processOf, type RunningProcess } from './job-process.ts';
import type { ProgramCall, ProgramEnd } from './program.ts';

/** The outside world that is not the network, handed in so that a test can hold it still. */
export interface System {
  readonly environment: Environment;
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Resolves after so many milliseconds. */
  sleep(ms: number): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  /** The process that lives as long as this job, where it can be seen from here. */
  jobProcess(): RunningProcess | undefined;
  /** A process by its id. */
  processOf(pid: number): RunningProcess;
  /** Whether a process is still there: that one, and none that was given its id. */
  isRunning(process: RunningProcess): boolean;
  /** Whether a program is on this machine's path. */
  hasProgram(program: string): Promise<boolean>;
  /** Runs a program of this machine. */
  run(call: ProgramCall): Promise<ProgramEnd>;
  /** Sends further requests of this process through a proxy, but for some hosts. */
  useProxy(proxy: URL | undefined, noProxy: string | undefined): void;
  /** A variable of the job, whatever `useProxy` made of it for this process; empty if there is none. */
  jobVariable(name: string): string;
}

/** The real world. Only wrappers and commands call this; everything below is handed its result. */
export function realSystem(environment: Record<string, string | undefined>): System {
  return {
    ...systemWithoutPrograms(environment),
    // Few jobs run programs, so that what does it is loaded then.
    hasProgram: async (program) => (await import('./program.ts')).findProgram(program, environment),
    run: async (call) => (await import('./program.ts')).runProgram(call),
  };
}

/** The same for a process that is to run no programs, as one that keeps credentials: it finds none, and its bundle has nothing to run one. */
export function systemWithoutPrograms(environment: Record<string, string | undefined>): System {
  const replaced = new Map<string, string | undefined>();
  const replace = (name: string, value: string) => {
    if (!replaced.has(name)) replaced.set(name, environment[name]);
    environment[name] = value;
  };
  return {
    environment,
    now: Date.now,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
    jobProcess: () => findJobProcess(process.ppid),
    processOf: (pid) => processOf(pid),
    isRunning: (one) => isRunning(one),
    hasProgram: async () => false,
    run: async ({ program }) => {
      throw new Error(`This process runs no programs, and so not ${program}.`);
    },
    // As programs that are started read it too, the lower-case names first.
    useProxy: (proxy, noProxy) => {
      for (const name of proxy ? ['https_proxy', 'http_proxy'] : []) replace(name, proxy?.href ?? '');
      if (noProxy !== undefined) replace('no_proxy', noProxy);
    },
    jobVariable: (name) => (replaced.has(name) ? replaced.get(name) : environment[name]) ?? '',
  };
}
