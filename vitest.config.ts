import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const ofPackages = /\/packages\/[^/]+\/src\/(?!.*\.test\.)/;
const isCoverage = process.env.COVERAGE !== undefined;

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts'],
    globalSetup: ['test/harness/temporary-files.ts'],
    // Most wait for programs that they started.
    maxWorkers: 2 * availableParallelism(),
    // Against what hangs alone, and the one limit of every test: a busy machine may take its time.
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    expect: { poll: { timeout: 600_000 } },
    // Node loads the sources by itself, so that it can tell what ran.
    ...(isCoverage ? { server: { deps: { external: [ofPackages] } }, setupFiles: ['test/harness/coverage.ts'] } : {}),
  },
});
