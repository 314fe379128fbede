import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { proposedChangeOf } from './proposed-change.ts';

const folder = mkdtempSync(join(tmpdir(), 'events-'));
const sha = 'a'.repeat(40);
const merge = { GITHUB_REF: 'refs/pull/7/merge', GITHUB_SHA: 'b'.repeat(40) };
let count = 0;

function event(value: unknown): string {
  count += 1;
  const path = join(folder, `${count}.json`);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

describe('A proposed change', () => {
  it.each([
    ['a pull request', { pull_request: { base: { sha, ref: 'main' } } }, merge, merge.GITHUB_SHA, sha, 'main'],
    [
      'pull_request_target, whose job is of its target',
      { pull_request: { base: { sha, ref: 'main' } } },
      { GITHUB_REF: 'refs/heads/main', GITHUB_SHA: sha },
      undefined,
      sha,
      'main',
    ],
    [
      'a merge queue',
      { merge_group: { base_sha: sha, base_ref: 'refs/heads/main', head_sha: 'c'.repeat(40) } },
      { GITHUB_REF: 'refs/heads/gh-readonly-queue/main/pr-7', GITHUB_SHA: 'c'.repeat(40) },
      undefined,
      sha,
      'refs/heads/main',
    ],
    ['an event that says nothing', {}, { ...merge, GITHUB_BASE_REF: 'main' }, merge.GITHUB_SHA, undefined, 'main'],
    ['no JSON', '{', { ...merge, GITHUB_BASE_REF: 'main' }, merge.GITHUB_SHA, undefined, 'main'],
    [
      'members of another kind',
      { pull_request: { base: 7 } },
      { GITHUB_BASE_REF: 'main' },
      undefined,
      undefined,
      'main',
    ],
  ])('%s', (_title, value, environment, mergeCommit, into, branch) => {
    const change = proposedChangeOf({ ...environment, GITHUB_EVENT_PATH: event(value) });
    expect(change).toMatchObject({ mergeCommit, into, branch, isUnknown: false, isOfStranger: false });
  });

  const target = 'pull_request_target';
  it.each([
    ['pull_request', 1, 2, false],
    [target, 1, 2, true],
    [target, 1, 1, false],
    [target, 1, undefined, true],
    [target, undefined, undefined, true],
  ])('%s into repository %s from %s: of a stranger in a job that has more: %s', (name, own, other, isOfStranger) => {
    const repository = (id: number | undefined) => (id === undefined ? null : { id });
    const base = { sha, ref: 'main', repo: repository(own) };
    const path = event({ pull_request: { base, head: { sha: 'd'.repeat(40), repo: repository(other) } } });
    const change = proposedChangeOf({ GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path });
    expect(change).toMatchObject({ commit: 'd'.repeat(40), isUnknown: false, isOfStranger });
  });

  it.each([
    ['workflow_run', { workflow_run: { event: 'pull_request' } }, true],
    ['workflow_run', { workflow_run: { event: 'pull_request_target' } }, true],
    ['workflow_run', { workflow_run: { event: 'push' } }, undefined],
    ['issue_comment', { issue: { pull_request: {} } }, true],
    ['issue_comment', { issue: {} }, undefined],
    ['push', { issue: { pull_request: {} }, workflow_run: { event: 'pull_request' } }, undefined],
  ])('%s of %j: it is not told which: %s', (name, value, isUnknown) => {
    const change = proposedChangeOf({ GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: event(value) });
    expect(change?.isUnknown).toBe(isUnknown);
  });

  it.each([
    ['a push', { GITHUB_EVENT_PATH: event({ before: sha }) }],
    ['nothing', {}],
    ['an event that is not there', { GITHUB_EVENT_PATH: join(folder, 'none.json') }],
  ])('%s is none', (_title, environment) => expect(proposedChangeOf(environment)).toBeUndefined());

  it('an event of any size is none', () => {
    const path = event('');
    truncateSync(path, 64 * 1024 * 1024);
    expect(proposedChangeOf({ GITHUB_EVENT_PATH: path })).toBeUndefined();
  });
});
