import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { KeptFork } from './kept-fork.ts';

const root = join(import.meta.dirname, '..', '..');

/** Steps in this process, where the mutants are, rather than as bundles in their own. */
const inThisProcess: Plugin = {
  name: 'in-this-process',
  enforce: 'pre',
  resolveId(source, importer = '') {
    if (source.endsWith('/run-node.ts') && importer.includes('/test/harness/'))
      return join(import.meta.dirname, 'run-here.ts');
    return undefined;
  },
  configureVitest({ project }) {
    project.config.pool = 'kept-fork';
    project.config.poolRunner = { name: 'kept-fork', createPoolWorker: (options) => new KeptFork(options) };
  },
  transform(code, id) {
    // What is covered by which test can only be told of one at a time, and one version of Node runs them.
    if (!id.endsWith('.test.ts')) return undefined;
    return code
      .replaceAll(/\b(it|describe)\.concurrent\b/g, '$1')
      .replace('jobRuntimes()', 'jobRuntimes().slice(0, 1)');
  },
};

export default defineConfig({
  root,
  plugins: [inThisProcess],
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'test/answers/*.test.ts',
      'test/fuzz/{answers,parsers}.test.ts',
      ...[
        'broker-end',
        'refusals',
        'journeys',
        'common-inputs',
        'report',
        'aws-options',
        'aws-profiles',
        'entra-options',
        'identities',
        'failures',
      ].map((name) => `test/e2e/${name}.test.ts`),
    ],
    globalSetup: ['test/harness/temporary-files.ts'],
    setupFiles: ['test/mutation/few-cases.ts'],
    env: { FUZZ_CASES: '300' },
    testTimeout: 60_000,
    isolate: true,
    // What is kept of the last run has that run's mutants.
    fsModuleCache: false,
  },
});
