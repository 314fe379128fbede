import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explain, FedbridgeError, inert, invalid, oneInertLine, type System } from '@fedbridge/core';
import type { PlatformJob } from '@fedbridge/identity';
import {
  checkTempDirectory,
  type Host,
  type Job,
  mayBeSecret,
  newName,
  type ServiceConnection,
  StepFolder,
} from '@fedbridge/step';
import { agentNetwork } from './agent-network.ts';
import { connectionInput, devOpsConnectionInput } from './connection-input.ts';
import { jobOf } from './job.ts';
import { jobVariables, refuseReplaced } from './job-variables.ts';
import { azurePipelinesName } from './names.ts';
import { keyOf } from './replaced-variables.ts';
import { readConnection } from './service-connection.ts';
import { readQuietly, tasks } from './task-lib.ts';

const folderState = 'fedbridgeFolder';

/** The agent of Azure Pipelines, through `azure-pipelines-task-lib`. */
export class AzurePipelinesHost implements Host {
  readonly secretVariablesReachScripts = false;
  readonly hasServiceConnections = true;
  readonly scriptsAskForIdTokens = false;
  readonly system: System;
  readonly folder: StepFolder;
  /** What `publish` hands over. */
  #pending: (() => void)[] = [];

  constructor(system: System) {
    this.system = system;
    this.folder = new StepFolder({
      system,
      tempDirectory: () => this.tempDirectory,
      name: () => tasks.getTaskVariable(folderState) ?? '',
      keepName: (name) => tasks.setTaskVariable(folderState, name),
    });
  }

  /** Source: microsoft/azure-pipelines-agent, #4620, in 3.234.0 for the first time. */
  get variablesKeepCase(): boolean {
    const [major = 0, minor = 0] = (this.system.environment.AGENT_VERSION ?? '').split('.').map(Number);
    return major > 3 || (major === 3 && minor >= 234);
  }

  get job(): Job {
    const { environment } = this.system;
    const project = environment.SYSTEM_TEAMPROJECT ?? '';
    const runId = environment.BUILD_BUILDID ?? environment.RELEASE_RELEASEID ?? '';
    const auditFacts = {
      AzurePipelines: project,
      Repository: environment.BUILD_REPOSITORY_NAME ?? '',
      Pipeline: environment.BUILD_DEFINITIONNAME ?? environment.RELEASE_DEFINITIONNAME ?? '',
      RunId: runId,
      Actor: environment.BUILD_REQUESTEDFOR ?? '',
      Commit: environment.BUILD_SOURCEVERSION ?? '',
      Branch: environment.BUILD_SOURCEBRANCH ?? '',
    };
    return { platform: 'azure-pipelines', project, runId, auditFacts, contextFacts: {} };
  }

  get tempDirectory(): string {
    const directory = this.system.environment.AGENT_TEMPDIRECTORY;
    if (directory) return directory;
    throw new FedbridgeError('DELIVERY_FAILED', 'The agent did not set Agent.TempDirectory.');
  }

  input(name: string): string {
    refuseReplaced(`INPUT_${name}`, `Input "${name}"`);
    const value = readQuietly(() => tasks.getInput(name)) ?? '';
    // The agent leaves the macro of a variable that does not exist as it is.
    const [macro] = /\$\([^()\r\n]+\)/.exec(value) ?? [];
    if (macro === undefined) return value;
    const has = macro === value ? 'is' : 'has';
    throw invalid(`Input "${name}" ${has} "${macro}": there is no such variable in this job.`);
  }

  inputName(name: string): string {
    return azurePipelinesName(name);
  }

  outputName(name: string, of?: string): string {
    return azurePipelinesName(name, of);
  }

  serviceConnection(): ServiceConnection | undefined {
    const [id, devOpsId] = [this.input(connectionInput.name), this.input(devOpsConnectionInput)];
    if (id !== '' && devOpsId !== '') {
      throw invalid(`Name one service connection: in "${connectionInput.alias}" or in "${devOpsConnectionInput}".`);
    }
    return id === '' && devOpsId === '' ? undefined : readConnection(id || devOpsId);
  }

  connectionData(id: string, name: string): string | undefined {
    refuseReplaced(/^ENDPOINT_/, 'A service connection');
    return readQuietly(() => tasks.getEndpointDataParameter(id, name, true));
  }

