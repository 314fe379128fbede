import type { ChildProcess } from 'node:child_process';

/** Whether a process that is started `detached` has a group of its own, to be killed with all that it starts: not on Windows. */
export const hasGroups = process.platform !== 'win32';

/** Kills a process with all that it started, if it was started `detached` where there are groups. */
export function killWithChildren(child: ChildProcess): void {
  try {
    if (hasGroups && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
