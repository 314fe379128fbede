/** The programs of test/real, each built once from the Go module proxy: they stay in a cache, and a changed `go.sum` builds them anew. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What is built, by the folder of its module here: the package that is the program. */
const programs = {
  kubernetes: '.',
} as const;

export type Program = keyof typeof programs;

/** `FEDBRIDGE_REAL_CACHE`, or a folder of this user's. */
const cache = process.env.FEDBRIDGE_REAL_CACHE ?? join(homedir(), '.cache', 'fedbridge-real');

/** Where a program is, or is to be. */
export function pathOf(program: Program): string {
  const folder = join(import.meta.dirname, program);
  const hash = createHash('sha256');
  for (const source of ['go.mod', 'go.sum', 'main.go'].map((name) => join(folder, name)).filter(existsSync))
    hash.update(readFileSync(source));
  return join(cache, `${program}-${hash.digest('hex').slice(0, 16)}`);
}

/** Builds those that are not there yet. @returns why one cannot be had: nothing where all are there */
export async function build(...wanted: readonly Program[]): Promise<string | undefined> {
  mkdirSync(cache, { recursive: true });
  for (const program of wanted) {
    if (existsSync(pathOf(program))) continue;
    console.log(`Building ${program}: minutes, the first time.`);
    const unfinished = `${pathOf(program)}.${process.pid}`;
    try {
      const args = ['build', '-buildvcs=false', '-ldflags', '-s -w', '-o', unfinished, programs[program]];
      await promisify(execFile)('go', args, { cwd: join(import.meta.dirname, program), maxBuffer: 100_000_000 });
      renameSync(unfinished, pathOf(program));
    } catch (error) {
      const reason = `${program}: ${whyNot(error as { readonly code?: unknown; readonly stderr?: string })}`;
      console.log(`Skipped for want of ${reason}`);
      return reason;
    }
  }
  return undefined;
}

function whyNot(error: { readonly code?: unknown; readonly stderr?: string }): string {
  if (error.code === 'ENOENT') return 'there is no "go" on the path';
  return error.stderr?.trim().split('\n').at(-1) || String(error);
}
