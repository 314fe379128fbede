/**
 * Tests as well:
 * - packages/steps/src/trust-lint/comparison.ts
 * - packages/steps/src/trust-lint/what-left.ts
 * - packages/trust-files/src/change-findings.ts
 * - packages/trust-files/src/folder.ts
 */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shown } from '../harness/markdown.ts';
import { type Files, type PullRequest, pullRequest } from '../harness/pull-request.ts';
import { type platforms, trustLintStep, trustOf } from '../harness/trust-lint.ts';

const main = 'repo:octo@65001/app@724113:ref:refs/heads/main';
const evil = trustOf('repo:evil@7/app@8:ref:refs/heads/main');
const mine = 'github:octo@65001';
const before = { 'roles/a.json': trustOf(main), 'roles/b.json': trustOf(main), 'docs/v2/index.md': 'docs' };
const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';
const submodule = 'a'.repeat(40);
/** An encoding without a letter of ASCII. */
const foreign = Buffer.from([...evil].map((one) => one.charCodeAt(0) | 0x80));
const gone = undefined;

interface Case {
  readonly after: Files;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Which files are not looked at. */
  readonly files: readonly string[];
  /** What is done to the clone. */
  readonly prepare?: (change: PullRequest) => void;
}

/** What takes a document out of sight, or brings one that is not in sight. */
const hiding: Readonly<Record<string, Case>> = {
  'a link to another file': {
    after: { 'roles/a.json': { link: '../blobs/x.txt' }, 'blobs/x.txt': evil },
    files: ['roles/a.json', 'blobs/x.txt'],
  },
  'a link to another document': { after: { 'roles/a.json': { link: 'b.json' } }, files: ['roles/a.json'] },
  'a link out of the repository': { after: { 'roles/a.json': { link: '/etc/roles.json' } }, files: ['roles/a.json'] },
  'a link in the place of its folder': {
    after: { 'roles/a.json': gone, 'roles/b.json': gone, roles: { link: 'other' }, 'other/a.json': trustOf(main) },
    files: ['roles'],
  },
  'a submodule in the place of its folder': {
    after: { 'roles/a.json': gone, 'roles/b.json': gone, roles: { submodule }, 'c.json': trustOf(main) },
    files: ['roles'],
  },
  'a submodule in its place': { after: { 'roles/a.json': { submodule } }, files: ['roles/a.json'] },
  'another submodule': { after: { 'roles/more': { submodule } }, files: ['roles/more'] },
  'a link to a file more': { after: { 'roles/c.json': { link: 'b.json' } }, files: ['roles/c.json'] },
  'a link to what is not selected': {
    after: { 'roles/more': { link: '../blobs' }, 'blobs/x.json': evil },
    inputs: { files: 'roles' },
    files: ['roles/more', 'blobs/x.json'],
  },
  'another extension': { after: { 'roles/a.json': gone, 'roles/a.txt': evil }, files: ['roles/a.json', 'roles/a.txt'] },
  'another extension, with escapes': {
    after: { 'roles/a.json': gone, 'roles/a.policy': evil.replaceAll('P', '\\u0050') },
    files: ['roles/a.json', 'roles/a.policy'],
  },
  'a name that is left out': {
    after: { 'roles/a.json': gone, 'roles/.a.json': evil },
    files: ['roles/a.json', 'roles/.a.json'],
  },
  'a folder that is left out': {
    after: { 'roles/a.json': gone, 'roles/node_modules/a.json': evil },
    files: ['roles/a.json', 'roles/node_modules/a.json'],
  },
  'a folder that is not selected': {
    after: { 'roles/a.json': gone, 'other/a.json': evil },
    inputs: { files: 'roles' },
    files: ['roles/a.json', 'other/a.json'],
  },
  'a folder with ! in front': {
    after: { 'roles/a.json': gone, 'other/a.json': evil },
    inputs: { files: '.\n!other' },
    files: ['roles/a.json', 'other/a.json'],
  },
  'a file that is too large to be looked at elsewhere': {
    after: { 'roles/a.json': gone, 'roles/a.txt': `${evil}${' '.repeat(2 * 1024 * 1024)}` },
    files: ['roles/a.json'],
  },
  'a size that is not read': {
    after: { 'roles/a.json': evil + ' '.repeat(17 * 1024 * 1024) },
    files: ['roles/a.json'],
  },
  'an encoding that is not read': { after: { 'roles/a.json': foreign }, files: ['roles/a.json'] },
  'a syntax error': { after: { 'roles/a.json': `${evil}}` }, files: ['roles/a.json'] },
  'a pointer of Git LFS': { after: { 'roles/a.json': pointer }, files: ['roles/a.json'] },
  'another pointer of Git LFS': { after: { 'roles/c.json': pointer }, files: ['roles/c.json'] },
  'a file that is not checked out': {
    after: { 'roles/a.json': evil },
    files: ['roles/a.json'],
    prepare: ({ clone }) => rmSync(join(clone, 'roles/a.json')),
  },
  'a spelling that is not read': {
    after: { 'roles/a.json': JSON.stringify({ role: { principals: ['*'], actions: ['sts:AssumeRole'] } }) },
    files: ['roles/a.json'],
  },
};

