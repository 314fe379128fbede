import { ForksPoolWorker, type PoolOptions, type PoolWorker, type WorkerRequest } from 'vitest/node';

/** How many runs a process is kept for: what mutants leave open in it, servers and timers, goes with it. */
const runsOfOne = 50;

let kept: { readonly worker: ForksPoolWorker; runs: number } | undefined;

/**
 * A process for tests that the runs of several mutants are in, one after the other: starting one takes longer than most tests. Each run
 * evaluates all modules anew, as `isolate` says.
 */
export class KeptFork implements PoolWorker {
  readonly name = 'kept-fork';
  readonly cacheFs = true;
  readonly #listeners = new Set<(message: unknown) => void>();
  readonly #options: PoolOptions;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    if (kept && kept.runs >= runsOfOne) await end();
    if (!kept) {
      const worker = new ForksPoolWorker(this.#options);
      await worker.start();
      worker.on('exit', () => {
        if (kept?.worker === worker) kept = undefined;
      });
      kept = { worker, runs: 0 };
    }
    kept.runs += 1;
  }

  on(event: string, callback: (message: unknown) => void): void {
    if (event === 'message') this.#listeners.add(callback);
    this.#fork.on(event, callback);
  }

  off(event: string, callback: (message: unknown) => void): void {
    this.#listeners.delete(callback);
    kept?.worker.off(event, callback);
  }

  send(message: WorkerRequest): void {
    // A process that has stopped takes no further run.
    if (message.type !== 'stop') this.#fork.send(message);
    else for (const listener of this.#listeners) listener({ type: 'stopped', __vitest_worker_response__: true });
  }

  async stop(): Promise<void> {
    for (const listener of this.#listeners) kept?.worker.off('message', listener);
  }

  deserialize(data: unknown): unknown {
    return data;
  }

  get #fork(): ForksPoolWorker {
    if (!kept) throw new Error('The process of the tests has ended.');
    return kept.worker;
  }
}

/** Ends the process that is kept. */
async function end(): Promise<void> {
  const worker = kept?.worker;
  kept = undefined;
  await worker?.stop();
}
