/**
 * Changes the packages' code, one place at a time, and counts the changes that some test finds: `pnpm mutation`, or of some files
 * `pnpm mutation --mutate 'packages/core/src/**'`. Files are changed in their place, since packages find each other there, and are as they
 * were at the end; of a run that was broken off they are below `.stryker-tmp`.
 */
export default {
  mutate: [
    'packages/{core,issuers,identity,step,entra,aws,exchange,trust,broker,steps,agent,cli}/src/**/*.ts',
    '!**/*.{test,corpus,model,d}.ts',
    '!**/index.ts',
  ],
  inPlace: true,
  // All other files stay as they are.
  disableTypeChecks: false,
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  // Threads have no folder and no umask of their own.
  vitest: { configFile: 'test/mutation/vitest.config.ts', pool: 'forks' },
  concurrency: 2,
  // What runs when a module is loaded, and never again, is not tried.
  ignoreStatic: true,
  reporters: ['clear-text'],
  clearTextReporter: { logTests: false, reportTests: false },
};
