/**
 * Branches of packages/ that the tests go through, in whatever process: the bundles are replaced by entries that load the
 * sources and write their coverage, since nothing can be told of a minified bundle. Prints the table, and puts the bundles back:
 * nothing is to be committed meanwhile.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const work = mkdtempSync(join(tmpdir(), 'coverage-'));
const raw = join(work, 'raw');
mkdirSync(raw);
const wrappers = ['actions', 'tasks']
  .flatMap((kind) => readdirSync(join(root, kind), { withFileTypes: true }).map((one) => ({ kind, one })))
  .filter(({ one }) => one.isDirectory())
  .map(({ kind, one }) => join(kind, one.name));
const folders = [...wrappers, join('packages', 'cli')];

for (const folder of folders) {
  renameSync(join(root, folder, 'dist'), join(work, folder.replaceAll('/', '+')));
  for (const file of readdirSync(join(root, folder, 'src')).filter((name) =>
    /^(main|post|broker|pre-commit)\.ts$/.test(name),
  )) {
    const entry = join(root, folder, 'dist', basename(file, '.ts'));
    mkdirSync(entry, { recursive: true });
    writeFileSync(join(entry, 'package.json'), '{"type":"module"}');
    writeFileSync(join(entry, 'index.js'), watched(join(root, folder, 'src', file)));
  }
}
try {
  const environment = { ...process.env, NODE_V8_COVERAGE: raw, COVERAGE: '1' };
  // What looks at the bundles themselves has nothing to look at.
  const without = ['**/bundles.test.ts', 'test/release/**', 'test/interop/act.test.ts', 'test/soak/**'];
  const excluded = without.flatMap((pattern) => ['--exclude', pattern]);
  spawnSync('vitest', ['run', ...excluded, ...process.argv.slice(2)], {
    cwd: root,
    env: environment,
    stdio: 'inherit',
  });
} finally {
  for (const folder of folders) {
    rmSync(join(root, folder, 'dist'), { recursive: true });
    renameSync(join(work, folder.replaceAll('/', '+')), join(root, folder, 'dist'));
  }
}
const include = ['--include', 'packages/*/src/**/*.ts', '--exclude', '**/*.test.ts', '--exclude', '**/manifest.ts'];
const reports = ['--reporter', 'text', '--reporter', 'json-summary', '--reports-dir', join(work, 'report')];
spawnSync('c8', ['report', '--all', '--temp-directory', raw, ...include, ...reports], {
  cwd: root,
  stdio: 'inherit',
});
console.log(`Raw coverage and report: ${work}`);

/** An entry that loads a module and tells, when its process ends, what of it ran. */
function watched(module: string): string {
  return `
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { registerHooks } from 'node:module';
import { libraryParts } from 'file://${root}/scripts/library-parts.ts';

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
process.on('exit', () => {
  session.post('Profiler.takePreciseCoverage', (error, answer) => {
    if (error) return;
    const result = answer.result.filter(({ url }) => /\\/packages\\/[^/]+\\/src\\//.test(url));
    writeFileSync(\`${raw}/coverage-\${process.pid}-\${randomUUID()}.json\`, JSON.stringify({ result }));
  });
});
// The version and the libraries as bundles have them.
const { default: { version } } = await import('file://${join(dirname(module), '..', 'package.json')}', { with: { type: 'json' } });
globalThis.FEDBRIDGE_VERSION = version;
registerHooks({
  resolve(id, context, next) {
    const part = libraryParts.resolveId(id, context.parentURL);
    const format = part && libraryParts.load(part).includes('export ') ? 'module' : 'commonjs';
    return part ? { url: 'part:' + part.slice(1), format, shortCircuit: true } : next(id, context);
  },
  load(url, context, next) {
    const source = url.startsWith('part:') && libraryParts.load('\\0' + url.slice('part:'.length));
    return source ? { source, format: context.format, shortCircuit: true } : next(url, context);
  },
});
await import('file://${module}');
`;
}
