import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findJobProcess, isRunning, processOf } from './job-process.ts';

interface Fake {
  readonly name: string;
  readonly parent: number;
  /** Whether it was started by a step. */
  readonly marked?: boolean;
  readonly state?: string;
}

/** A `/proc` with these processes, by id; each began at a hundred times its id. */
function proc(processes: Readonly<Record<number, Fake>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'proc-'));
  for (const [pid, { name, parent, marked = false, state = 'S' }] of Object.entries(processes)) {
    mkdirSync(join(folder, pid));
    const rest = [state, parent, ...Array.from({ length: 17 }, () => 0), Number(pid) * 100, 0].join(' ');
    writeFileSync(join(folder, pid, 'stat'), `${pid} (${name}) ${rest}\n`);
    writeFileSync(join(folder, pid, 'environ'), marked ? 'A=b\0RUNNER_TRACKING_ID=github_1\0' : 'A=b\0');
  }
  return folder;
}

const job = (parent: number, processes: Readonly<Record<number, Fake>>) => findJobProcess(parent, proc(processes));
const init = { 1: { name: 'systemd', parent: 0 } };

describe('the process that lives as long as the job', () => {
  it.each<[string, number, Record<number, Fake>, number | undefined]>([
    [
      'is the worker of the runner',
      30,
      { ...init, 20: { name: 'Runner.Worker', parent: 10 }, 30: { name: 'Runner.Worker', parent: 20 } },
      30,
    ],
    [
      'is the worker behind a launcher',
      30,
      { ...init, 20: { name: 'Agent.Worker', parent: 1 }, 30: { name: 'node', parent: 20, marked: true } },
      20,
    ],
    [
      'is the worker, though it is in a container of its own',
      30,
      { 1: { name: 'run.sh', parent: 0 }, 20: { name: 'Runner.Worker', parent: 1 }, 30: { name: 'sh', parent: 20 } },
      20,
    ],
    ['is the first of a container that the step was sent into', 0, { 1: { name: 'tail', parent: 0 } }, 1],
    [
      "is the container's first, whatever launcher was sent into it",
      30,
      { 1: { name: 'sleep', parent: 0 }, 20: { name: 'sh', parent: 0 }, 30: { name: 'node', parent: 20 } },
      1,
    ],
    [
      "is the first that is not the step's own, of a runner that nobody knows",
      30,
      {
        ...init,
        10: { name: 'act_runner', parent: 1 },
        20: { name: 'sh', parent: 10, marked: true },
        30: { name: 'node', parent: 20, marked: true },
      },
      10,
    ],
    ['is the parent where all is marked', 30, { ...init, 30: { name: 'node', parent: 1, marked: true } }, 30],
    ['has a name with anything in it', 30, { ...init, 30: { name: 'a) S 1 (b', parent: 1 } }, 30],
    ['is not known of an orphan', 1, init, undefined],
  ])('%s', (_title, parent, processes, pid) => {
    expect(job(parent, processes)).toEqual(pid === undefined ? undefined : { pid, startedAt: String(pid * 100) });
  });

  it('is the parent where processes cannot be seen, and is nothing without one', () => {
    expect(findJobProcess(30, '/nowhere')).toEqual({ pid: 30 });
    expect(findJobProcess(1, '/nowhere')).toBeUndefined();
    expect(findJobProcess(0, '/nowhere')).toBeUndefined();
  });
});

describe('a process is running', () => {
  it('while it is there, is not waited for in vain, and is the one that was meant', () => {
    const folder = proc({ 30: { name: 'node', parent: 1 }, 31: { name: 'node', parent: 1, state: 'Z' } });
    expect(isRunning({ pid: 30 }, folder)).toBe(true);
    expect(isRunning(processOf(30, folder), folder)).toBe(true);
    expect(isRunning({ pid: 30, startedAt: '2999' }, folder)).toBe(false);
    expect(isRunning({ pid: 31 }, folder)).toBe(false);
  });

  it('of this machine, also where it cannot be seen', async () => {
    const child = spawn('sleep', ['3600']);
    const one = { pid: child.pid ?? 0 };
    for (const seen of ['/proc', '/nowhere']) expect(isRunning(one, seen)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    for (const seen of ['/proc', '/nowhere']) expect(isRunning(one, seen)).toBe(false);
  });
});
