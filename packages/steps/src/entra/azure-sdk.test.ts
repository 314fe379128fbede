import { parseEndpoint } from '@fedbridge/core';
import { clouds, parseClientId, parseTenantId } from '@fedbridge/entra';
import { describe, expect, it } from 'vitest';
import { azureSdk, managedIdentityClients } from './azure-sdk.ts';
import type { DeliveryFacts, KeptEntra } from './delivery-facts.ts';

const clientId = parseClientId('8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02');
const tenantId = parseTenantId('contoso.onmicrosoft.com');
const authority = parseEndpoint('https://login.example.com', 'x');
const kept: KeptEntra = {
  ...{ tokenFile: '/broker/id-token', terraform: {}, gitHubIdToken: {} },
  variables: { IDENTITY_ENDPOINT: 'http://127.0.0.1:1/msi/token', IDENTITY_HEADER: 'header' },
};
const facts = (more: Partial<DeliveryFacts> = {}): DeliveryFacts => ({
  exports: new Set(['azure-sdk']),
  identity: {
    ...{ cloud: clouds.azurecloud, clientId, tenantId, subscriptionId: undefined, isOwnCloud: false },
    from: { authority, fromVariable: false, clientId, tenantId },
  },
  environment: {},
  tokenFile: '/token',
  request: undefined,
  kept: undefined,
  ...more,
});
const connection = { by: 'service connection', url: 'https://x', connectionId: 'the-id', isMapped: true } as const;

/*
 * That every SDK then takes this identity on any machine, whatever somebody else left there, is the property of delivery-plan.test.ts;
 * here is what each line is there for.
 */
describe('what DefaultAzureCredential is told', () => {
  const named = (environment: DeliveryFacts['environment'], tokenFile: string | undefined = '/token') =>
    azureSdk(facts({ environment, tokenFile })).variables.AZURE_TOKEN_CREDENTIALS;

  it('is nothing, where nothing of somebody else could come first', () =>
    expect(named({ OTHER: 'x' })).toBeUndefined());

  it.each(['AZURE_TOKEN_CREDENTIALS', 'AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH', 'AZURE_USERNAME'])(
    'is the one credential to take, where %s is there: emptied alone, Python takes it for a secret',
    (name) => {
      expect(named({ [name]: 'x' })).toBe('WorkloadIdentityCredential');
      expect(
        azureSdk(facts({ environment: { [name]: 'x' }, tokenFile: undefined })).variables.AZURE_TOKEN_CREDENTIALS,
      ).toBe('ManagedIdentityCredential');
      expect(named({ [name]: '' })).toBeUndefined();
    },
  );
});

describe('a service connection', () => {
  const variables = (more: Partial<DeliveryFacts>) => azureSdk(facts({ request: connection, ...more })).variables;
  const given = {
    AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: 'the-id',
    AZURESUBSCRIPTION_CLIENT_ID: clientId,
    AZURESUBSCRIPTION_TENANT_ID: tenantId,
  };
  const both = new Set(['azure-sdk', 'terraform'] as const);

  it('is named to AzurePipelinesCredential', () => expect(variables({})).toMatchObject(given));

  it.each([
    ['is handed other tokens', { kept }],
    ['cannot ask by it', { request: { ...connection, isMapped: false } }],
  ])('is not, where Terraform, whose azapi reads the same, %s', (_what, more) => {
    const none = Object.fromEntries(Object.keys(given).map((name) => [name, undefined]));
    expect(variables({ exports: both, ...more })).toMatchObject(none);
    expect(variables(more)).toMatchObject(given);
  });
  it('is, where Terraform asks by it too', () => expect(variables({ exports: both })).toMatchObject(given));
});

describe('a managed identity that a broker is', () => {
  const of = (environment: DeliveryFacts['environment'], more: Partial<KeptEntra> = {}) =>
    managedIdentityClients(facts({ exports: new Set(), environment }), { ...kept, ...more });

  it("is found by its address alone, and what turns clients to another machine's is emptied", () => {
    const { variables, shadows } = managedIdentityClients(facts(), kept);
    expect(variables).toEqual(kept.variables);
    expect(shadows).toEqual(['IDENTITY_SERVER_THUMBPRINT', 'IMDS_ENDPOINT', 'MSI_ENDPOINT', 'MSI_SECRET']);
  });

  it("is not asked for somebody else's client id", () => {
    expect(of({}).variables).not.toHaveProperty('AZURE_CLIENT_ID');
    expect(of({ AZURE_CLIENT_ID: 'theirs' }).variables).toMatchObject({ AZURE_CLIENT_ID: clientId });
    expect(of({}).shadows).toEqual(expect.arrayContaining(['AZURE_CLIENT_ID', 'AZURE_FEDERATED_TOKEN_FILE']));
  });

  it("in a pod gives Java this identity's file, since it takes an empty name for one", () => {
    const inPod = { AZURE_FEDERATED_TOKEN_FILE: '/pod/token' };
    expect(of(inPod)).toMatchObject({
      variables: { AZURE_FEDERATED_TOKEN_FILE: '/broker/id-token', AZURE_CLIENT_ID: clientId },
      shadows: expect.arrayContaining(['AZURE_KUBERNETES_TOKEN_PROXY']),
    });
    expect(of(inPod, { tokenFile: undefined }).variables).not.toHaveProperty('AZURE_FEDERATED_TOKEN_FILE');
  });
});
