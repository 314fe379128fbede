import { readFileSync, statSync } from 'node:fs';
import type { Environment } from '@fedbridge/core';
import type { ProposedChange } from '@fedbridge/step';

/** Of an event, in bytes: far beyond what GitHub sends. */
const mostEvent = 32 * 1024 * 1024;

/**
 * The pull request or group of a merge queue that a job is for. Source: GitHub Docs, "Events that trigger workflows" (`pull_request`,
 * `pull_request_target`, `merge_group`, `workflow_run`, `issue_comment`), "Webhook events and payloads".
 */
export function proposedChangeOf(environment: Environment): ProposedChange | undefined {
  const event = eventOf(environment.GITHUB_EVENT_PATH);
  const [pull, group] = [membersOf(event.pull_request), membersOf(event.merge_group)];
  const [base, head] = [membersOf(pull?.base), membersOf(pull?.head)];
  const into = textOf(base?.sha) ?? textOf(group?.base_sha);
  const branch = textOf(base?.ref) ?? textOf(group?.base_ref) ?? textOf(environment.GITHUB_BASE_REF);
  const isUnknown = isOfPullRequest(event, environment.GITHUB_EVENT_NAME);
  if (into === undefined && branch === undefined && !isUnknown) return undefined;
  const isMerge = /^refs\/pull\/\d+\/merge$/.test(environment.GITHUB_REF ?? '');
  return {
    mergeCommit: isMerge ? textOf(environment.GITHUB_SHA) : undefined,
    into,
    branch,
    commit: textOf(head?.sha) ?? textOf(group?.head_sha),
    isUnknown,
    isOfStranger: environment.GITHUB_EVENT_NAME === 'pull_request_target' && isOfFork(base, head),
  };
}

/** Whether an event is about a pull request whose commits it does not tell: its job is of the default branch. */
function isOfPullRequest(event: Members, name: string | undefined): boolean {
  if (name === 'issue_comment') return membersOf(membersOf(event.issue)?.pull_request) !== undefined;
  return name === 'workflow_run' && /^pull_request/.test(textOf(membersOf(event.workflow_run)?.event) ?? '');
}

/** A fork that is gone is none of ours either. */
function isOfFork(base: Members | undefined, head: Members | undefined): boolean {
  const [own, other] = [membersOf(base?.repo)?.id, membersOf(head?.repo)?.id];
  return own === undefined || own !== other;
}

type Members = Readonly<Record<string, unknown>>;

function eventOf(path: string | undefined): Members {
  try {
    if (!path || statSync(path).size > mostEvent) return {};
    return membersOf(JSON.parse(readFileSync(path, 'utf8'))) ?? {};
  } catch {
    // Without it there is the name of the branch.
    return {};
  }
}

function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null ? (value as Members) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
