import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { System } from '@fedbridge/core';
import type { Emulator, RecordedRequest } from '@fedbridge/emulator';
import { awsCredentials, entraToken, idToken, tokenExchange } from '@fedbridge/steps';
import { expect } from 'vitest';
import { cleanUp } from '../../packages/step/src/clean-up.ts';
import { runStep } from '../../packages/step/src/run-step.ts';
import { MemoryHost } from './memory-host.ts';
import { root, type Variables } from './process.ts';
import {
  jobEnvironment,
  jobPlatforms,
  jobSourceOf,
  type Platform,
  type StartedWay,
  type StepName,
  usualInputs,
  type WayName,
  ways,
} from './ways.ts';

/** Each takes the inputs that it has, as a host hands them over: texts. */
export const steps = {
  'aws-credentials': awsCredentials,
  'entra-token': entraToken as unknown as typeof awsCredentials,
  'id-token': idToken as unknown as typeof awsCredentials,
  'token-exchange': tokenExchange as unknown as typeof awsCredentials,
};

/** Where a step runs. */
export interface Place {
  readonly step: StepName;
  readonly way: WayName;
  readonly platform: Platform;
}

export interface Played {
  readonly host: MemoryHost;
  /** What the step asked of the emulator. */
  readonly requests: readonly RecordedRequest[];
  /** How many brokers it started. */
  readonly brokers: number;
}

const neverCancelled = new AbortController().signal;

/** Runs steps in this process, on hosts that keep what they are given. Brokers are the shipped ones, in processes of their own. */
export class InMemory {
  readonly #emulator: Emulator;
  readonly #folder = mkdtempSync(join(tmpdir(), 'in-memory-'));
  readonly #word = join(this.#folder, 'started');
  /** What was started once, for all runs. */
  readonly #started = new Map<string, Promise<StartedWay>>();

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
    appendFileSync(this.#word, '');
  }

  /** @param changed - inputs beside the usual ones and those of the way, and variables of the job */
  async play(
    { step, way, platform }: Place,
    changed: { readonly inputs?: Variables; readonly environment?: Variables; readonly system?: Partial<System> } = {},
  ): Promise<Played> {
    const emulator = this.#emulator;
    const { environment: own, inputs: chosen } = await this.#start(way, step);
    const environment = { ...jobEnvironment(emulator, platform, chosen), ...own, ...changed.environment };
    const inputs = { ...usualInputs(step, emulator), ...chosen, retryMaxAttempts: '1', ...changed.inputs };
    const job = jobSourceOf(platform, environment, chosen);
    const host = new MemoryHost({
      platform,
      job,
      environment,
      inputs,
      ...(changed.system ? { system: changed.system } : {}),
    });
    const [mark, before] = [emulator.requests.length, this.#brokers()];
    const brokerScript = this.#brokerScript(step, platform);
    const run = { brokerScript, platform: jobPlatforms[platform], cancelled: neverCancelled };
    await runStep(steps[step], host, run);
    const requests = emulator.requests.slice(mark).filter(({ internal }) => !internal);
    return { host, requests, brokers: this.#brokers() - before };
  }

  async cleanUp(step: StepName, host: MemoryHost): Promise<void> {
    await cleanUp(host, await steps[step].cleanUp?.());
  }

  /** One that comes with an ID token, which soon expires, is started anew. */
  #start(way: WayName, step: StepName): Promise<StartedWay> {
    if (way === 'azure-pipelines, late-bound') return ways[way].start(this.#emulator, step);
    const key = `${way} ${step}`;
    const started = this.#started.get(key) ?? ways[way].start(this.#emulator, step);
    this.#started.set(key, started);
    return started;
  }

  #brokers(): number {
    return readFileSync(this.#word, 'utf8').length;
  }

  /** One that leaves word that it was started. */
  #brokerScript(step: StepName, platform: Platform): string {
    const script = join(this.#folder, `${platform}-${step}.mjs`);
    const wrapper = platform === 'github' ? ['actions', step] : ['tasks', steps[step].task.name];
    const bundle = pathToFileURL(join(root, ...wrapper, 'dist', 'broker', 'index.js')).href;
    const leaveWord = `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(this.#word)}, '.');`;
    writeFileSync(script, `${leaveWord} await import(${JSON.stringify(bundle)});\n`);
    return script;
  }
}

/** That a step failed as it should, and left nothing. */
export function expectNothing({ host, brokers }: Played): void {
  expect(host.error).toBeDefined();
  expect(host.error?.code).not.toBe('INTERNAL');
  expect({ delivered: host.delivered, files: host.files(), brokers }).toEqual({ delivered: [], files: [], brokers: 0 });
}

/** All places of some steps that there can be on this machine. */
export function placesOf(names: readonly StepName[], on: readonly Platform[]): readonly Place[] {
  return names.flatMap((step) =>
    (Object.keys(ways) as WayName[])
      .filter((way) => ways[way].isHere?.() !== false)
      // It is an input of one step.
      .filter((way) => way !== 'existing credentials' || step === 'aws-credentials')
      .flatMap((way) => on.map((platform) => ({ step, way, platform }))),
  );
}
