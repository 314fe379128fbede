import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explain, FedbridgeError, inert, invalid, oneInertLine, type System } from '@fedbridge/core';
import { type JobSource, sourceVariables } from '@fedbridge/identity';
import type { Host, Job, ServiceConnection } from '@fedbridge/step';
import { connectionInput } from './connection-input.ts';
import { readConnection } from './service-connection.ts';
import { tasks } from './task-lib.ts';

/** The agent of Azure Pipelines, through `azure-pipelines-task-lib`. */
export class AzurePipelinesHost implements Host {
  readonly secretVariablesReachScripts = false;
  readonly system: System;

  constructor(system: System) {
    this.system = system;
  }

  get job(): Job {
    const { environment } = this.system;
    const project = environment.SYSTEM_TEAMPROJECT ?? '';
    const runId = environment.BUILD_BUILDID ?? environment.RELEASE_RELEASEID ?? '';
    const auditFacts = {
      AzurePipelines: project,
      Repository: environment.BUILD_REPOSITORY_NAME ?? '',
      Pipeline: environment.BUILD_DEFINITIONNAME ?? environment.RELEASE_DEFINITIONNAME ?? '',
      Run: runId,
      Actor: environment.BUILD_REQUESTEDFOR ?? '',
      Commit: environment.BUILD_SOURCEVERSION ?? '',
      Branch: environment.BUILD_SOURCEBRANCH ?? '',
    };
    return { platform: 'azure-pipelines', project, runId, auditFacts };
  }

  get tempDirectory(): string {
    const directory = this.system.environment.AGENT_TEMPDIRECTORY;
    if (directory) return directory;
    throw new FedbridgeError('DELIVERY_FAILED', 'The agent did not set Agent.TempDirectory.');
  }

  input(name: string): string {
    const value = tasks.getInput(name) ?? '';
    // The agent leaves the macro of a variable that does not exist as it is.
    if (/^\$\([^()]+\)$/.test(value)) {
      throw invalid(`Input "${name}" is "${value}": there is no such variable in this job.`);
    }
    return value;
  }

  inputName(name: string): string {
    return name;
  }

  serviceConnection(): ServiceConnection | undefined {
    const id = this.input(connectionInput.name);
    return id === '' ? undefined : readConnection(id);
  }

  connectionData(id: string, name: string): string | undefined {
    return tasks.getEndpointDataParameter(id, name, true);
  }

  jobSource(): JobSource {
    const job = tasks.getEndpointAuthorization('SystemVssConnection', true);
    return {
      kind: 'azure-pipelines',
      environment: sourceVariables('azure-pipelines', this.system.environment),
      accessToken: job?.parameters.AccessToken ?? this.system.environment.SYSTEM_ACCESSTOKEN,
      connectionId: this.serviceConnection()?.id,
    };
  }

  mask(secret: string): void {
    // The agent hides line by line, and is not told of several at once.
    for (const line of secret.split(/[\r\n]+/)) if (line) tasks.setSecret(line);
  }

  setOutput(name: string, value: string, of?: string): void {
    tasks.setVariable(of === undefined ? name : `${of}_${name}`, value, false, true);
  }

  setSecretOutput(name: string, value: string, of?: string): void {
    this.#setSecret(of === undefined ? name : `${of}_${name}`, value, true);
  }

  exportVariable(name: string, value: string): void {
    tasks.setVariable(name, value);
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
    tasks.setVariable(name, value, true, isOutput);
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
    const { randomUUID } = await import('node:crypto');
    // The agent uploads the file in its own time and empties the folder when the job ends.
    const path = join(this.tempDirectory, `fedbridge-${randomUUID()}.md`);
    writeFileSync(path, markdown, { mode: 0o600, flag: 'wx' });
    tasks.command('task.uploadsummary', {}, path);
  }

  fail(error: FedbridgeError): void {
    tasks.setResult(tasks.TaskResult.Failed, inert(explain(error)));
  }

  saveState(name: string, value: string): void {
    tasks.setTaskVariable(name, value);
  }

  state(name: string): string {
    return tasks.getTaskVariable(name) ?? '';
  }
}
