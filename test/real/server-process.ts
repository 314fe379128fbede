import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { freePort } from '../harness/free-port.ts';
import type { Variables } from '../harness/process.ts';

/** A server of others, in a process of its own. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #ended: Promise<void>;

  /** @param log - a file for what it says */
  constructor(program: string, args: readonly string[], environment: Variables, log: string) {
    this.#log = log;
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
    const file = createWriteStream(log, { flags: 'a' });
    this.#child.stdout?.pipe(file, { end: false });
    this.#child.stderr?.pipe(file, { end: false });
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', reject);
    });
  }

  /** What it has said. */
  get said(): string {
    return readFileSync(this.#log, 'utf8');
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isRunning) this.#child.kill('SIGTERM');
    // Whoever is in the middle of something need not finish it: what it had goes with the folder.
    const killed = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await this.#ended;
    clearTimeout(killed);
  }
}

/** Ports that are free on loopback. */
export const freePorts = (count: number): Promise<readonly number[]> =>
  Promise.all(Array.from({ length: count }, freePort));
