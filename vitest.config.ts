import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts'],
    globalSetup: ['test/harness/temporary-files.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
