import { appendFileSync } from 'node:fs';
import { explain, FedbridgeError, inert, oneInertLine, type System } from '@fedbridge/core';
import { type JobSource, sourceVariables } from '@fedbridge/identity';
import { type Host, type Job, kebabCase } from '@fedbridge/step';
import * as actions from './actions.ts';

/** The runner of GitHub Actions, through `@actions/core`. */
export class GitHubHost implements Host {
  readonly secretVariablesReachScripts = true;
  readonly system: System;
  readonly #saved = new Map<string, string>();

  constructor(system: System) {
    this.system = system;
  }

  get job(): Job {
    const { environment } = this.system;
    const { GITHUB_REPOSITORY = '', GITHUB_RUN_ID = '' } = environment;
    const auditFacts = {
      GitHub: 'Actions',
      Repository: GITHUB_REPOSITORY,
      Workflow: environment.GITHUB_WORKFLOW ?? '',
      Run: GITHUB_RUN_ID,
      Actor: environment.GITHUB_ACTOR ?? '',
      Commit: environment.GITHUB_SHA ?? '',
      Branch: environment.GITHUB_REF ?? '',
    };
    return { platform: 'github', project: GITHUB_REPOSITORY, runId: GITHUB_RUN_ID, auditFacts };
  }

  get tempDirectory(): string {
    return this.#runnerPath('RUNNER_TEMP');
  }

  input(name: string): string {
    return actions.getInput(kebabCase(name));
  }

  inputName(name: string): string {
    return kebabCase(name);
  }

  serviceConnection(): undefined {
    return undefined;
  }

  connectionData(): undefined {
    return undefined;
  }

  jobSource(): JobSource {
    return { kind: 'github', environment: sourceVariables('github', this.system.environment) };
  }

  mask(secret: string): void {
    actions.setSecret(secret);
  }

  setOutput(name: string, value: string, of?: string): void {
    this.#runnerPath('GITHUB_OUTPUT');
    actions.setOutput(of === undefined ? kebabCase(name) : `${of}-${kebabCase(name)}`, value);
  }

  setSecretOutput(name: string, value: string, of?: string): void {
    this.mask(value);
    this.setOutput(name, value, of);
  }

  exportVariable(name: string, value: string): void {
    this.#runnerPath('GITHUB_ENV');
    actions.exportVariable(name, value);
  }

  exportSecretVariable(name: string, value: string): void {
    this.mask(value);
    this.exportVariable(name, value);
  }

  info(line: string): void {
    actions.info(oneInertLine(line));
  }

  debug(line: string): void {
    actions.debug(oneInertLine(line));
  }

  warning(text: string): void {
    actions.warning(inert(text));
  }

  group(title: string, lines: readonly string[]): void {
    actions.startGroup(oneInertLine(title));
    for (const line of lines) this.info(line);
    actions.endGroup();
  }

  async summary(markdown: string): Promise<void> {
    appendFileSync(this.#runnerPath('GITHUB_STEP_SUMMARY'), `${markdown}\n`);
  }

  fail(error: FedbridgeError): void {
    actions.setFailed(inert(explain(error)));
  }

  saveState(name: string, value: string): void {
    this.#saved.set(name, value);
    actions.saveState(name, value);
  }

  state(name: string): string {
    return this.#saved.get(name) ?? actions.getState(name);
  }

  /** Without its files the toolkit falls back to commands on standard output, where a secret would be seen. */
  #runnerPath(variable: string): string {
    const path = this.system.environment[variable];
    if (path) return path;
    throw new FedbridgeError('DELIVERY_FAILED', `The runner did not set ${variable}.`, {
      hint: 'This action needs runner 2.327.1 or newer.',
    });
  }
}
