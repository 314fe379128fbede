import * as actions from '@actions/core';
import { FedbridgeError, oneInertLine } from '@fedbridge/core';
import type { Annotation, CheckHost, Checkout, ProposedChange } from '@fedbridge/step';
import { GitHubHost } from './host.ts';
import { proposedChangeOf } from './proposed-change.ts';

/** The same runner for a check, apart: no other step loads it. */
export class GitHubCheckHost extends GitHubHost implements CheckHost {
  readonly checkout: Checkout = {
    deeper: 'fetch-depth: 2 at actions/checkout; 0',
    ofChange:
      'actions/checkout does that by itself for pull_request, and not for pull_request_target, whose job must run nothing of it',
    forChanges: 'in a workflow for pull_request',
  };

  get workspace(): string {
    const folder = this.system.environment.GITHUB_WORKSPACE;
    if (folder) return folder;
    throw new FedbridgeError('CHECK_INCOMPLETE', 'The runner did not set GITHUB_WORKSPACE.');
  }

  proposedChange(): ProposedChange | undefined {
    return proposedChangeOf(this.system.environment);
  }

  annotate({ level, title, text, file, line, column }: Annotation): void {
    const show = { error: actions.error, warning: actions.warning, note: actions.notice }[level];
    const place = { file: oneInertLine(file), startLine: line, startColumn: column };
    show(oneInertLine(text), { ...place, title: oneInertLine(title) });
  }

  exportSarif(): boolean {
    return false;
  }
}
