import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Places that a step writes to, by the variable that names them. */
export const places = {
  GITHUB_OUTPUT: 'file',
  GITHUB_ENV: 'file',
  GITHUB_STATE: 'file',
  GITHUB_STEP_SUMMARY: 'file',
  RUNNER_TEMP: 'folder',
  AGENT_TEMPDIRECTORY: 'folder',
  HOME: 'folder',
} as const;
export type Place = keyof typeof places;

/** What is wrong with a place, and the errno that says so. */
export interface FileFault {
  readonly title: string;
  readonly of: 'file' | 'folder' | 'both';
  readonly errno: string;
  /** What it takes: another user's files cannot be made without root, a file system cannot be mounted. */
  readonly needs?: 'root' | 'mount';
  /** Whether it is found only by writing. */
  readonly late?: true;
  /** Whether what is in the place already can be removed all the same. */
  readonly lets?: 'remove';
  /** Before the step begins to use it. */
  readonly prepare?: (path: string, user: number | undefined) => void;
  readonly spoil: (path: string) => void;
}

/** The home is then the one that the system has for the user: as nobody, there is none. */
export const notSet: FileFault = { title: 'is not set', of: 'folder', errno: 'EACCES', needs: 'root', spoil() {} };

/** What takes the last room of a disk. */
export const filler = 'filler';

export const fileFaults: readonly FileFault[] = [
  notSet,
  { title: 'is not there', of: 'both', errno: 'ENOENT', lets: 'remove', spoil: remove },
  {
    title: 'is not writable',
    of: 'both',
    errno: 'EACCES',
    needs: 'root',
    lets: 'remove',
    spoil: (path) => {
      for (const one of [path, join(path, '.aws')]) if (existsSync(one)) chmodSync(one, 0o555);
    },
  },
  {
    title: "is another user's",
    of: 'both',
    errno: 'EACCES',
    needs: 'root',
    spoil: (path) => {
      chownSync(path, 0, 0);
      chmodSync(path, 0o700);
    },
  },
  {
    title: 'a folder is in its place',
    of: 'file',
    errno: 'EISDIR',
    spoil: (path) => {
      remove(path);
      mkdirSync(path);
    },
  },
  {
    title: 'a named pipe is in its place',
    of: 'file',
    errno: 'ENXIO',
    spoil: (path) => {
      remove(path);
      execFileSync('mkfifo', ['-m', '666', path]);
    },
  },
  {
    title: 'a file is in its place',
    of: 'folder',
    errno: 'ENOTDIR',
    lets: 'remove',
    spoil: (path) => {
      remove(path);
      writeFileSync(path, '');
    },
  },
  {
    title: 'the disk is full',
    of: 'file',
    errno: 'ENOSPC',
    late: true,
    spoil: (path) => {
      remove(path);
      symlinkSync('/dev/full', path);
    },
  },
  {
    title: 'the disk is full',
    of: 'folder',
    errno: 'ENOSPC',
    needs: 'mount',
    late: true,
    lets: 'remove',
    prepare: mount,
    spoil: (path) => {
      try {
        writeFileSync(join(path, filler), Buffer.alloc(1_000_000));
      } catch {
        // As much as there is room for.
      }
    },
  },
  {
    title: 'is on a file system that is mounted read-only',
    of: 'folder',
    errno: 'EROFS',
    needs: 'mount',
    prepare: mount,
    spoil: (path) => execFileSync('mount', ['-o', 'remount,ro', path], { stdio: ['ignore', 'ignore', 'pipe'] }),
  },
];

/** A home that is not there is made, where that is possible. */
export function isPossible(place: Place, fault: FileFault): boolean {
  if (fault === notSet) return place === 'HOME';
  if (place === 'HOME' && fault.errno === 'ENOENT') return false;
  return fault.of === 'both' || fault.of === places[place];
}

/** Somebody may be writing there. */
function remove(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 10 });
}

/** In the mount namespace of this process alone. */
function mount(path: string, user: number | undefined): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k,mode=755', 'tmpfs', path]);
  if (user !== undefined) chownSync(path, user, user);
}
