/**
 * The tests that are asked about the mutants of a package, the quickest first: what is beside its sources, and those elsewhere that are
 * about it. Nearly all tests go through `core`; one that is about something else, and finds a mutant by the way, costs more than it tells.
 */
export function testsOf(packages: readonly string[]): string[] {
  const own = packages.map((name) => `packages/${name}/src/**/*.test.ts`);
  return [...new Set([...own, ...packages.flatMap((name) => elsewhere[name] ?? [])])];
}

const e2e = (...names: readonly string[]) => names.map((name) => `test/e2e/${name}.test.ts`);
const answers = (...names: readonly string[]) => names.map((name) => `test/answers/${name}.test.ts`);

const elsewhere: Readonly<Record<string, readonly string[]>> = {
  core: [...answers('entra', 'sts', 'token-exchange', 'token-kept-fresh'), 'test/fuzz/{answers,hosts,parsers}.test.ts'],
  issuers: [
    'packages/trust/src/{subject-job,trust,web-identity}.test.ts',
    'packages/trust/src/job-kinds/*.test.ts',
    ...answers('id-tokens'),
    'test/fuzz/parsers.test.ts',
    'packages/trust/src/{written,lint}.test.ts',
    'packages/trust/src/who/{shapes,mine-ids}.test.ts',
  ],
  identity: [
    ...answers('chosen-identity', 'id-tokens', 'own-credentials', 'token-kept-fresh'),
    'test/fuzz/{answers,parsers}.test.ts',
  ],
  step: [
    'packages/steps/src/*/inputs.test.ts',
    'test/fuzz/hosts.test.ts',
    ...e2e('report', 'common-inputs', 'journeys'),
  ],
  entra: [
    'packages/steps/src/entra/*.test.ts',
    ...answers('entra', 'broker'),
    'test/fuzz/{answers,parsers}.test.ts',
    ...e2e('refusals'),
  ],
  aws: [
    'packages/steps/src/aws/*.test.ts',
    ...answers('sts', 'own-credentials', 'credential-process', 'broker'),
    'test/fuzz/{answers,parsers}.test.ts',
    ...e2e('refusals'),
  ],
  exchange: [...answers('token-exchange', 'token-kept-fresh', 'broker'), ...e2e('token-exchange')],
  trust: e2e('trust-audit', 'trust-who', 'trust-fix', 'trust-write', 'trust-read', 'trust'),
  broker: [...answers('broker'), ...e2e('broker-end')],
  steps: e2e(
    ...[
      'report',
      'common-inputs',
      'journeys',
      'token-exchange',
      'token-exchange-google',
      'trust-lint',
      'trust-lint-inputs',
    ],
    ...['aws-options', 'aws-profiles', 'entra-options'],
  ),
  agent: [...answers('agent'), ...e2e('azure-devops')],
  cli: e2e(
    ...[
      'trust-write',
      'aws-credentials-command',
      'doctor',
      'trust-fix',
      'trust-who',
      'trust-audit',
      'trust',
      'trust-read',
    ],
    ...['audit-live', 'azure-devops'],
  ),
};

/** What takes minutes where code has all its mutants, and not those of a sample: tables of thousands, and texts of 100 kB. */
export const slow = [
  'agreement',
  'cases',
  'lint-never',
  'lint-who',
  'lint-width',
  'sarif',
  'size',
  'fix/*',
  'who/*',
].map((name) => `packages/trust/src/${name}.test.ts`);
