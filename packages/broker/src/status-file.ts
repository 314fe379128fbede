import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrokerStatus, brokerFiles } from './plan.ts';
import { writeWhole } from './whole-file.ts';

/** Counts what a broker does, and keeps the counts in a file for when it is killed. */
export class StatusFile {
  #counts: BrokerStatus = { restarts: 0, renewals: 0, failures: 0, longestGapMs: 0 };
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(folder: string) {
    this.#path = join(folder, brokerFiles.status);
  }

  /** Why a broker in this folder that was killed did not serve what it had any more, where that was so. */
  get denial(): string | undefined {
    return this.#counts.denied;
  }

  /** Goes on where a broker in this folder was killed. */
  async resume(): Promise<void> {
    try {
      const before = JSON.parse(await readFile(this.#path, 'utf8')) as BrokerStatus;
      this.#counts = { ...before, restarts: before.restarts + 1 };
    } catch {
      // The first in this folder.
    }
  }

  renewed(): void {
    this.#change({ renewals: this.#counts.renewals + 1 });
  }

  failed(): void {
    this.#change({ failures: this.#counts.failures + 1 });
  }

  /** @param why - what there was is not served any more */
  denied(why: string): void {
    if (this.#counts.denied === undefined) this.#change({ denied: why });
  }

  gap(ms: number): void {
    this.#change({ longestGapMs: Math.max(this.#counts.longestGapMs, ms) });
  }

  /** Resolves when the file says what the counts say. */
  settled(): Promise<void> {
    this.#write();
    return this.#writing;
  }

  /** The same, and nothing is counted any more. */
  close(): Promise<void> {
    const settled = this.settled();
    this.#isClosed = true;
    return settled;
  }

  #change(counts: Partial<BrokerStatus>): void {
    if (this.#isClosed) return;
    this.#counts = { ...this.#counts, ...counts };
    this.#write();
  }

  #write(): void {
    const write = () => writeWhole(this.#path, JSON.stringify(this.#counts));
    // A count that cannot be written costs nobody a credential.
    this.#writing = this.#writing.then(write).catch(() => {});
  }
}
