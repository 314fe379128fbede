import { join, matchesGlob, relative } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { readMutated } from './folder.ts';

const root = join(import.meta.dirname, '..', '..');
const { code: mutated } = readMutated();
/** Sources with their mutants, and steps in this process rather than as bundles in their own. */
const sources: Plugin = {
  name: 'sources',
  enforce: 'pre',
  resolveId(source, importer = '') {
    if (source.endsWith('/run-node.ts') && importer.includes('/test/harness/'))
      return join(import.meta.dirname, 'run-here.ts');
    return undefined;
  },
  transform(code, id) {
    // What is covered by which test can only be told of one at a time, and one version of Node runs them.
    if (id.endsWith('.test.ts'))
      return code
        .replaceAll(/\b(it|describe)\.concurrent\b/g, '$1')
        .replace('jobRuntimes()', 'jobRuntimes().slice(0, 1)');
    const withMutants = mutated[relative(root, id)] ?? code;
    const isSystem = id.endsWith('/packages/core/src/system.ts');
    return isSystem
      ? withMutants.replace('node:timers/promises', join(import.meta.dirname, 'short-sleep.ts'))
      : withMutants;
  },
};

/** The quickest first: most mutants are killed before the slow ones begin. */
const files = [
  'packages/*/src/**/*.test.ts',
  'test/answers/*.test.ts',
  'test/fuzz/{answers,parsers}.test.ts',
  ...[
    'broker-end',
    'denials',
    'journeys',
    'common-inputs',
    'report',
    'aws-options',
    'aws-profiles',
    'entra-options',
    'identities',
    'failures',
  ].map((name) => `test/e2e/${name}.test.ts`),
];

class QuickestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) =>
      files.findIndex((file) => matchesGlob(relative(root, moduleId), file));
    return [...specifications].sort((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  root,
  plugins: [sources],
  test: {
    include: files,
    runner: join(import.meta.dirname, 'runner.ts'),
    sequence: { sequencer: QuickestFirst },
    globalSetup: ['test/harness/temporary-files.ts'],
    setupFiles: ['test/mutation/few-cases.ts'],
    env: { FUZZ_CASES: '300' },
    testTimeout: 0,
    pool: 'forks',
    isolate: false,
    // What is kept of the last run has that run's mutants.
    fsModuleCache: false,
    maxWorkers: 1,
    maxConcurrency: 1,
  },
});
