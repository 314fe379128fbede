import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';

/** For `pnpm coverage`: unit tests of the compiled modules, which Node loads by itself, so that it can tell what ran. */
const compiled: Plugin = {
  name: 'compiled',
  enforce: 'pre',
  resolveId(source, importer = '') {
    if (!/\/(packages\/[^/]+\/src|test\/fuzz)\/.*\.test\.ts$/.test(importer) || !source.startsWith('.'))
      return undefined;
    const path = join(dirname(importer), source)
      .replace(/(\/packages\/[^/]+)\/src\//, '$1/lib/')
      .replace(/\.ts$/, '.js');
    return path.includes('/lib/') && existsSync(path) ? { id: path, external: true } : undefined;
  },
};
const isCoverage = process.env.COVERAGE !== undefined;

export default defineConfig({
  plugins: isCoverage ? [compiled] : [],
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts'],
    globalSetup: ['test/harness/temporary-files.ts'],
    // Most wait for programs that they started.
    maxWorkers: 2 * availableParallelism(),
    // Against what hangs alone, and the one limit of every test: a busy machine may take its time.
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    expect: { poll: { timeout: 600_000 } },
    ...(isCoverage
      ? { server: { deps: { external: [/\/packages\/[^/]+\/lib\//] } }, setupFiles: ['test/harness/coverage.ts'] }
      : {}),
  },
});
