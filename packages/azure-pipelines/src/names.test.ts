import { expect, it } from 'vitest';
import { azurePipelinesName } from './names.ts';

it.each([
  ['roleToAssume', undefined, 'roleToAssume'],
  ['accessToken', 'graph', 'graph_accessToken'],
  // A name that a user chose is written as they wrote it.
  ['awsAccountId', 'Audit_2', 'Audit_2_awsAccountId'],
])('%s of %s is %s', (name, of, written) => expect(azurePipelinesName(name, of)).toBe(written));
