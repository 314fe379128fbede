import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { freePort } from './free-port.ts';
import type { Variables } from './process.ts';

/** A server of others, in a process of its own. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #patience: number;
  readonly #ended: Promise<void>;

  /**
   * @param log - a file for what it says
   * @param patience - how long it may take to end, in ms
   */
  constructor(program: string, args: readonly string[], environment: Variables, log: string, patience = 5_000) {
    this.#log = log;
    this.#patience = patience;
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
    // It is there before anything is said.
    writeFileSync(log, '', { flag: 'a' });
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

  /** Looks again and again until something holds. @throws Error where the server ends before, with what it said last */
  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) {
      if (!this.isRunning) throw new Error(`The server has ended: ${this.said.slice(-2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isRunning) this.#child.kill('SIGTERM');
    // Whoever is in the middle of something need not finish it: what it had goes with the folder.
    const killed = setTimeout(() => this.#child.kill('SIGKILL'), this.#patience);
    await this.#ended;
    clearTimeout(killed);
  }
}

/** Whether something answers there, and well. */
export const isThere = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

/** Ports that are free on loopback. */
export const freePorts = (count: number): Promise<readonly number[]> =>
  Promise.all(Array.from({ length: count }, freePort));
