import { FedbridgeError } from '@fedbridge/core';
import type { Denial, JobChange } from '@fedbridge/emulator';
import type { Configured } from './config-file.ts';
import { portsOf } from './ports.ts';
import type { Job } from './workbench.ts';

/** An emulator that runs with this configuration, by its page. */
export class RunningEmulator {
  readonly #url: string;

  private constructor(url: string) {
    this.#url = url;
  }

  /** Undefined where none runs, or one of another configuration. */
  static async find({ config, file }: Configured): Promise<RunningEmulator | undefined> {
    if (file === '-') return undefined;
    const url = `http://127.0.0.1:${portsOf(config).page}`;
    try {
      const answer = await fetch(`${url}/status`);
      const { config: own } = (await answer.json()) as { readonly config?: unknown };
      return own === file ? new RunningEmulator(url) : undefined;
    } catch {
      return undefined;
    }
  }

  /** @throws FedbridgeError `INPUT_INVALID` */
  async startJob(job: string, changes: readonly JobChange[]): Promise<Job> {
    const headers = { 'content-type': 'application/json', 'x-fedbridge-emulator': 'command' };
    const answer = await fetch(`${this.#url}/jobs`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ job, changes }),
    });
    const result = (await answer.json()) as Job & { readonly message?: string };
    if (answer.ok) return result;
    throw new FedbridgeError('INPUT_INVALID', String(result.message));
  }

  /** What was denied since a time, in ms since 1970-01-01 UTC; nothing from one that ended meanwhile. */
  async denials(since: number): Promise<readonly Denial[]> {
    const answer = await fetch(`${this.#url}/denials?since=${since}`).catch(() => undefined);
    return answer?.ok ? ((await answer.json()) as readonly Denial[]) : [];
  }
}