/** What is as it was, or is told and no more. */
const harmless: Readonly<Record<string, Case>> = {
  'a file that is deleted': { after: { 'roles/a.json': gone }, files: [] },
  'another name': { after: { 'roles/a.json': gone, 'roles/c.JSON': trustOf(main) }, files: [] },
  'a link to a folder that is looked at': { after: { 'docs/latest': { link: 'v2' } }, files: [] },
  'another encoding in the folder': {
    after: { '.gitattributes': 'roles/*.json text working-tree-encoding=UTF-16LE-BOM\n' },
    files: [],
  },
  "a role in Terraform's language": {
    after: { 'main.tf': 'principals {\n}\nactions = ["sts:AssumeRole"]\n' },
    files: ['main.tf'],
  },
  'a sparse checkout': {
    after: { 'roles/a.json': trustOf(main) },
    files: [],
    prepare: ({ clone }) => rmSync(join(clone, 'roles/b.json')),
  },
};

const run = ({ after, inputs = {}, prepare }: Case, platform: (typeof platforms)[number]) => {
  const change = pullRequest({ before, after });
  prepare?.(change);
  return trustLintStep(platform, change.environment, { mine, ...inputs }).run();
};

describe('What a pull request takes out of sight is told, and fails', () => {
  it.concurrent.each(Object.entries(hiding))('%s', async (_title, one) => {
    const { error, outputs, summary, stdout } = await run(one, 'github');
    expect(error).toContain('[CHECK_FAILED]');
    expect(JSON.parse(outputs['not-looked-at'] ?? '').sort()).toEqual([...one.files].sort());
    expect(outputs['new-access']).not.toBe('false');
    expect(summary).toContain(`**Not looked at: ${one.files.length}**`);
    expect(stdout).toContain(`Not looked at: ${one.files.length} file`);
  });

  it.concurrent('on Azure Pipelines too', async () => {
    const { error, outputs } = await run(hiding['a link to another file'] as Case, 'azure-pipelines');
    expect(error).toContain('[CHECK_FAILED]');
    expect(JSON.parse(outputs.notLookedAt ?? '').sort()).toEqual(['blobs/x.txt', 'roles/a.json']);
  });
});

describe('What is in a folder and not in git', () => {
  const written = (change: PullRequest) => writeFileSync(join(change.clone, 'plan.json'), trustOf(main));

  it.concurrent('is what the job made: a note, since there is nothing to compare it with', async () => {
    const { error, summary } = await run({ after: { 'c.json': trustOf(main) }, files: [], prepare: written }, 'github');
    expect(error).toBeUndefined();
    expect(shown(summary)).toMatch(/note \|.*plan\.json.*It is not in git: there is nothing to compare it with\./);
    expect(summary).not.toContain('of the submodule');
  });

  it.concurrent('is of a submodule that was changed: whoever changed that wrote it, and the step fails', async () => {
    const inSubmodule = ({ clone }: PullRequest) => {
      mkdirSync(join(clone, 'vendor'), { recursive: true });
      writeFileSync(join(clone, 'vendor', 'role.json'), trustOf(main));
    };
    const after = { vendor: { submodule } };
    const { error, summary } = await run({ after, files: [], prepare: inSubmodule }, 'github');
    expect(error).toContain('[CHECK_FAILED]');
    expect(shown(summary)).toMatch(
      /warning \|.*vendor\/role\.json.*It is of the submodule vendor, which was changed: there is nothing to compare it with\./,
    );
  });
});

