import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, type FedbridgeError, realSystem, type System } from '@fedbridge/core';
import type { PlatformJob } from '@fedbridge/identity';
import {
  type Annotation,
  type CheckHost,
  type Job,
  type ProposedChange,
  type ServiceConnection,
  StepFolder,
} from '@fedbridge/step';

export interface MemoryHostOptions {
  readonly platform: Job['platform'];
  /** By their names in the step's definition. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly environment: Environment;
  readonly job: PlatformJob;
  /** Where the job's sources are, and what they are of. */
  readonly workspace?: string;
  readonly proposedChange?: ProposedChange;
  /** What of the outside world is another than this machine's. */
  readonly system?: Partial<System>;
}

/** A host of a job with these inputs, and with nothing else that matters to who looks at them. */
export function hostWith(
  inputs: MemoryHostOptions['inputs'] = {},
  more: Partial<Omit<MemoryHostOptions, 'inputs'>> = {},
): MemoryHost {
  const { platform = 'github', environment = {}, job = { kind: platform, environment }, ...others } = more;
  return new MemoryHost({ platform, inputs, environment, job, ...others });
}

/** A host that remembers what it is told, so that a step runs a thousand times in the time that a process takes to start. */
export class MemoryHost implements CheckHost {
  readonly system: System;
  readonly job: Job;
  readonly tempDirectory = mkdtempSync(join(tmpdir(), 'memory-host-'));
  readonly folder: StepFolder;
  /** Outputs and variables. */
  readonly delivered: string[] = [];
  readonly said: string[] = [];
  readonly variablesKeepCase = true;
  readonly masked = new Set<string>();
  error: FedbridgeError | undefined;
  readonly #options: MemoryHostOptions;
  readonly #pending: string[] = [];
  #folderName = '';

  constructor(options: MemoryHostOptions) {
    this.#options = options;
    this.system = {
      ...realSystem({ HOME: this.tempDirectory, ...options.environment }),
      sleep: async () => {},
      ...options.system,
    };
    this.job = { platform: options.platform, project: 'octo/app', runId: '7', auditFacts: {}, contextFacts: {} };
    this.folder = new StepFolder({
      system: this.system,
      tempDirectory: () => this.tempDirectory,
      name: () => this.#folderName,
      keepName: (name) => {
        this.#folderName = name;
      },
    });
  }

  get secretVariablesReachScripts(): boolean {
    return this.job.platform === 'github';
  }

  get hasServiceConnections(): boolean {
    return this.job.platform === 'azure-pipelines';
  }

  get scriptsAskForIdTokens(): boolean {
    return this.job.platform === 'github';
  }

  readonly checkout = { deeper: 'depth: 2; 0', ofChange: 'checkout does that', forChanges: 'in a job for changes' };

  get workspace(): string {
    return this.#options.workspace ?? this.tempDirectory;
  }

  /** What of the step is on disk. */
  files(): string[] {
    return readdirSync(this.tempDirectory, { recursive: true }).map(String);
  }

  input(name: string): string {
    return this.#options.inputs[name] ?? '';
  }

  inputName(name: string): string {
    return name;
  }

  outputName(name: string): string {
    return name;
  }

  serviceConnection(): ServiceConnection | undefined {
    return undefined;
  }

  connectionData(_id: string, _name: string): string | undefined {
    return undefined;
  }

  jobSource(): PlatformJob {
    return this.#options.job;
  }

  async configuredNetwork() {
    return { network: {}, warnings: [] };
  }

  mask(secret: string): void {
    this.masked.add(secret);
  }

  checkDelivery(): void {}

  setOutput(name: string, value: string): void {
    this.#pending.push(`output ${name}=${value}`);
  }

  setSecretOutput(name: string, value: string): void {
    this.setOutput(name, value);
  }

  exportVariable(name: string, value: string): void {
    this.#pending.push(`variable ${name}=${value}`);
  }

  exportSecretVariable(name: string, value: string): void {
    this.exportVariable(name, value);
  }

  exportSarif(path: string): boolean {
    this.#pending.push(`sarif ${path}`);
    return true;
  }

  publish(): void {
    this.delivered.push(...this.#pending.splice(0));
  }

  variable(name: string): { readonly value: string; readonly isSecret: boolean } {
    return { value: this.system.environment[name] ?? '', isSecret: false };
  }

  info(line: string): void {
    this.said.push(line);
  }

  debug(): void {}

  warning(text: string): void {
    this.said.push(text);
  }

  annotate({ level, title, text, file, line, column }: Annotation): void {
    this.said.push(`${level} ${title} ${file}:${line}:${column}: ${text}`);
  }

  proposedChange(): ProposedChange | undefined {
    return this.#options.proposedChange;
  }

  group(title: string, lines: readonly string[]): void {
    this.said.push(title, ...lines);
  }

  async summary(): Promise<void> {}

  fail(error: FedbridgeError): void {
    this.error = error;
  }

  saveState(name: string, value: string): void {
    this.folder.keep(name, value);
  }

  state(name: string): string {
    return this.folder.kept(name);
  }
}
