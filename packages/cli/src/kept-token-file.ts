import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { backoff, FedbridgeError, renewalTime } from '@fedbridge/core';
import type { AdmittedIdToken } from '@fedbridge/identity';
import type { Cli } from './command-line.ts';

/** Timers run in steps of so many ms: a machine may have slept. */
const longestSleep = 30_000;

/**
 * An ID token in a file that no other user reads, for as long as one command runs. SDKs read it again when their access token expires, so
 * that it is renewed ahead of its expiry, as long as the platform gives another one.
 */
export class KeptTokenFile implements AsyncDisposable {
  readonly path: string;
  readonly #folder: string;
  readonly #stop = new AbortController();
  #renewing: Promise<void> = Promise.resolve();

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'id-token');
  }

  /** @param another - asks the platform for the next one @throws what the file system says: then nothing is left of it */
  static async keep(first: AdmittedIdToken, another: () => Promise<AdmittedIdToken>, cli: Cli): Promise<KeptTokenFile> {
    const kept = new KeptTokenFile(await mkdtemp(join(tmpdir(), 'fedbridge-exec-')));
    try {
      await kept.#write(first);
    } catch (error) {
      await kept[Symbol.asyncDispose]();
      throw error;
    }
    kept.#renewing = kept.#renew(first, another, cli);
    return kept;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#renewing;
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #renew(first: AdmittedIdToken, another: () => Promise<AdmittedIdToken>, cli: Cli): Promise<void> {
    const { system, terminal } = cli;
    const { signal } = this.#stop;
    let expiresAt = first.usableUntil(system.now());
    let dueAt = renewalTime({ value: first, expiresAt }, system.now(), system.random());
    for (let failures = 0; await this.#reached(dueAt, system); ) {
      try {
        const token = await another();
        const until = token.usableUntil(system.now());
        // A platform that gives a job one token for good gives it again.
        if (until <= expiresAt) return;
        if (!signal.aborted) await this.#write(token);
        expiresAt = until;
        dueAt = renewalTime({ value: token, expiresAt }, system.now(), system.random());
        failures = 0;
      } catch (error) {
        failures += 1;
        dueAt = system.now() + backoff(failures, system.random());
        const why = error instanceof FedbridgeError ? error.message : String((error as NodeJS.ErrnoException).code);
        if (failures === 1 && !signal.aborted)
          terminal.log(`The ID token in AZURE_FEDERATED_TOKEN_FILE was not renewed, and is tried again: ${why}`);
      }
    }
  }

  /** @returns false once nobody needs it any more */
  async #reached(time: number, { now }: Cli['system']): Promise<boolean> {
    const { signal } = this.#stop;
    while (!signal.aborted && now() < time)
      await setTimeout(Math.min(time - now(), longestSleep), undefined, { signal }).catch(() => {});
    return !signal.aborted;
  }

  /** Whoever reads meanwhile has the one before, or this one. */
  async #write(token: AdmittedIdToken): Promise<void> {
    const next = `${this.path}.next`;
    await rm(next, { force: true });
    await writeFile(next, token.reveal(), { mode: 0o600, flag: 'wx' });
    await rename(next, this.path);
  }
}
