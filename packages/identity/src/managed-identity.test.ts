import type { Environment } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { findManagedIdentity, managedIdentityOf, parseManagedIdentityId } from './managed-identity.ts';

describe("a machine's identities", () => {
  const guid = '8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02';
  const resource = `/subscriptions/${guid}/resourceGroups/ci/providers/Microsoft.ManagedIdentity/userAssignedIdentities/agents`;

  it.each([
    ['system', { by: 'system' }],
    [guid, { by: 'client id', id: guid }],
    [`object:${guid}`, { by: 'object id', id: guid }],
    [resource, { by: 'resource id', id: resource }],
    [resource.toUpperCase(), { by: 'resource id', id: resource.toUpperCase() }],
  ])('%s is %o', (text, id) => expect(parseManagedIdentityId(text)).toEqual(id));

  it.each([
    ...[
      '',
      'System',
      'object:',
      'object:x',
      `x object:${guid}`,
      `x${guid}`,
      `x${resource}`,
      `${resource}/x`,
      `${resource} `,
    ],
    resource.replace(guid, 'x'),
    resource.replace('/ci/', '/c i/'),
  ])('%j is none', (text) =>
    expect(() => parseManagedIdentityId(text)).toThrow('expected system, a client id (a GUID)'),
  );

  it.each([
    [{}, { form: 'imds', url: 'http://169.254.169.254' }],
    [{ AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://h' }, { form: 'imds', url: 'http://h' }],
    [{ IDENTITY_ENDPOINT: 'http://e' }, { form: 'azure-arc', url: 'http://e' }],
    [{ MSI_ENDPOINT: 'http://localhost:1/t' }, { form: 'cloud-shell', url: 'http://localhost:1/t' }],
    [
      { MSI_ENDPOINT: 'http://localhost:1/t', MSI_SECRET: 's' },
      { form: 'imds', url: 'http://169.254.169.254' },
    ],
    [
      { MSI_ENDPOINT: 'http://169.254.169.254/metadata/identity/oauth2/token' },
      { form: 'imds', url: 'http://169.254.169.254' },
    ],
    [{ MSI_ENDPOINT: 'x' }, { form: 'imds', url: 'http://169.254.169.254' }],
    [{ IDENTITY_HEADER: 'x' }, { form: 'imds', url: 'http://169.254.169.254' }],
    [
      { IDENTITY_ENDPOINT: 'http://e', IDENTITY_HEADER: 'x' },
      { form: 'app-service', url: 'http://e', header: 'x' },
    ],
  ])('with %o are at %o', (environment, endpoint) => {
    expect(managedIdentityOf(environment, { by: 'system' })).toEqual({ id: { by: 'system' }, endpoint });
  });

  it('are found where the agent of Azure Arc is, and no variable names another', async () => {
    const formOf = async (environment: Environment, agent?: string) =>
      (await findManagedIdentity(environment, { by: 'system' }, agent)).endpoint;
    const here = import.meta.filename;
    expect(await formOf({}, here)).toEqual({
      form: 'azure-arc',
      url: 'http://127.0.0.1:40342/metadata/identity/oauth2/token',
    });
    expect(await formOf({}, `${here}.none`)).toMatchObject({ form: 'imds' });
    expect(await formOf({ AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://h' }, here)).toMatchObject({ form: 'imds' });
    expect(await formOf({ IDENTITY_ENDPOINT: 'http://e', IDENTITY_HEADER: 'x' }, here)).toMatchObject({
      form: 'app-service',
    });
  });
});
