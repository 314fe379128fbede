import { readFileSync, statSync } from 'node:fs';
import type { Environment } from '@fedbridge/core';
import type { ProposedChange } from '@fedbridge/step';

/** Of an event, in bytes: far beyond what GitHub sends. */
const mostEvent = 32 * 1024 * 1024;

/**
 * The pull request or group of a merge queue that a job is for. Source: GitHub Docs, "Events that trigger workflows" (`pull_request`,
 * `merge_group`), "Webhook events and payloads".
 */
export function proposedChangeOf(environment: Environment): ProposedChange | undefined {
  const { pull_request: pull, merge_group: group } = eventOf(environment.GITHUB_EVENT_PATH);
  const into = textOf(membersOf(pull?.base)?.sha) ?? textOf(group?.base_sha);
  const branch =
    textOf(membersOf(pull?.base)?.ref) ?? textOf(group?.base_ref) ?? textOf(environment.GITHUB_BASE_REF) ?? undefined;
  if (into === undefined && branch === undefined) return undefined;
  const isMerge = /^refs\/pull\/\d+\/merge$/.test(environment.GITHUB_REF ?? '');
  return { mergeCommit: isMerge ? textOf(environment.GITHUB_SHA) : undefined, into, branch };
}

type Members = Readonly<Record<string, unknown>>;

function eventOf(path: string | undefined): { readonly pull_request?: Members; readonly merge_group?: Members } {
  try {
    if (!path || statSync(path).size > mostEvent) return {};
    const event = membersOf(JSON.parse(readFileSync(path, 'utf8')));
    const [pull, group] = [membersOf(event?.pull_request), membersOf(event?.merge_group)];
    return { ...(pull ? { pull_request: pull } : {}), ...(group ? { merge_group: group } : {}) };
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
