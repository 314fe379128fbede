import { expect, it } from 'vitest';
import { warnOfUnverifiedTls } from './unverified-tls.ts';

it('says which variable it is, who follows it, what may come of it, and that the step does not', () => {
  const said: string[] = [];
  warnOfUnverifiedTls({ warning: (text) => said.push(text) }, 'NODE_TLS_REJECT_UNAUTHORIZED=0', 'programs of Node');
  expect(said).toEqual([
    'NODE_TLS_REJECT_UNAUTHORIZED=0 is set in this job: programs of Node in later steps accept any certificate, so that a secret may be ' +
      'sent to a stranger. This step does not follow it.',
  ]);
});
