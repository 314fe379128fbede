import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Variables } from './process.ts';

/** Files by their paths, and what is none: a link, or a commit of another repository. Undefined takes one away. */
export type Files = Readonly<
  Record<string, string | Buffer | { readonly link: string } | { readonly submodule: string } | undefined>
>;

export interface PullRequestOptions {
  /** The files of the branch that it goes into. */
  readonly before: Files;
  /** What it changes. */
  readonly after: Files;
  /** What became part of that branch since it was begun. */
  readonly meanwhile?: Files;
  /** How many commits are cloned; 0 for all. */
  readonly depth?: number;
  /** What is checked out: the merge commit that the platform makes, as is usual, the change's own last commit, or what it goes into. */
  readonly checkout?: 'merge' | 'head' | 'base';
  /** Where the clone is put in the workspace. */
  readonly path?: string;
  /** Which objects are left to be fetched when they are needed, `blob:none` for example. */
  readonly filter?: string;
}

/** A pull request, cloned as `actions/checkout` and the agent of Azure Pipelines clone one, and what their jobs are told of it. */
export interface PullRequest {
  readonly workspace: string;
  /** The folder of the clone. */
  readonly clone: string;
  readonly commits: { readonly begun: string; readonly base: string; readonly head: string; readonly merge: string };
  readonly environment: { readonly github: Variables; readonly 'azure-pipelines': Variables };
}

export function pullRequest({
  before,
  after,
  meanwhile = {},
  depth = 2,
  checkout = 'merge',
  path = '',
  filter,
}: PullRequestOptions): PullRequest {
  const work = mkdtempSync(join(tmpdir(), 'pull-request-'));
  const origin = join(work, 'origin');
  mkdirSync(origin);
  git(origin, 'init', '--quiet', '--initial-branch=main');
  git(origin, 'config', 'uploadpack.allowFilter', 'true');
  const begun = commit(origin, before, 'begun');
  git(origin, 'checkout', '--quiet', '-b', 'change');
  const head = commit(origin, after, 'change');
  git(origin, 'checkout', '--quiet', 'main');
  const base = commit(origin, meanwhile, 'meanwhile');
  git(origin, 'checkout', '--quiet', '--detach');
  git(origin, 'merge', '--quiet', '--no-ff', '-m', 'merge', 'change');
  const merge = git(origin, 'rev-parse', 'HEAD');
  git(origin, 'update-ref', 'refs/pull/7/merge', merge);
  git(origin, 'checkout', '--quiet', 'main');

  const workspace = join(work, 'workspace');
  const clone = join(workspace, path);
  mkdirSync(clone, { recursive: true });
  git(clone, 'init', '--quiet', '--initial-branch=nothing');
  git(clone, 'remote', 'add', 'origin', pathToFileURL(origin).href);
  const wanted = { merge, head, base }[checkout];
  const branches = depth === 0 ? ['+refs/heads/*:refs/remotes/origin/*'] : [`--depth=${depth}`];
  const filtered = filter === undefined ? [] : [`--filter=${filter}`];
  git(clone, 'fetch', '--quiet', '--no-tags', ...filtered, 'origin', ...branches, wanted);
  git(clone, 'checkout', '--quiet', '--detach', wanted);

  const event = join(work, 'event.json');
  writeFileSync(event, JSON.stringify({ pull_request: { base: { ref: 'main', sha: base }, head: { sha: head } } }));
  const ref = 'refs/pull/7/merge';
  return {
    workspace,
    clone,
    commits: { begun, base, head, merge },
    environment: {
      github: {
        GITHUB_ACTIONS: 'true',
        GITHUB_EVENT_NAME: 'pull_request',
        GITHUB_EVENT_PATH: event,
        GITHUB_BASE_REF: 'main',
        GITHUB_REF: ref,
        GITHUB_SHA: merge,
        GITHUB_WORKSPACE: workspace,
      },
      'azure-pipelines': {
        TF_BUILD: 'True',
        BUILD_REASON: 'PullRequest',
        BUILD_SOURCEBRANCH: ref,
        BUILD_SOURCEVERSION: merge,
        BUILD_SOURCESDIRECTORY: workspace,
        SYSTEM_DEFAULTWORKINGDIRECTORY: workspace,
        SYSTEM_HOSTTYPE: 'build',
        SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main',
      },
    },
  };
}

/** Writes files below a folder. */
export function writeFiles(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    if (content === undefined || !isText(content)) rmSync(file, { recursive: true, force: content !== undefined });
    if (content === undefined) continue;
    if (isText(content)) writeFileSync(file, content);
    else if ('link' in content) symlinkSync(content.link, file);
    else mkdirSync(file);
  }
}

const isText = (content: NonNullable<Files[string]>): content is string | Buffer =>
  typeof content === 'string' || Buffer.isBuffer(content);

/** What git prints. No setting of this machine counts. */
export function git(folder: string, ...args: readonly string[]): string {
  const settings = ['-c', 'user.name=octo', '-c', 'user.email=octo@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...settings, '-C', folder, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

function commit(folder: string, files: Files, message: string): string {
  writeFiles(folder, files);
  git(folder, 'add', '--all', '.');
  for (const [path, content] of Object.entries(files))
    if (typeof content === 'object' && 'submodule' in content)
      git(folder, 'update-index', '--add', '--cacheinfo', `160000,${content.submodule},${path}`);
  git(folder, 'commit', '--quiet', '--allow-empty', '-m', message);
  return git(folder, 'rev-parse', 'HEAD');
}
