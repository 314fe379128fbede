/**
 * Changes the packages' code, one place at a time, and counts the changes that some test finds: `node test/mutation/main.ts [package…]`.
 * The mutants are Stryker's; they are tried in two processes that stay, each a half of them. With MUTATION_FOLDER a run that was
 * broken off goes on.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { root } from '../harness/process.ts';
import { type Mutant, progress, readBegun, readMutated, readVerdicts, writeMutated } from './folder.ts';

const packages =
  process.argv.length > 2
    ? process.argv.slice(2)
    : ['core', 'issuers', 'identity', 'step', 'entra', 'aws', 'trust', 'broker'];
const shards = 2;
/** What no test can finish: the time after which a mutant is taken for one that never ends, in ms. */
const stuckAfter = 60_000;

const { MUTATION_FOLDER: begun } = process.env;
const folder = begun ?? mkdtempSync(join(tmpdir(), 'mutation-'));
const mutants = begun ? readMutated(begun).mutants : await mutate();
console.log(`${mutants.length} mutants, in ${folder}`);
await Promise.all(Array.from({ length: shards }, (_, shard) => tryAll(String(shard))));
report();

async function mutate(): Promise<readonly Mutant[]> {
  const paths = packages.flatMap((name) =>
    globSync(`packages/${name}/src/**/*.ts`, { cwd: root }).filter(
      (path) => !/\.(test|corpus|d)\.ts$|\/index\.ts$/.test(path),
    ),
  );
  const files = paths.map((name) => ({ name, content: readFileSync(join(root, name), 'utf8'), mutate: true }));
  const quiet = () => {};
  const never = () => false;
  const logger = {
    ...{ trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet, fatal: quiet },
    isTraceEnabled: never,
    isDebugEnabled: never,
    isInfoEnabled: never,
    isWarnEnabled: never,
    isErrorEnabled: never,
    isFatalEnabled: never,
  };
  const options = { plugins: null, excludedMutations: [], ignorers: [] };
  const result = await new Instrumenter(logger).instrument(files, options);
  const sources = new Map(files.map(({ name, content }) => [name, content.split('\n')]));
  const all = result.mutants.map(({ id, fileName, location, mutatorName, replacement }) => {
    const lines = sources.get(fileName)?.slice(location.start.line, location.end.line + 1) ?? [];
    return {
      id,
      file: fileName,
      line: location.start.line + 1,
      kind: mutatorName,
      original: lines.join('\n'),
      replacement,
    };
  });
  writeMutated(folder, {
    code: Object.fromEntries(result.files.map(({ name, content }) => [name, content])),
    mutants: all,
  });
  return all;
}

/** Runs the tests until all of a shard's mutants have been tried: again after one that never ended. */
async function tryAll(shard: string): Promise<void> {
  for (;;) {
    const environment = {
      ...process.env,
      NO_COLOR: '1',
      MUTATION_FOLDER: folder,
      MUTATION_SHARD: shard,
      MUTATION_SHARDS: String(shards),
    };
    const args = ['run', '--config', join(import.meta.dirname, 'vitest.config.ts'), '--reporter=default'];
    const child = spawn('vitest', args, {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => appendFileSync(join(folder, `log-${shard}`), text));
    let seen = '';
    let since = Date.now();
    const watch = setInterval(() => {
      const now = progress(folder, shard);
      if (now !== seen) [seen, since] = [now, Date.now()];
      else if (Date.now() - since > stuckAfter && child.pid) process.kill(-child.pid, 'SIGKILL');
    }, 5_000);
    const signal = await new Promise((resolve) => child.on('close', (_code, killedBy) => resolve(killedBy)));
    clearInterval(watch);
    const stuck = readBegun(folder, shard);
    if (signal !== 'SIGKILL' || !stuck) return;
    appendFileSync(
      join(folder, `verdicts-${shard}`),
      `${JSON.stringify({ ...stuck, verdict: 'killed', ms: stuckAfter })}\n`,
    );
  }
}

function report(): void {
  const verdicts = Array.from({ length: shards }, (_, shard) => readVerdicts(folder, String(shard))).flat();
  const of = (kind: string) => new Set(verdicts.filter(({ verdict }) => verdict === kind).map(({ id }) => id));
  const [killed, covered, atLoad] = [of('killed'), of('covered'), of('static')];
  /** What runs when a module is loaded, and never again, is not tried. */
  const isTried = ({ id }: Mutant) => killed.has(id) || covered.has(id) || !atLoad.has(id);
  const alive = mutants.filter((mutant) => isTried(mutant) && !killed.has(mutant.id));
  for (const { id, file, line, kind, original, replacement } of alive) {
    const what = covered.has(id) ? 'survived' : 'no test goes there';
    console.log(`${file}:${line} ${kind}, ${what}\n  - ${original.trim()}\n  + ${replacement}`);
  }
  for (const name of packages) {
    const own = mutants.filter(({ file }) => file.startsWith(`packages/${name}/`));
    const tried = own.filter(isTried);
    const found = tried.filter(({ id }) => killed.has(id)).length;
    const share = ((100 * found) / tried.length).toFixed(1);
    console.log(
      `${name}: ${found} of ${tried.length} found, ${share}% (${own.length - tried.length} at load, not tried)`,
    );
  }
}
