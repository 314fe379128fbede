import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Servers that nobody here wrote: `pnpm real`, beside `pnpm test`. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['test/real/**/*.real.ts'],
    globalSetup: ['test/harness/temporary-files.ts'],
    // They start clusters of their own.
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    expect: { poll: { timeout: 600_000 } },
  },
});
