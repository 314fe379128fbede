import { join, matchesGlob, relative } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { KeptFork } from './kept-fork.ts';
import { packages } from './packages.ts';
import { slow, testsOf } from './tests.ts';

const root = join(import.meta.dirname, '..', '..');
const files = testsOf(packages);

/** Steps and commands in this process, where the mutants are, rather than as bundles in their own. */
const inThisProcess: Plugin = {
  name: 'in-this-process',
  enforce: 'pre',
  resolveId(source, importer = '') {
    if (importer.startsWith(import.meta.dirname)) return undefined;
    if (source.endsWith('/run-node.ts')) return join(import.meta.dirname, 'run-here.ts');
    if (source.endsWith('/harness/cli.ts')) return join(import.meta.dirname, 'cli-here.ts');
    return undefined;
  },
  configureVitest({ project }) {
    project.config.pool = 'kept-fork';
    project.config.poolRunner = { name: 'kept-fork', createPoolWorker: (options) => new KeptFork(options) };
  },
  transform(code, id) {
    // A step's waits, before it tries again, are short: what they are is tested with clocks that tests hand in.
    if (id.endsWith('/packages/core/src/system.ts'))
      return code.replaceAll('setTimeout(resolve, ms)', 'setTimeout(resolve, ms < 10_000 ? ms / 20 : ms)');
    // What is imported when it is used would count as what the first test does that uses it, and not as what runs when it is loaded.
    if (/\/packages\/[^/]+\/src\//.test(id) && !id.endsWith('.test.ts'))
      return code + [...code.matchAll(ownImport)].map(([, source]) => `\nimport '${source}';`).join('');
    // What is covered by which test can only be told of one at a time, and one version of Node runs them.
    if (!id.endsWith('.test.ts')) return undefined;
    const shown = longTexts.test(id) ? code.replaceAll(/(?<=repeat\(\d[\d_]*)_000\b/g, '') : code;
    return (
      shown
        .replaceAll(/\b(it|describe)\.concurrent\b/g, '$1')
        .replace('jobRuntimes()', 'jobRuntimes().slice(0, 1)')
        .replaceAll(apart, "it.skip('")
        // As few-cases.ts has it where a test does not say how many.
        .replaceAll(/\bnumRuns: (sampledCount\()?(?:\d{2,}|[2-9])_?\d{3}\b/g, 'numRuns: $1 1_000')
    );
  },
};

/** What a bundle alone has, its version, or a process of its own: what the agent's library reads when it is loaded, and an empty PATH. */
const apart = /\bit\('(?=names itself with its version|debug lines have claims|tells what is wrong')/g;

/** Tests of what takes no time, with texts of 100 kB: code that has all its mutants takes minutes. */
const longTexts = /\/(pattern|names|issuers|exact-numbers)\.test\.ts$/;

/** An `import()` of a module of ours. */
const ownImport = /\bimport\('(\.[^']+|@fedbridge[^']+)'\)/g;

/** As they are listed: most mutants are found before the slow ones begin. */
class InOrder extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) =>
      files.findIndex((file) => matchesGlob(relative(root, moduleId), file));
    return [...specifications].sort((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  root,
  plugins: [inThisProcess],
  test: {
    include: files,
    // A sample's changes are few, and take no time.
    exclude: process.env.SAMPLE ? [] : slow,
    sequence: { sequencer: InOrder },
    globalSetup: ['test/harness/temporary-files.ts'],
    setupFiles: ['test/mutation/few-cases.ts'],
    env: { FUZZ_CASES: '300' },
    // A change that goes on for ever is ended by Stryker.
    testTimeout: 600_000,
    isolate: true,
    // What is kept of the last run has that run's mutants.
    fsModuleCache: false,
  },
});
