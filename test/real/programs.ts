/** The programs of test/real, each built once from the Go module proxy: they stay in a cache, and a changed `go.sum` builds them anew. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Variables } from '../harness/process.ts';

interface Source {
  /** The package that is the program. */
  readonly main: string;
  /** A variable that the version of a module is linked into, as the program's releases have it. */
  readonly version?: { readonly variable: string; readonly module: string };
  /** Whether it is built without what of it is in C, for which this machine may have no libraries. */
  readonly withoutC?: true;
}

/** What is built, by the folder of its module here. */
const programs = {
  // Helm asks the API server for its version.
  kubernetes: {
    main: '.',
    version: { variable: 'k8s.io/component-base/version.gitVersion', module: 'k8s.io/kubernetes' },
  },
  keda: { main: 'github.com/kedacore/keda/v2/cmd/operator' },
  helm: { main: 'helm.sh/helm/v3/cmd/helm' },
  fulcio: { main: 'github.com/sigstore/fulcio' },
  // Smart cards are in C.
  'step-ca': { main: 'github.com/smallstep/certificates/cmd/step-ca', withoutC: true },
} satisfies Record<string, Source>;

export type Program = keyof typeof programs;

/** Where they stay: `FEDBRIDGE_REAL_CACHE`, or a folder of this user's. */
export const cache = process.env.FEDBRIDGE_REAL_CACHE ?? join(homedir(), '.cache', 'fedbridge-real');

/** Where a program is, or is to be. */
export function pathOf(program: Program): string {
  const hash = createHash('sha256').update(JSON.stringify(programs[program]));
  for (const source of ['go.mod', 'go.sum', 'main.go'].map((name) => join(folderOf(program), name)))
    if (existsSync(source)) hash.update(readFileSync(source));
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
      const { main, version, withoutC }: Source = programs[program];
      const flags = version ? `-X ${version.variable}=${await versionOf(program, version.module)}` : '';
      const args = ['build', '-buildvcs=false', '-ldflags', `-s -w ${flags}`, '-o', unfinished, main];
      await go(program, args, withoutC ? { CGO_ENABLED: '0' } : {});
      renameSync(unfinished, pathOf(program));
    } catch (error) {
      const reason = `${program}: ${whyNot(error)}`;
      console.log(`Skipped for want of ${reason}`);
      return reason;
    }
  }
  return undefined;
}

/** Where the sources of a module are that a program is built of. @param module - as its `go.mod` has it, without a version */
export async function sourcesOf(program: Program, module: string): Promise<string> {
  return JSON.parse(await go(program, ['mod', 'download', '-json', module])).Dir;
}

async function versionOf(program: Program, module: string): Promise<string> {
  return (await go(program, ['list', '-m', '-f', '{{.Version}}', module])).trim();
}

const folderOf = (program: Program) => join(import.meta.dirname, program);

async function go(program: Program, args: readonly string[], environment: Variables = {}): Promise<string> {
  const options = { cwd: folderOf(program), maxBuffer: 100_000_000, env: { ...process.env, ...environment } };
  return (await promisify(execFile)('go', args, options)).stdout;
}

/** Why a program that was to build something did not. */
export function whyNot(error: unknown): string {
  const { code, path, stdout, stderr } = error as Readonly<
    Record<'code' | 'path' | 'stdout' | 'stderr', string | undefined>
  >;
  if (code === 'ENOENT') return `there is no "${path}" on the path`;
  const [, saidByMaven] = /\[ERROR\] (.+)/.exec(stdout ?? '') ?? [];
  return saidByMaven ?? (stderr?.trim().split('\n').at(-1) || String(error));
}
