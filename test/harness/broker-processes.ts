import { readFileSync } from 'node:fs';
import type { BrokerHandle } from '@fedbridge/broker';

/** The process of a broker, once its supervisor has started it: the one child that runs its script. Linux alone. @param except - one that was killed */
export async function brokerOf(handle: Pick<BrokerHandle, 'process'>, except?: number): Promise<number> {
  for (;;) {
    const found = childrenOf(handle.process.pid).find((pid) => pid !== except && runsScript(pid));
    if (found !== undefined) return found;
    await new Promise((next) => setTimeout(next, 20));
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
