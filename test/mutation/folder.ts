import { appendFileSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a run keeps its mutants and what became of them, told to its workers by the environment. */
const folder = process.env.MUTATION_FOLDER ?? '';
/** Each worker tries its own: mutants by their number, and a file of its own for each of these. */
const { MUTATION_SHARD: shard = '0', MUTATION_SHARDS: shards = '1' } = process.env;

export interface Mutant {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly kind: string;
  readonly original: string;
  readonly replacement: string;
}

/** What became of a mutant with a test: a test that went through it, or that it was killed by. */
export interface Verdict {
  readonly id: string;
  readonly verdict: 'covered' | 'killed' | 'static';
  readonly test: string;
  /** What the test took. */
  readonly ms: number;
}

interface Mutated {
  /** By the path of the source, relative to the repository. */
  readonly code: Readonly<Record<string, string>>;
  readonly mutants: readonly Mutant[];
}

export function writeMutated(into: string, mutated: Mutated): void {
  writeFileSync(join(into, 'mutated.json'), JSON.stringify(mutated));
}

export function readMutated(from = folder): Mutated {
  const path = join(from, 'mutated.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Mutated) : { code: {}, mutants: [] };
}

export function isOwn(id: string): boolean {
  return Number(id) % Number(shards) === Number(shard);
}

export function tell(verdict: Verdict): void {
  appendFileSync(join(folder, `verdicts-${shard}`), `${JSON.stringify(verdict)}\n`);
}

export function readVerdicts(from = folder, of = shard): Verdict[] {
  const path = join(from, `verdicts-${of}`);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Verdict);
}

/** Tells which mutant runs now, so that one that never ends is known. */
export function begin(id: string, test: string): void {
  const path = join(folder, `now-${shard}`);
  writeFileSync(`${path}.new`, JSON.stringify({ id, test }));
  renameSync(`${path}.new`, path);
}

export function readBegun(from: string, of: string): { readonly id: string; readonly test: string } | undefined {
  const path = join(from, `now-${of}`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { id: string; test: string }) : undefined;
}

/** Grows as long as mutants are tried. */
export function progress(from: string, of: string): string {
  return [`now-${of}`, `verdicts-${of}`]
    .map((name) => statSync(join(from, name), { throwIfNoEntry: false })?.mtimeMs)
    .join();
}
