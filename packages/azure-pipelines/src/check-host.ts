import { FedbridgeError, oneInertLine } from '@fedbridge/core';
import type { Annotation, CheckHost, Checkout, ProposedChange } from '@fedbridge/step';
import { AzurePipelinesHost } from './host.ts';
import { tasks } from './task-lib.ts';

/** The same agent for a check, apart: no other step loads it. */
export class AzurePipelinesCheckHost extends AzurePipelinesHost implements CheckHost {
  readonly checkout: Checkout = {
    deeper: 'fetchDepth: 2 at the step checkout; 0',
    ofChange: 'the step checkout: self does that by itself',
    forChanges: 'in a pipeline that runs for pull requests',
  };

  get workspace(): string {
    const { SYSTEM_DEFAULTWORKINGDIRECTORY, BUILD_SOURCESDIRECTORY } = this.system.environment;
    const folder = SYSTEM_DEFAULTWORKINGDIRECTORY || BUILD_SOURCESDIRECTORY;
    if (folder) return folder;
    throw new FedbridgeError('CHECK_INCOMPLETE', 'The agent did not set System.DefaultWorkingDirectory.');
  }

  /** Source: Microsoft Learn, "Use predefined variables", System and Build variables. */
  proposedChange(): ProposedChange | undefined {
    const { SYSTEM_PULLREQUEST_TARGETBRANCH, BUILD_SOURCEBRANCH = '', BUILD_SOURCEVERSION } = this.system.environment;
    if (!SYSTEM_PULLREQUEST_TARGETBRANCH) return undefined;
    const isMerge = /^refs\/pull\/\d+\/merge$/.test(BUILD_SOURCEBRANCH);
    return {
      mergeCommit: isMerge ? BUILD_SOURCEVERSION : undefined,
      into: undefined,
      branch: SYSTEM_PULLREQUEST_TARGETBRANCH,
      commit: this.system.environment.SYSTEM_PULLREQUEST_SOURCECOMMITID || undefined,
      isUnknown: false,
      // Whether builds of forks have secrets is a setting that no build is told of.
      isOfStranger: false,
    };
  }

  /** Of a note there is no such thing. Source: Microsoft Learn, "Logging commands", `task.logissue`. */
  annotate({ level, title, text, file, line, column }: Annotation): void {
    if (level === 'note') {
      this.info(`note ${title} ${file}:${line}:${column}: ${text}`);
      return;
    }
    const place = { sourcepath: oneInertLine(file), linenumber: String(line), columnnumber: String(column) };
    tasks.command('task.logissue', { type: level, code: oneInertLine(title), ...place }, oneInertLine(text));
  }

  /**
   * To the artifact that the extension "SARIF SAST Scans Tab" reads. Releases have no artifacts of their own, and their agent fails a task
   * that uploads one. Sources: microsoft/sarif-azuredevops-extension; microsoft/azure-pipelines-agent, `ArtifactCommandExtension`.
   */
  exportSarif(path: string): boolean {
    const { SYSTEM_HOSTTYPE = 'build' } = this.system.environment;
    if (SYSTEM_HOSTTYPE.toLowerCase() !== 'build') return false;
    const artifact = 'CodeAnalysisLogs';
    this.onPublish(() => tasks.command('artifact.upload', { containerfolder: artifact, artifactname: artifact }, path));
    return true;
  }
}
