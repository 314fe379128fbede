import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, matchesGlob } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
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

describe('a release', () => {
  type Job = { permissions: object; steps: { run?: string }[] };
  const { jobs } = parse(release) as { jobs: Record<string, Job> };
  const scriptOf = (job: string) => jobs[job]?.steps.map(({ run = '' }) => run).join('\n') ?? '';
  /** What a job's script calls, by stand-ins that write down their arguments and fail where they are told to. */
  const callsOf = (job: string, fails: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'release-'));
    for (const program of ['gh', 'npm']) {
      const script = `#!/bin/sh\necho "${program} $*" >>calls\ncase "${program} $*" in ${fails}) exit 1;; esac\n`;
      writeFileSync(join(folder, program), script, { mode: 0o755 });
    }
    const files = ['fedbridge-1.2.3.tgz', 'fedbridge-workload-identity-1.2.3.tgz'];
    for (const file of files) writeFileSync(join(folder, file), '');
    const env = {
      VERSION: '1.2.3',
      GITHUB_SHA: 'abc',
      GITHUB_REPOSITORY: 'octo/fedbridge',
      PATH: `${folder}:/usr/bin:/bin`,
    };
    const { status, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', scriptOf(job)], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n');
  };

  it.each([
    ['moves the tags that are there', 'none', []],
    [
      'makes those that are not',
      '*PATCH*',
      [
        'gh api repos/octo/fedbridge/git/refs -f ref=refs/tags/v1.2 -f sha=abc',
        'gh api repos/octo/fedbridge/git/refs -f ref=refs/tags/v1 -f sha=abc',
      ],
    ],
  ])('has the tags v1.2.3, v1.2 and v1, and %s', (_title, fails, made) => {
    const calls = callsOf('release', fails);
    expect(calls[0]).toBe('gh api repos/octo/fedbridge/git/refs -f ref=refs/tags/v1.2.3 -f sha=abc');
    for (const tag of ['v1.2', 'v1'])
      expect(calls).toContain(
        `gh api --method PATCH repos/octo/fedbridge/git/refs/tags/${tag} -f sha=abc -F force=true`,
      );
    expect(calls).toEqual(expect.arrayContaining(made));
    expect(calls.length).toBe(4 + made.length);
  });

  it('publishes each package that is public, with provenance', () => {
    const published = globSync('packages/*/package.json', { cwd: root })
      .map((path) => JSON.parse(readFileSync(join(root, path), 'utf8')))
      .filter((manifest) => !manifest.private);
    expect(callsOf('publish-packages', 'none').filter((call) => call.includes(' publish '))).toEqual(
      published
        .map(
          ({ name }) =>
            `npm publish ./${name.replace('@', '').replace('/', '-')}-1.2.3.tgz --provenance --access public`,
        )
        .sort(),
    );
    expect(jobs['publish-packages']?.permissions).toEqual({ 'id-token': 'write' });
  });

  it('uses no token that is stored', () => expect(release).not.toMatch(/secrets\.|NODE_AUTH_TOKEN|_PAT }}/));

  it('has one version of actions, tasks and packages', () => {
    const paths = globSync(['actions/*/package.json', 'tasks/*/package.json', 'packages/*/package.json'], {
      cwd: root,
    });
    const manifests = paths.map((path) => ({ path, ...JSON.parse(readFileSync(join(root, path), 'utf8')) }));
    const released = manifests.filter(({ path, private: isPrivate }) => !isPrivate || !path.startsWith('packages'));
    expect(released.length).toBeGreaterThan(11);
    expect(new Set(released.map(({ version }) => version)).size).toBe(1);
    const { fixed } = JSON.parse(readFileSync(join(root, '.changeset/config.json'), 'utf8'));
    const [group] = fixed;
    for (const { name } of released)
      expect(
        group.some((one: string) => matchesGlob(name, one)),
        name,
      ).toBe(true);
  });

  it('is of changesets that name packages, each in its head', () => {
    const names = globSync(['{packages,actions,tasks}/*/package.json'], { cwd: root }).map(
      (path) => JSON.parse(readFileSync(join(root, path), 'utf8')).name,
    );
    for (const file of globSync('.changeset/*.md', { cwd: root }).filter((path) => !path.endsWith('README.md'))) {
      const [, head = ''] = /^---\n(.*?)\n---\n/s.exec(readFileSync(join(root, file), 'utf8')) ?? [];
      const named = Object.keys(parse(head) ?? {});
      expect(named.length, file).toBeGreaterThan(0);
      expect(names, file).toEqual(expect.arrayContaining(named));
    }
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
