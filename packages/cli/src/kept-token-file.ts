import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { backoff, FedbridgeError, renewalTime, untilAborted } from '@fedbridge/core';
import type { AdmittedIdToken } from '@fedbridge/identity';
import type { Cli } from './command-line.ts';
import { endingSignals } from './run-command.ts';

/** Timers run in steps of so many ms: a machine may have slept. */
const longestSleep = 30_000;

/** So many ms after a token is another asked for, at the soonest. */
const soonest = 2_000;

/** Asks the platform for the next token. @param stop - ends it early */
type Another = (stop: AbortSignal) => Promise<AdmittedIdToken>;

const heedless = () => {};

/**
 * An ID token in a file that no other user reads, for as long as one command runs. SDKs read it again when their access token expires, so
 * that it is renewed ahead of its expiry, as long as the platform gives another one.
 */
export class KeptTokenFile implements AsyncDisposable {
  readonly path: string;
  readonly #folder: string;
  readonly #stop = new AbortController();
  readonly #stopped = untilAborted(this.#stop.signal);
  #renewing: Promise<void> = Promise.resolve();

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'id-token');
  }

  /** @throws what the file system says: then nothing is left of it */
  static async keep(first: AdmittedIdToken, another: Another, cli: Cli): Promise<KeptTokenFile> {
    const kept = new KeptTokenFile(await mkdtemp(join(tmpdir(), 'fedbridge-exec-')));
    try {
      await kept.#write(first);
    } catch (error) {
      await kept[Symbol.asyncDispose]();
      throw error;
    }
    // A second Ctrl+C, once the command has ended, would leave the file behind.
    for (const signal of endingSignals) process.on(signal, heedless);
    kept.#renewing = kept.#renew(first, another, cli);
    return kept;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#renewing;
    await rm(this.#folder, { recursive: true, force: true });
    for (const signal of endingSignals) process.off(signal, heedless);
  }

  async #renew(first: AdmittedIdToken, another: Another, cli: Cli): Promise<void> {
    const { system, terminal } = cli;
    const { signal } = this.#stop;
    let expiresAt = first.usableUntil(system.now());
    let dueAt = renewalTime({ value: first, expiresAt }, system.now(), system.random());
    for (let failures = 0; await this.#reached(dueAt, system); ) {
      try {
        const token = await Promise.race([another(signal), this.#stopped]);
        if (token === undefined) return;
        const now = system.now();
        const until = token.usableUntil(now);
        if (until > expiresAt) {
          await this.#write(token);
          expiresAt = until;
        } else if (expiresAt <= now) {
          // A platform that gives a job one token for good gives it again; one that caches gives the next shortly before the end.
          return;
        }
        dueAt = Math.max(renewalTime({ value: token, expiresAt }, now, system.random()), now + soonest);
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
