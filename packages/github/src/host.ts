import * as actions from '@actions/core';
import { explain, FedbridgeError, inert, oneInertLine, type System } from '@fedbridge/core';
import type { PlatformJob } from '@fedbridge/identity';
import { checkTempDirectory, type Host, type Job, StepFolder } from '@fedbridge/step';
import { appendToCommandFiles, checkCommandFiles, commandFileEntry } from './command-files.ts';
import { jobOf } from './job.ts';
import { gitHubName } from './names.ts';

const folderState = 'fedbridgeFolder';

/** The runner of GitHub Actions, through `@actions/core`. */
export class GitHubHost implements Host {
  readonly secretVariablesReachScripts = true;
  readonly variablesKeepCase = true;
  readonly hasServiceConnections = false;
  readonly scriptsAskForIdTokens = true;
  readonly system: System;
  readonly folder: StepFolder;
  /** What `publish` hands over. */
  #pending = { GITHUB_ENV: '', GITHUB_OUTPUT: '' };

  constructor(system: System) {
    this.system = system;
    this.folder = new StepFolder({
      system,
      tempDirectory: () => this.tempDirectory,
      name: () => actions.getState(folderState),
      keepName: (name) => appendToCommandFiles({ GITHUB_STATE: commandFileEntry(folderState, name) }, system),
    });
  }

  get job(): Job {
    const { environment } = this.system;
    const { GITHUB_REPOSITORY = '', GITHUB_RUN_ID = '' } = environment;
    const auditFacts = {
      GitHub: 'Actions',
      Repository: GITHUB_REPOSITORY,
      Workflow: environment.GITHUB_WORKFLOW ?? '',
      RunId: GITHUB_RUN_ID,
      Action: environment.GITHUB_ACTION ?? '',
      Actor: environment.GITHUB_ACTOR ?? '',
      Commit: environment.GITHUB_SHA ?? '',
      Branch: environment.GITHUB_REF ?? '',
    };
    const contextFacts = {
      EventName: environment.GITHUB_EVENT_NAME ?? '',
      BaseRef: environment.GITHUB_BASE_REF ?? '',
      HeadRef: environment.GITHUB_HEAD_REF ?? '',
      Job: environment.GITHUB_JOB ?? '',
      TriggeringActor: environment.GITHUB_TRIGGERING_ACTOR ?? '',
    };
    return { platform: 'github', project: GITHUB_REPOSITORY, runId: GITHUB_RUN_ID, auditFacts, contextFacts };
  }

  get tempDirectory(): string {
    const directory = this.system.environment.RUNNER_TEMP;
    if (directory) return directory;
    throw new FedbridgeError('DELIVERY_FAILED', 'The runner did not set RUNNER_TEMP.');
  }

  input(name: string): string {
    // A blank that was given can be distinguished from an absent input, which the runner hands over as an empty text.
    return actions.getInput(gitHubName(name), { trimWhitespace: false });
  }

  inputName(name: string): string {
    return gitHubName(name);
  }

  outputName(name: string, of?: string): string {
    return gitHubName(name, of);
  }

  serviceConnection(): undefined {
    return undefined;
  }

  connectionData(): undefined {
    return undefined;
  }

  jobSource(): PlatformJob {
    return jobOf(this.system.environment);
  }

  /** The runner tells of its proxy in the environment alone. */
  async configuredNetwork() {
    return { network: {}, warnings: [] };
  }

  mask(secret: string): void {
    actions.setSecret(secret);
  }

  checkDelivery(): void {
    checkCommandFiles(['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE'], this.system);
    checkTempDirectory(this.tempDirectory);
  }

  setOutput(name: string, value: string, of?: string): void {
    this.#pending.GITHUB_OUTPUT += commandFileEntry(gitHubName(name, of), value);
  }

  setSecretOutput(name: string, value: string, of?: string): void {
    this.mask(value);
    this.setOutput(name, value, of);
  }

  exportVariable(name: string, value: string): void {
    this.#pending.GITHUB_ENV += commandFileEntry(name, value);
  }

  exportSecretVariable(name: string, value: string): void {
    this.mask(value);
    this.exportVariable(name, value);
  }

  publish(): void {
    const pending = Object.fromEntries(Object.entries(this.#pending).filter(([, text]) => text !== ''));
    this.#pending = { GITHUB_ENV: '', GITHUB_OUTPUT: '' };
    appendToCommandFiles(pending, this.system);
  }

  variable(name: string) {
    return { value: this.system.jobVariable(name), isSecret: false };
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
    appendToCommandFiles({ GITHUB_STEP_SUMMARY: `${markdown}\n` }, this.system);
  }

  fail(error: FedbridgeError): void {
    actions.setFailed(inert(explain(error)));
  }

  saveState(name: string, value: string): void {
    this.folder.keep(name, value);
  }

  state(name: string): string {
    return this.folder.kept(name);
  }
}