  jobSource(): PlatformJob {
    refuseReplaced(/^ENDPOINT_/, 'A service connection');
    const job = tasks.getEndpointAuthorization('SystemVssConnection', true);
    const connection = this.serviceConnection();
    const own = jobOf(this.system.environment, connection?.id);
    return { ...own, accessToken: job?.parameters.AccessToken ?? own.accessToken, idToken: connection?.idToken };
  }

  configuredNetwork() {
    return agentNetwork();
  }

  mask(secret: string): void {
    // The agent hides line by line, and is not given several at once.
    const lines = secret.split(/[\r\n]+/).filter((line) => line !== '');
    for (const line of lines) if (lines.length === 1 || mayBeSecret(line)) tasks.setSecret(line);
  }

  checkDelivery(): void {
    checkTempDirectory(this.tempDirectory);
  }

  setOutput(name: string, value: string, of?: string): void {
    this.#pending.push(() => tasks.setVariable(azurePipelinesName(name, of), value, false, true));
  }

  setSecretOutput(name: string, value: string, of?: string): void {
    this.#setSecret(azurePipelinesName(name, of), value, true);
  }

  exportVariable(name: string, value: string): void {
    const isInCapitals = name === name.toUpperCase();
    const set = isInCapitals || !this.variablesKeepCase ? tasks.setVariable : setInItsCase;
    this.#pending.push(() => set(name, value));
  }

  exportSecretVariable(name: string, value: string): void {
    this.#setSecret(name, value, false);
  }

  #setSecret(name: string, value: string, isOutput: boolean): void {
    this.mask(value);
    if (/[\r\n]/.test(value)) {
      throw new FedbridgeError(
        'DELIVERY_FAILED',
        `${name} has several lines, which the agent does not take of a secret.`,
      );
    }
    this.#pending.push(() => tasks.setVariable(name, value, true, isOutput));
  }

  /** Has something done when all is handed over. */
  protected onPublish(set: () => void): void {
    this.#pending.push(set);
  }

  publish(): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const set of pending) set();
  }

  /**
   * The agent hands a job's secret variables to tasks, which its library keeps out of the environment. One that is mapped into the
   * environment under another name is as secret there.
   */
  variable(name: string) {
    const secrets = jobVariables().filter((one) => one.secret);
    const secret = secrets.find((one) => keyOf(one.name) === keyOf(name));
    if (secret) return { value: secret.value, isSecret: true };
    const value = this.system.jobVariable(name);
    return { value, isSecret: mayBeSecret(value) && secrets.some((one) => one.value === value) };
  }

  info(line: string): void {
    console.log(oneInertLine(line));
  }

  debug(line: string): void {
    tasks.debug(oneInertLine(line));
  }

  warning(text: string): void {
    tasks.warning(inert(text));
  }

  group(title: string, lines: readonly string[]): void {
    console.log(`##[group]${oneInertLine(title)}`);
    for (const line of lines) this.info(line);
    console.log('##[endgroup]');
  }

  async summary(markdown: string): Promise<void> {
    // The agent uploads the file in its own time and empties the folder when the job ends.
    const path = join(this.tempDirectory, `${newName(this.system)}.md`);
    writeFileSync(path, markdown, { mode: 0o600, flag: 'wx' });
    tasks.command('task.uploadsummary', {}, path);
  }

  fail(error: FedbridgeError): void {
    tasks.setResult(tasks.TaskResult.Failed, inert(explain(error)));
  }

  saveState(name: string, value: string): void {
    this.folder.keep(name, value);
  }

  state(name: string): string {
    return this.folder.kept(name);
  }
}

/**
 * Sets a variable that scripts have in small letters. The agent takes names that differ in case alone for one variable, and has a dot
 * stand for a `_`: so that `no.proxy` is another than `NO_PROXY`.
 * Source: microsoft/azure-pipelines-agent, `Variables.cs`, `VarUtil.ConvertToEnvVariableFormat`.
 */
function setInItsCase(name: string, value: string): void {
  tasks.command('task.setvariable', { variable: name.replaceAll('_', '.'), preserveCase: 'true' }, value);
}
