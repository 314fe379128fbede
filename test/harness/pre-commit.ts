import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { root } from './process.ts';
import { git, writeFiles } from './pull-request.ts';

interface Config {
  readonly repos: readonly { readonly repo: string; readonly rev: string; readonly hooks: readonly object[] }[];
}

/** What of this repository a hook runs from. */
const parts = ['.pre-commit-hooks.yaml', 'actions/trust-lint/pre-commit.mjs', 'actions/trust-lint/dist/pre-commit'];
const hook = join(root, 'actions/trust-lint/pre-commit.mjs');

export const preCommit = {
  isInstalled: spawnSync('pre-commit', ['--version']).status === 0,

  /** Starts what pre-commit starts. */
  hook(files: readonly string[], folder: string) {
    // Elsewhere the system starts it by its first line.
    const isExecutable = process.platform === 'win32' || (statSync(hook).mode & 0o111) !== 0;
    if (!isExecutable) throw new Error(`${hook} is not executable`);
    return ran(hook, files, folder);
  },
};

/**
 * A repository that has pre-commit look at each commit, with the configuration of a page, and a copy of this repository in the place of the
 * one on the network.
 *
 * @returns commits files, and then forgets them
 */
export function preCommitRepository({ repos }: Config) {
  const work = mkdtempSync(join(tmpdir(), 'pre-commit-'));
  const [published, own] = [join(work, 'fedbridge'), join(work, 'own')];
  for (const part of parts) {
    mkdirSync(dirname(join(published, part)), { recursive: true });
    cpSync(join(root, part), join(published, part), { recursive: true });
  }
  git(published, 'init', '--quiet');
  git(published, 'add', '--force', '--all', '.');
  git(published, 'commit', '--quiet', '-m', 'release');
  for (const { rev } of repos) git(published, 'tag', rev);

  mkdirSync(own);
  git(own, 'init', '--quiet');
  const config = { repos: repos.map((one) => ({ ...one, repo: published })) };
  writeFiles(own, { '.pre-commit-config.yaml': stringify(config) });
  git(own, 'add', '.');
  git(own, 'commit', '--quiet', '-m', 'config');
  const installed = ran('pre-commit', ['install'], own, work);
  if (installed.status !== 0) throw new Error(installed.output);

  return (files: Readonly<Record<string, string>>) => {
    writeFiles(own, files);
    git(own, 'add', '--all', '.');
    const commit = ['-c', 'user.name=octo', '-c', 'user.email=octo@example.com', 'commit', '-m', 'change'];
    const ended = ran('git', commit, own, work);
    git(own, 'reset', '--quiet', '--hard', 'HEAD');
    for (const name of Object.keys(files)) rmSync(join(own, name), { force: true });
    return ended;
  };
}

function ran(program: string, args: readonly string[], folder: string, home = folder) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: home, PRE_COMMIT_HOME: join(home, 'cache'), PRE_COMMIT_COLOR: 'never' },
  });
  return { status, output: `${stdout}${stderr}` };
}
