/**
 * Tests as well:
 * - packages/emulator/src/sts/create-role.ts
 * - packages/emulator/src/sts/provider-controls.ts
 */

import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { ids } from '../harness/setup.ts';
import { credentialRows } from './creation.ts';
import { roleRows } from './provider-controls.ts';
import { givenFor } from './world.ts';

/** What is thrown for a set-up, undefined where it is taken. */
async function denial(setup: Parameters<typeof startEmulator>[0]): Promise<string | undefined> {
  try {
    await using _ = await startEmulator(setup);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the emulator takes roles as IAM does', () => {
  it.each(roleRows)('$name [$source]', async ({ issuer: named, statements, predates = false, saying }) => {
    let expected: string | undefined;
    const told = await denial({
      setup: ({ github }) => {
        const url = named === 'GitHub' ? github : named;
        const keys = url.replace(/^https?:\/\//, '');
        const given = givenFor('deploy', url, 0);
        expected = saying && `MalformedPolicyDocument: ${saying(given.provider, keys)}`;
        const Statement = statements(keys).map((statement) => ({
          ...{ Effect: 'Allow', Principal: { Federated: given.provider }, Action: 'sts:AssumeRoleWithWebIdentity' },
          ...statement,
        }));
        const role = { name: 'deploy', trustPolicy: { Version: '2012-10-17', Statement } };
        return {
          accounts: [
            {
              id: ids.account,
              oidcProviders: [{ url, clientIds: ['sts.amazonaws.com'] }],
              roles: [{ ...role, predatesIdentityProviderControls: predates }],
            },
          ],
        };
      },
    });
    expect(told).toBe(expected);
  });
});

describe('the emulator takes federated credentials as Entra does', () => {
  it.each(credentialRows)('$name: $accepted [$source]', async ({ credentials, accepted, saying }) => {
    const told = await denial({
      setup: ({ github }) => ({
        tenants: [{ id: ids.tenant, applications: [{ clientId: ids.app, federatedCredentials: credentials(github) }] }],
      }),
    });
    expect(told === undefined).toBe(accepted);
    if (saying) expect(told).toBe(saying);
  });
});
