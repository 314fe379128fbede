import { defineCheck } from '@fedbridge/step';
import { trustLintInputs } from './trust-lint/inputs.ts';

/** The check of trust documents in the sources. */
export const trustLint = defineCheck({
  name: 'trust-lint',
  task: { name: 'FedbridgeTrustLint', id: '9c1f7a62-4e0d-4b38-a5d6-2f83b7e19c04' },
  title: 'Fedbridge trust lint',
  description:
    'Flag overly permissive IAM trust policies and federated credentials in the sources, and tell whom a pull request newly allows.',
  inputs: trustLintInputs,
  outputs: {
    sarifFile: { description: 'The path of the findings as SARIF, for code scanning, until the job ends.' },
    reportFile: { description: 'The path of a Markdown report, until the job ends, for a comment on a review.' },
    errors: { description: 'How many errors were found.' },
    warnings: { description: 'How many warnings were found.' },
    notes: { description: 'How many notes were found.' },
    notLookedAt: {
      description:
        'The files that may have documents and were not checked, a JSON list of paths: what cannot be read, and what a pull request takes out of sight.',
    },
    newAccess: {
      description:
        'Whether others than yours are newly allowed: true or false; unknown where something could not be compared; empty where nothing was.',
    },
  },
  run: async (context) => (await import('./trust-lint/verdict.ts')).trustLintVerdict(context),
});
