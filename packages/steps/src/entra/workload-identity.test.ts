import { parseEndpoint } from '@fedbridge/core';
import { clouds, parseClientId, parseTenantId } from '@fedbridge/entra';
import { expect, it } from 'vitest';
import type { EntraIdentity } from './entra-identity.ts';
import { workloadIdentityOf } from './workload-identity.ts';

const clientId = parseClientId('8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02');
const tenantId = parseTenantId('contoso.onmicrosoft.com');
const cloud = clouds.azureusgovernment;
const base = { cloud, clientId, tenantId, subscriptionId: undefined, isOwnCloud: false };

it('SDKs are sent where this step was: to the Entra that was asked, a machine to that of its cloud', () => {
  const authority = parseEndpoint('https://login.example.com', 'x');
  const from: EntraIdentity['from'] = { authority, fromVariable: false, clientId, tenantId };
  const variables = { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenantId };
  expect(workloadIdentityOf({ ...base, from }, '/token')).toEqual({
    ...variables,
    AZURE_AUTHORITY_HOST: 'https://login.example.com/',
    AZURE_FEDERATED_TOKEN_FILE: '/token',
  });
  const machine = { id: { by: 'system' }, endpoint: { form: 'imds', url: 'http://x' } } as const;
  expect(workloadIdentityOf({ ...base, from: { machine } }, undefined)).toEqual({
    ...variables,
    AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.us',
    AZURE_FEDERATED_TOKEN_FILE: undefined,
  });
});