describe('What is in sight, or is gone, is no failure', () => {
  it.concurrent.each(Object.entries(harmless))('%s', async (_title, one) => {
    const { error, outputs, summary } = await run(one, 'github');
    expect(error).toBeUndefined();
    expect(JSON.parse(outputs['not-looked-at'] ?? '')).toEqual(one.files);
    expect(outputs['new-access']).toBe('false');
    const deleted = one.after['roles/a.json'] === gone && 'roles/a.json' in one.after;
    expect(summary.includes('**Deleted: 1**')).toBe(deleted);
  });
});

describe('An event of GitHub', () => {
  const of = (change: PullRequest, name: string, event: object, more: Readonly<Record<string, string>> = {}) => {
    const { GITHUB_BASE_REF: _, ...github } = change.environment.github;
    writeFileSync(github.GITHUB_EVENT_PATH ?? '', JSON.stringify(event));
    const { base } = change.commits;
    const own = { GITHUB_EVENT_NAME: name, GITHUB_REF: 'refs/heads/main', GITHUB_SHA: base };
    const environment = { ...change.environment, github: { ...github, ...own } };
    return trustLintStep('github', environment, { mine, ...more }).run();
  };
  const target = ({ commits: { base, head } }: PullRequest, repository: number) => ({
    pull_request: { base: { ref: 'main', sha: base, repo: { id: 1 } }, head: { sha: head, repo: { id: repository } } },
  });
  const opened = (checkout: 'merge' | 'head' | 'base') =>
    pullRequest({ before, after: { 'roles/a.json': evil }, checkout, depth: 0 });

  it.concurrent('pull_request_target has what it goes into, of which nothing is to be said', async () => {
    const change = opened('base');
    const { error, outputs } = await of(change, 'pull_request_target', target(change, 2));
    expect(error).toMatch(/^The commit that is checked out is not that of this pull request\. \[CHECK_INCOMPLETE\]/);
    expect(outputs).toEqual({});
  });

  it.concurrent.each([
    ['merge', 2, true],
    ['head', 2, true],
    ['merge', 1, false],
  ] as const)(
    'pull_request_target with %s checked out, of repository %i: it is said what the job may have: %s',
    async (checkout, repository, isSaid) => {
      const change = opened(checkout);
      const { outputs, stdout } = await of(change, 'pull_request_target', target(change, repository));
      expect(outputs).toMatchObject({ 'new-access': 'true' });
      expect(/^::warning::This job is for a pull request of a fork/m.test(stdout)).toBe(isSaid);
    },
  );

  it.concurrent.each([
    ['workflow_run', { workflow_run: { event: 'pull_request', head_sha: 'b'.repeat(40) } }],
    ['workflow_run', { workflow_run: { event: 'pull_request_target' } }],
    ['issue_comment', { issue: { number: 7, pull_request: { url: 'https://api.github.com/x' } } }],
  ])('%s does not tell which change it is of: %j', async (name, event) => {
    const [auto, named, none] = await Promise.all(
      [{}, { baseRef: 'main' }, { baseRef: 'none' }].map((inputs) => of(opened('merge'), name, event, inputs)),
    );
    expect(auto?.error).toMatch(/^This event does not tell which change is checked out\. \[CHECK_INCOMPLETE\]/);
    expect(named?.outputs).toMatchObject({ 'new-access': 'true' });
    expect([none?.error, none?.outputs['new-access']]).toEqual([undefined, '']);
  });

  it.concurrent.each([
    ['workflow_run', { workflow_run: { event: 'push' } }],
    ['issue_comment', { issue: { number: 7 } }],
  ])('%s that is of no pull request is linted: %j', async (name, event) => {
    const { error, outputs } = await of(opened('base'), name, event);
    expect([error, outputs['new-access']]).toEqual([undefined, '']);
  });
});
