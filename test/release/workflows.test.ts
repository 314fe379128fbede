import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { workflowProblems } from '../../scripts/workflows.ts';
import { root } from '../harness/process.ts';

const folder = join(root, '.github', 'workflows');
const files = readdirSync(folder);
const release = readFileSync(join(folder, 'release.yml'), 'utf8');

describe('workflows', () => {
  it.each(files)('%s has no problem', (file) => {
    expect(workflowProblems(readFileSync(join(folder, file), 'utf8'))).toEqual([]);
  });

  it.each<[change: string, from: string | RegExp, to: string, problem: string]>([
    ['an action by tag', /@[\da-f]{40} # v7\.0\.1/, '@v7', 'pin it by commit'],
    ['an action by branch', /@[\da-f]{40}/, '@main', 'pin it by commit'],
    ['a short commit', /@([\da-f]{12})[\da-f]{28}/, '@$1', 'pin it by commit'],
    ['a commit without a version', / # v7\.0\.1/, '', 'pin it by commit'],
    ['an image of Docker', /uses: actions\/checkout@.*/, 'uses: docker://alpine', 'pin it by commit'],
    ['a quoted key', /uses: actions\/checkout@.*/, '"uses": actions/checkout@v7', 'pin it by commit'],
    ['all permissions', 'permissions: {}', 'permissions: write-all', 'permissions of the workflow'],
    ['permissions that are not said', 'permissions: {}\n', '', 'permissions of the workflow'],
    ['permissions of all jobs', 'permissions: {}', 'permissions:\n  contents: read', 'permissions of the workflow'],
    [
      'all permissions of a job',
      / {4}permissions:\n {6}contents: read\n/,
      '    permissions: write-all\n',
      'scope by scope',
    ],
    ['a job without its own', / {4}permissions:\n {6}contents: read\n/, '', 'plan: permissions'],
    ['a right without a reason', ' # tags and the release', '', 'say beside it'],
    ['a token left on disk', 'persist-credentials: false', 'persist-credentials: true', 'persist-credentials'],
    ['a token left on disk by default', /with:\n {10}persist-credentials: false/, 'with: {}', 'persist-credentials'],
    ['an expression in a script', '"v$VERSION"', `"v\${{ github.ref_name }}"`, 'an expression inside'],
    ["other people's code with rights", '  push:\n', '  pull_request_target:\n  push:\n', 'pull_request_target'],
    ['a cache', 'package-manager-cache: false', 'package-manager-cache: true', 'version: a cache'],
    ['a job without end', / {4}timeout-minutes: \d+\n/, '', 'timeout-minutes'],
  ])('%s is a problem', (_title, from, to, problem) => {
    const changed = release.replace(from, to);
    expect(changed).not.toBe(release);
    expect(workflowProblems(changed).join('\n')).toContain(problem);
  });
});

const has = (program: string) => spawnSync(program, ['--version']).status === 0;
const run = (program: string, args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}`;
};

it.skipIf(!has('zizmor'))('zizmor finds nothing of weight (skipped: no "zizmor" on the path)', () => {
  expect(run('zizmor', ['--offline', '--no-progress', '--min-severity=medium', '.github'])).toBe('');
});

it.skipIf(!has('actionlint'))('actionlint finds nothing (skipped: no "actionlint" on the path)', () => {
  expect(run('actionlint', ['-no-color'])).toBe('');
});
