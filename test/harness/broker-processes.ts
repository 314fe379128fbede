import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { BrokerHandle } from '@fedbridge/broker';

/** The process of a broker, once its supervisor has started it: the one child that runs its script. Linux alone. @param except - one that was killed */
export async function brokerOf(handle: Pick<BrokerHandle, 'process'>, except?: number): Promise<number> {
  for (;;) {
    const found = childrenOf(handle.process.pid).find((pid) => pid !== except && runsScript(pid));
    if (found !== undefined) return found;
    await new Promise((next) => setTimeout(next, 20));
  }
}

/** The process of the broker of a step whose job has this temp folder: brokers are in folders of their own in it. Linux alone. */
export async function brokerIn(tempDirectory: string): Promise<number> {
  for (;;) {
    const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const found = all.map(Number).find((pid) => runsScript(pid) && folderOf(pid).startsWith(`${tempDirectory}/`));
    if (found !== undefined) return found;
    await new Promise((next) => setTimeout(next, 20));
  }
}

/** The supervisor of a broker: what started it. */
export function supervisorOf(broker: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(read(`/proc/${broker}/status`))?.[1]);
}

/** The folder that a process is in. */
export function folderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

const childrenOf = (pid: number) => read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
// A shell that is about to become one has more before the script.
const runsScript = (pid: number) =>
  /^[^\0]*node\0(--[^\0]*\0)*[^\0]*broker[^\0]*\.js\0/.test(read(`/proc/${pid}/cmdline`));

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
