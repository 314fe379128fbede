import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/harness/longest-first.ts';
import { toldSources } from './test/harness/told-sources.ts';

const ofPackages = /\/packages\/[^/]+\/src\/(?!.*\.test\.)/;
/** What decides something as it is loaded, or has the variables, the output and the exit code of its process to itself. */
const apart = [
  'packages/core/src/start-program.test.ts',
  'packages/cli/src/options.test.ts',
  'test/answers/broker.test.ts',
  'test/answers/credential-process.test.ts',
  'test/fuzz/hosts.test.ts',
];
const isCoverage = process.env.COVERAGE !== undefined;
/** Whoever names files or tests wants all of them. */
const namesFiles = process.argv.slice(3).some((argument) => !argument.startsWith('-'));
const isSample = process.env.TEST_ALL === undefined && !isCoverage && !namesFiles;

/** They change nothing beyond themselves, so that what one has loaded serves the next. What is kept for long ends with its project. */
const together = (name: string, include: string[]) => ({
  extends: true as const,
  test: { name, include, exclude: [...configDefaults.exclude, ...apart], isolate: false },
});

export default defineConfig({
  plugins: process.argv.includes('--changed') ? [toldSources()] : [],
  test: {
    projects: [
      together('packages', ['packages/*/src/**/*.test.ts']),
      together('e2e', ['test/e2e/*.test.ts']),
      together('programs', ['test/!(e2e)/**/*.test.ts', 'scripts/**/*.test.ts']),
      { extends: true, test: { name: 'apart', include: apart } },
    ],
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/harness/temporary-files.ts'],
    // Most wait for programs that they started.
    maxWorkers: 2 * availableParallelism(),
    // Against what hangs alone, and the one limit of every test: a busy machine may take its time.
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    expect: { poll: { timeout: 600_000 } },
    setupFiles: [isCoverage ? 'test/harness/coverage.ts' : 'test/harness/sample.ts'],
    // Node loads the sources by itself, so that it can tell what ran.
    ...(isCoverage ? { server: { deps: { external: [ofPackages] } } } : {}),
    ...(isSample ? { env: { TEST_SAMPLE: '1' } } : {}),
  },
});
