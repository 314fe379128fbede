import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Variables } from './process.ts';

/** Where `.ci/run` unpacks packages of Debian beside the system. */
const unpacked = process.env.INTEROP_DEBIAN ?? '/';

/** Where a file of a package is: unpacked, or installed. @param path - as the package has it */
export function debianFile(path: string): string {
  const beside = join(unpacked, path);
  return existsSync(beside) ? beside : path;
}

/** What a program of a package has in its environment: the libraries that are unpacked with it. */
export function debianEnvironment(): Variables {
  const libraries = join(unpacked, 'usr', 'lib');
  const folders = existsSync(libraries) ? readdirSync(libraries).filter((name) => name.endsWith('-linux-gnu')) : [];
  const path = { PATH: process.env.PATH ?? '' };
  if (unpacked === '/' || folders.length === 0) return path;
  return { ...path, LD_LIBRARY_PATH: folders.map((folder) => join(libraries, folder)).join(':') };
}

/** Whether a program of a package is there and runs. */
export function hasDebian(path: string): boolean {
  return spawnSync(debianFile(path), ['-v'], { env: debianEnvironment() }).status === 0;
}
