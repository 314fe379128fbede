import type { Environment } from './environment.ts';
import { type MachineNetwork, noProxyBeside } from './http/machine-network.ts';
import { proxyVariable } from './http/proxy.ts';
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
  /** Settles how further requests of this process, and the programs that it starts, reach the network. */
  useNetwork(network: NetworkChoice): void;
  /** What of the machine's configuration counts then. */
  network(): MachineNetwork;
  /** A variable of the job, whatever `useNetwork` made of it for this process; empty if there is none. */
  jobVariable(name: string): string;
}

/** What says how the network is reached: what the user gives counts first, then the environment, then the machine's configuration. */
export interface NetworkChoice {
  /** The proxy that the user gives. */
  readonly proxy?: URL | undefined;
  /** The hosts that the user has reached without one. */
  readonly noProxy?: string | undefined;
  readonly machine?: MachineNetwork | undefined;
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
  // To Windows a variable is the same in small letters and in capitals.
  const keyOf = process.platform === 'win32' ? (name: string) => name.toLowerCase() : (name: string) => name;
  const replace = (name: string, value: string) => {
    const key = keyOf(name);
    if (!replaced.has(key)) replaced.set(key, environment[name]);
    environment[name] = value;
  };
  const jobVariable = (name: string) =>
    (replaced.has(keyOf(name)) ? replaced.get(keyOf(name)) : environment[name]) ?? '';
  let network: MachineNetwork = {};
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
    useNetwork: ({ proxy, noProxy, machine = {} }) => {
      for (const name of proxy ? ['https_proxy', 'http_proxy'] : []) replace(name, proxy?.href ?? '');
      if (noProxy !== undefined) replace('no_proxy', noProxy);
      const isSaid = proxy !== undefined || proxyVariable(jobVariable) !== undefined;
      // Where it does not count, it may be malformed.
      const machines = isSaid ? undefined : machine.proxy;
      const bypass = noProxy === undefined ? (machines?.bypass ?? []) : [];
      const exempted = noProxy ?? (jobVariable('no_proxy') || jobVariable('NO_PROXY'));
      network = {
        ca: machine.ca,
        caAdvice: machine.caAdvice,
        proxy: machines && { ...machines, bypass, noProxy: exempted },
      };
      if (!machines) return;
      replace('https_proxy', machines.url);
      if (bypass.length > 0) replace('no_proxy', noProxyBeside(exempted, bypass));
    },
    network: () => network,
    jobVariable,
  };
}
