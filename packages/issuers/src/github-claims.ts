import { isFullRef } from './git-ref-name.ts';

/** How a claim's values are written. */
export interface ClaimForm {
  fits(text: string): boolean;
  readonly example: string;
}

const id: ClaimForm = { fits: (text) => /^\d+$/.test(text), example: '65001' };

/** Of GitHub's claims those that are written in one way, of which some are nearly the same as what users call it: `main` is no `ref`. */
export const gitHubClaimForms: ReadonlyMap<string, ClaimForm> = new Map([
  ...['repository_id', 'repository_owner_id', 'actor_id', 'enterprise_id'].map((claim) => [claim, id] as const),
  [
    'repository',
    { fits: (text) => /^[^/\s:]+\/[^/\s:]+$/.test(text) && !text.toLowerCase().endsWith('.git'), example: 'octo/app' },
  ],
  ['ref', { fits: isFullRef, example: 'refs/heads/main' }],
  [
    'job_workflow_ref',
    {
      // What GitHub itself runs (`dynamic/…`) has no file.
      fits: (text) => /^[A-Za-z\d][^/\s:]*\/[^/\s:]+\/([^@]+\.ya?ml|dynamic\/[^@]+)@.+$/i.test(text),
      example: 'octo/flows/.github/workflows/deploy.yml@refs/heads/main',
    },
  ],
]);
