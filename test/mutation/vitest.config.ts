import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';

const root = join(import.meta.dirname, '..', '..');
/** The emulator, which judges, stays as it is built. */
const mutable = /^@fedbridge\/(core|aws|entra|trust|broker|steps|github|azure-pipelines)(?:\/(.+))?$/;

/** Packages as sources rather than as built, and steps in this process rather than as bundles in their own. */
const sources: Plugin = {
  name: 'sources',
  enforce: 'pre',
  resolveId(source, importer = '') {
    if (source.endsWith('/run-node.ts') && importer.includes('/test/harness/'))
      return join(import.meta.dirname, 'run-here.ts');
    const [, name, path] = mutable.exec(source) ?? [];
    if (name === undefined) return undefined;
    const below = join(root, 'packages', name, 'src', path ?? 'index');
    return existsSync(`${below}.ts`) ? `${below}.ts` : join(below, 'index.ts');
  },
  transform(code, id) {
    // What is covered by which test can only be told of one at a time.
    if (id.endsWith('.test.ts')) return code.replaceAll(/\b(it|describe)\.concurrent\b/g, '$1');
    const isSystem = id.endsWith('/packages/core/src/system.ts');
    return isSystem ? code.replace('node:timers/promises', join(import.meta.dirname, 'short-sleep.ts')) : undefined;
  },
};

export default defineConfig({
  root,
  plugins: [sources],
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'test/fuzz/{answers,parsers}.test.ts',
      'test/e2e/{journeys,failures,refusals,aws-options,entra-options,identities,common-inputs,report,aws-profiles}.test.ts',
    ],
    setupFiles: ['test/mutation/few-cases.ts'],
    env: { FUZZ_CASES: '300' },
    testTimeout: 20_000,
    pool: 'forks',
    maxWorkers: 1,
    maxConcurrency: 1,
  },
});
