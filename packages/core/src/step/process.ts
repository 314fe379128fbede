import { dirname, join } from 'node:path';

/**
 * The whole of a step's process: it ends when the work is done, whatever may still be open, and fails where the work can never be
 * done, since a process that has nothing left to wait for ends as if it had succeeded. Only wrappers call this.
 */
export async function runProcess(work: () => Promise<void>): Promise<void> {
  const tell = () => {
    process.stderr.write('Fedbridge ended before its work was done. Please report this as a defect.\n');
    process.exit(1);
  };
  process.once('beforeExit', tell);
  await work();
  process.off('beforeExit', tell);
  // What was printed into a pipe may still be on its way.
  process.stdout.write('', () => process.exit());
}

/** What a broker of the running step runs from, beside its own bundle: `dist/main/index.js` and `dist/broker/index.js`. */
export function brokerScript(): string {
  return join(dirname(process.argv[1] ?? ''), '..', 'broker', 'index.js');
}
