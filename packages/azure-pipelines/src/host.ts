import {
  AzurePipelinesIdTokenSource,
  explain,
  FedbridgeError,
  type Host,
  type IdTokenSource,
  invalid,
  type Job,
  type Outbound,
  oneLine,
  type ServiceConnection,
  type System,
} from '@fedbridge/core';
import tasks from 'azure-pipelines-task-lib/task.js';
import { connectionInput } from './connection-input.ts';
import { readConnection } from './service-connection.ts';

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

  idTokenSource(outbound: Outbound): IdTokenSource {
    const job = tasks.getEndpointAuthorization('SystemVssConnection', true);
    return new AzurePipelinesIdTokenSource(outbound, {
      accessToken: job?.parameters.AccessToken ?? this.system.environment.SYSTEM_ACCESSTOKEN,
      connectionId: this.serviceConnection()?.id,
    });
  }

  mask(secret: string): void {
    tasks.setSecret(secret);
  }

  setOutput(name: string, value: string): void {
    tasks.setVariable(name, value, false, true);
  }

  setSecretOutput(name: string, value: string): void {
    this.mask(value);
    tasks.setVariable(name, value, true, true);
  }

  exportVariable(name: string, value: string): void {
    tasks.setVariable(name, value);
  }

  info(line: string): void {
    // The agent takes a command from anywhere in a line.
    console.log(oneLine(line).replace(/##(vso)?\[/gi, '# #$1['));
  }

  debug(line: string): void {
    tasks.debug(line);
  }

  warning(text: string): void {
    tasks.warning(text);
  }

  fail(error: FedbridgeError): void {
    tasks.setResult(tasks.TaskResult.Failed, explain(error));
  }

  saveState(name: string, value: string): void {
    tasks.setTaskVariable(name, value);
  }

  state(name: string): string {
    return tasks.getTaskVariable(name) ?? '';
  }
}
