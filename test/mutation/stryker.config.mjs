import { join } from 'node:path';
import { folders } from './packages.ts';
import { firstPlaces } from './places.ts';

const { SAMPLE } = process.env;

const sources = [
  ...folders.map((name) => `packages/${name}/**/*.ts`),
  '!**/*.{test,corpus,model,d}.ts',
  '!**/index.ts',
  '!**/node_modules/**',
  // Data, whose text a test reads.
  '!packages/exchange/src/profiles/*.ts',
];

/**
 * Changes the packages' code, one place at a time, and counts the changes that some test finds: `pnpm mutation`, or of some packages
 * `PACKAGES=core,trust/src/read pnpm mutation`. Files are changed in their place, since packages find each other there, and are as they
 * were at the end; of a run that was broken off they are below `.stryker-tmp`. Of all places `SAMPLE=150 SEED=1` tries that many, chosen
 * at random.
 */
export default {
  // Some of them run when a module is loaded, and are not tried: there are others in their stead.
  mutate: SAMPLE ? await firstPlaces(sources, 3 * Number(SAMPLE)) : sources,
  inPlace: true,
  // All other files stay as they are.
  disableTypeChecks: false,
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner', join(import.meta.dirname, 'sample.ts')],
  checkers: SAMPLE ? ['sample'] : [],
  // Threads have no folder and no umask of their own.
  vitest: { configFile: 'test/mutation/vitest.config.ts', pool: 'forks', related: false },
  concurrency: 2,
  // On a machine that is busy.
  dryRunTimeoutMinutes: 60,
  timeoutMS: 60_000,
  timeoutFactor: 3,
  // What runs when a module is loaded, and never again, is not tried.
  ignoreStatic: true,
  reporters: ['clear-text', 'progress-append-only', 'scores'],
  clearTextReporter: { logTests: false, reportTests: false, reportScoreTable: false },
};
