import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrokerAccount, brokerFiles } from './plan.ts';

/** Counts what a broker does, and keeps the counts in a file for when it is killed. */
export class Account {
  #renewals = 0;
  #failures = 0;
  #longestGapMs = 0;
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#path = join(folder, brokerFiles.account);
  }

  renewed(): void {
    this.#renewals += 1;
    this.#write();
  }

  failed(): void {
    this.#failures += 1;
    this.#write();
  }

  gap(ms: number): void {
    this.#longestGapMs = Math.max(this.#longestGapMs, ms);
    this.#write();
  }

  /** Resolves when the file says what the counts say. */
  settled(): Promise<void> {
    this.#write();
    return this.#writing;
  }

  #write(): void {
    const write = async () => {
      const next = `${this.#path}.next`;
      const counts: BrokerAccount = {
        renewals: this.#renewals,
        failures: this.#failures,
        longestGapMs: this.#longestGapMs,
      };
      await writeFile(next, JSON.stringify(counts), { mode: 0o600 });
      await rename(next, this.#path);
    };
    // A count that cannot be written costs nobody a credential.
    this.#writing = this.#writing.then(write).catch(() => {});
  }
}
