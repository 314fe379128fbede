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
      { merge_group: { base_sha: sha, base_ref: 'refs/heads/main' } },
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
    expect(change).toEqual({ mergeCommit, into, branch });
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
