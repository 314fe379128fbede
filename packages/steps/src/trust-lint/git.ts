import { FedbridgeError } from '@fedbridge/core';
import type { Host } from '@fedbridge/step';

/** What a commit has at a path. */
export interface CommittedFile {
  /** Relative to the folder, with slashes. */
  readonly path: string;
  readonly id: string;
  /** Only a file holds a document: a link holds where it leads to, and a submodule is a commit of another repository. */
  readonly kind: 'file' | 'link' | 'submodule';
}

/** What a commit has, by path. */
export type Tree = ReadonlyMap<string, CommittedFile>;

/** Of a listing, in bytes: a million files. */
const mostListing = 256 * 1024 * 1024;

/**
 * What makes git do no more than read objects: no program that a repository's settings name, no hook, no network, no object in the place of
 * another, no repository that lies in a folder of somebody else's making. Who owns the folder does not matter then: in a container it is
 * rarely the user that the step runs as. Source: git-config, git.
 */
const settings = [
  ...['--no-pager', '--no-optional-locks', '--no-replace-objects', '--literal-pathspecs'],
  ...['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'safe.directory=*', 'safe.bareRepository=explicit'].flatMap(
    (setting) => ['-c', setting],
  ),
];
const environment = { GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0', GIT_ALLOW_PROTOCOL: 'none', LC_ALL: 'C' };

/** The repository that a folder is of, as its owner checked it out: only what is in it is read. */
export class Repository {
  /** Where the folder is in the repository, with a slash at its end; empty for its root. */
  readonly prefix: string;
  readonly #git: Git;

  private constructor(git: Git, prefix: string) {
    this.#git = git;
    this.prefix = prefix;
  }

  /**
   * @param deadline - in ms since 1970-01-01 UTC
   * @returns undefined where there is no repository, or no git
   * @throws FedbridgeError `CHECK_INCOMPLETE`
   */
  static async of(folder: string, host: GitHost, deadline: number): Promise<Repository | undefined> {
    if (!(await host.system.hasProgram('git'))) return undefined;
    const git = new Git(folder, host, deadline);
    const prefix = await git.line('rev-parse', '--show-prefix');
    return prefix === undefined ? undefined : new Repository(git, prefix);
  }

  /** The commit that a name stands for; undefined where there is none. */
  async commit(name: string): Promise<string | undefined> {
    const id = isName(name) ? await this.#git.line('rev-parse', '--verify', '--quiet', `${name}^{commit}`) : undefined;
    return id !== undefined && isId(id) ? id : undefined;
  }

  /** Where two commits parted; undefined where the clone does not tell. */
  async mergeBase(one: string, other: string): Promise<string | undefined> {
    const id = await this.#git.line('merge-base', one, other);
    return id !== undefined && isId(id) ? id : undefined;
  }

  /** Whether all of one commit is in another; false where the clone does not tell. */
  async contains(commit: string, other: string): Promise<boolean> {
    return (await this.#git.line('merge-base', '--is-ancestor', other, commit)) !== undefined;
  }

  /** All that a commit has in the folder. @throws FedbridgeError `CHECK_INCOMPLETE` */
  async tree(commit: string): Promise<Tree> {
    const listing = await this.#git.bytes(['ls-tree', '-r', '-z', commit], mostListing);
    const entries = listing
      .toString()
      .split('\0')
      .flatMap((entry) => {
        const [, mode = '', id = '', path] = /^(\d{3})\d{3} \w+ ([\da-f]+)\t(.+)$/s.exec(entry) ?? [];
        return path === undefined ? [] : [[path, { path, id, kind: kinds[mode] ?? 'file' }] as const];
      });
    return new Map(entries);
  }

  /**
   * What files of a commit hold, by their ids.
   *
   * @param most - how many bytes it may be in all
   * @throws FedbridgeError `CHECK_INCOMPLETE`
   */
  async contents(files: readonly CommittedFile[], most: number): Promise<ReadonlyMap<string, Buffer>> {
    if (files.length === 0) return new Map();
    const input = files.map(({ id }) => `${id}\n`).join('');
    return objectsIn(await this.#git.bytes(['cat-file', '--batch'], most, input));
  }
}

/** By the first three digits of its mode. Source: git-fast-import, "filemodify". */
const kinds: Readonly<Record<string, CommittedFile['kind']>> = { 100: 'file', 120: 'link', 160: 'submodule' };

type GitHost = Pick<Host, 'system' | 'tempDirectory'>;

class Git {
  readonly #folder: string;
  readonly #host: GitHost;
  readonly #deadline: number;

  constructor(folder: string, host: GitHost, deadline: number) {
    this.#folder = folder;
    this.#host = host;
    this.#deadline = deadline;
  }

  /** The one line that it prints; undefined where it fails. */
  async line(...args: readonly string[]): Promise<string | undefined> {
    const { exitCode, bytes } = await this.#run(args, 64 * 1024);
    return exitCode === 0 ? bytes?.toString().replace(/\r?\n$/, '') : undefined;
  }

  /** What it prints. @throws FedbridgeError `CHECK_INCOMPLETE` where it fails */
  async bytes(args: readonly string[], mostBytes: number, input?: string): Promise<Buffer> {
    const { exitCode, output, bytes } = await this.#run(args, mostBytes, input);
    if (exitCode === 0 && bytes) return bytes;
    const [command] = args;
    throw new FedbridgeError('CHECK_INCOMPLETE', `git ${command} failed.`, {
      answer: exitCode === null ? 'It was stopped: out of time, or too much to read.' : output.trim().slice(0, 500),
      hint: 'The clone must have the commit to compare with, and all of its files: see that it is not a partial one.',
    });
  }

  #run(args: readonly string[], mostBytes: number, input?: string) {
    const { system, tempDirectory } = this.#host;
    const followed = Object.entries(system.environment).filter(([name]) => !name.toUpperCase().startsWith('GIT_'));
    return system.run({
      program: 'git',
      args: [...settings, '-C', this.#folder, ...args],
      environment: { ...Object.fromEntries(followed), ...environment },
      // Windows looks for a program first in the folder that it is started in, where anybody may have put one.
      folder: tempDirectory,
      ...(input === undefined ? {} : { input }),
      mostBytes,
      withinMs: Math.max(1, this.#deadline - system.now()),
    });
  }
}

const isId = (text: string) => /^(?:[\da-f]{40}|[\da-f]{64})$/.test(text);

/**
 * Whether a text can name a commit: a branch, a tag, an id, or one of these with `~` or `^` and a number. It is no option, no range and no
 * search, whoever wrote it. Source: git-check-ref-format, gitrevisions.
 */
export function isName(text: string): boolean {
  const [name = ''] = /^[^~^]*/.exec(text) ?? [];
  return (
    text.length <= 1000 &&
    /^(?:[~^]\d{0,4})*$/.test(text.slice(name.length)) &&
    /^[^-\s]/.test(name) &&
    !/[\p{Cc}\p{Cf}\p{Cs}\s~^:?*[\]\\]|\.\.|@\{|\/\/|\/$|\.lock$/u.test(name)
  );
}

/** `<id> blob <size>`, a line, what it holds, and a line's end, one after the other. Source: git-cat-file, "Batch output". */
function objectsIn(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const objects = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at);
    const head = bytes.toString('latin1', at, end);
    const [, id, size] = /^([\da-f]+) blob (\d+)$/.exec(head) ?? [];
    if (id === undefined) {
      throw new FedbridgeError('CHECK_INCOMPLETE', `The clone does not have all files of the commit to compare with.`, {
        answer: head.slice(0, 200),
        hint: 'Have it cloned in full: no filter for blobs, and a depth that reaches that commit.',
      });
    }
    const start = end + 1;
    objects.set(id, bytes.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return objects;
}
