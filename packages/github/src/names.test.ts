import { expect, it } from 'vitest';
import { gitHubName } from './names.ts';

it.each([
  ['roleToAssume', undefined, 'role-to-assume'],
  ['audience', undefined, 'audience'],
  ['accessToken', 'graph', 'graph-access-token'],
  // A name that a user chose is written as they wrote it.
  ['awsAccountId', 'Audit_2', 'Audit_2-aws-account-id'],
])('%s of %s is %s', (name, of, written) => expect(gitHubName(name, of)).toBe(written));
