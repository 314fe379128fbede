import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process, distinguished from a later one that was given the same id. */
export interface RunningProcess {
  readonly pid: number;
  /** When it began, in clock ticks since the machine did; undefined where that cannot be seen. */
  readonly startedAt?: string | undefined;
}

/** What is to be known of the processes of this machine, as `/proc` of Linux has it. */
interface Seen {
  readonly name: string;
  readonly state: string;
  readonly parent: number;
  readonly startedAt: string;
}

/** The processes of GitHub's runner and of Azure Pipelines' agent that run one job and end with it. */
const workers = ['Runner.Worker', 'Agent.Worker'];

/** Variables by which runner and agent find what a job's steps left running: all that a step starts has one, and they have not. */
const marks = ['RUNNER_TRACKING_ID', 'VSTS_PROCESS_LOOKUP_ID'];

/** However deep a launcher nests its launchers. */
const mostAncestors = 64;

/**
 * The process that lives as long as the job. What started this process may end with the step: in a container job of Azure Pipelines a
 * launcher is started with `docker exec` and starts the task [microsoft/azure-pipelines-agent, containerHandlerInvoker.js.template].
 *
 * - The worker of the runner or the agent, where it is among the ancestors.
 * - In a container that the step was sent into (an ancestor has no parent there): the container's own first process.
 * - Else the first ancestor that is not the step's own, by the mark that all of a step's processes have.
 * - Else the parent.
 *
 * @param parent - of this process
 * @param proc - where Linux shows processes
 */
export function findJobProcess(parent: number, proc = '/proc'): RunningProcess | undefined {
  const ancestors: (Seen & { readonly pid: number })[] = [];
  for (let pid = parent; pid > 1 && ancestors.length < mostAncestors; ) {
    const seen = see(pid, proc);
    if (!seen) break;
    ancestors.push({ pid, ...seen });
    pid = seen.parent;
  }
  const worker = ancestors.find(({ name }) => workers.includes(name));
  if (worker) return of(worker);
  const first = ancestors.at(-1)?.parent ?? parent;
  if (first === 0) {
    const container = see(1, proc);
    return container && of({ pid: 1, ...container });
  }
  const outside = ancestors.find(({ pid }) => !isMarked(pid, proc));
  const nearest = outside ?? ancestors[0];
  if (nearest) return of(nearest);
  return parent > 1 ? { pid: parent } : undefined;
}

/** Whether a process is still there, and has not only left its entry to a parent that does not look. */
export function isRunning({ pid, startedAt }: RunningProcess, proc = '/proc'): boolean {
  const seen = see(pid, proc);
  if (seen) return !['Z', 'X'].includes(seen.state) && (startedAt === undefined || seen.startedAt === startedAt);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs as another user.
    return (error as { code?: unknown }).code === 'EPERM';
  }
}

/** A process by its id. */
export function processOf(pid: number, proc = '/proc'): RunningProcess {
  return of({ pid, ...see(pid, proc) });
}

const of = ({ pid, startedAt }: RunningProcess): RunningProcess => ({ pid, startedAt });

/** Source: proc_pid_stat(5). The name, second, stands in parentheses and may have any character in it. */
function see(pid: number, proc: string): Seen | undefined {
  const text = readOrEmpty(join(proc, String(pid), 'stat'));
  const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)$/su.exec(text) ?? [];
  const [state, parent, , , , , , , , , , , , , , , , , , startedAt] = rest.split(' ');
  if (state === undefined || parent === undefined || startedAt === undefined) return undefined;
  return { name, state, parent: Number(parent), startedAt };
}

function isMarked(pid: number, proc: string): boolean {
  const environment = readOrEmpty(join(proc, String(pid), 'environ')).split('\0');
  return marks.some((mark) => environment.some((variable) => variable.startsWith(`${mark}=`)));
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
