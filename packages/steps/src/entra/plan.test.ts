import type { Environment } from '@fedbridge/core';
import { parseEndpoint } from '@fedbridge/core';
import { clouds, parseClientId, parseSubscriptionId, parseTenantId } from '@fedbridge/entra';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExportName, parseExports } from './exports.ts';
import type { EntraIdentity } from './identity.ts';
import type { KeptEntra } from './keep-fresh.ts';
import { canAsk, type DeliveryFacts, type IdTokenRequest, planDelivery, readsTokenFile } from './plan.ts';

const clientId = parseClientId('8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02');
const tenantId = parseTenantId('2f4a1c8e-7b3d-4e52-9a10-6c8d5e7f9b01');
const subscriptionId = parseSubscriptionId('a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c04');
const cloud = clouds.azurecloud;
const authority = parseEndpoint(cloud.authority, 'the authority host');
const file = '/temp/fedbridge/id-token';

const broker: KeptEntra = {
  tokenFile: '/temp/broker/id-token',
  variables: { IDENTITY_ENDPOINT: 'http://127.0.0.1:1/msi/token', IDENTITY_HEADER: 'the header' },
  terraform: { ARM_OIDC_REQUEST_URL: 'http://127.0.0.1:1/id-token', ARM_OIDC_REQUEST_TOKEN: 'the bearer' },
  gitHubIdToken: {
    ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1/id-token',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'the bearer',
  },
};

/** What clients look for, with what somebody else may have left there. */
const foreign: Readonly<Record<string, readonly string[]>> = {
  AZURE_TOKEN_CREDENTIALS: ['dev', 'prod', 'EnvironmentCredential', 'AzureCliCredential'],
  ...others('AZURE_', [
    'CLIENT_ID',
    'TENANT_ID',
    'AUTHORITY_HOST',
    'FEDERATED_TOKEN_FILE',
    'CLIENT_SECRET',
    'CLIENT_CERTIFICATE_PATH',
    'CLIENT_CERTIFICATE_PASSWORD',
    'USERNAME',
    'PASSWORD',
    'KUBERNETES_TOKEN_PROXY',
    'KUBERNETES_SNI_NAME',
    'KUBERNETES_CA_FILE',
    'KUBERNETES_CA_DATA',
  ]),
  ...others('AZURESUBSCRIPTION_', ['SERVICE_CONNECTION_ID', 'CLIENT_ID', 'TENANT_ID']),
  ...others('', [
    'IDENTITY_ENDPOINT',
    'IDENTITY_HEADER',
    'IDENTITY_SERVER_THUMBPRINT',
    'IMDS_ENDPOINT',
    'MSI_ENDPOINT',
    'MSI_SECRET',
  ]),
  ...others('ARM_', [
    'CLIENT_ID',
    'CLIENT_ID_FILE_PATH',
    'TENANT_ID',
    'CLIENT_SECRET',
    'CLIENT_SECRET_FILE_PATH',
    'CLIENT_CERTIFICATE',
    'CLIENT_CERTIFICATE_PATH',
    'CLIENT_CERTIFICATE_PASSWORD',
    'OIDC_TOKEN',
    'OIDC_TOKEN_FILE_PATH',
    'OIDC_REQUEST_URL',
    'OIDC_REQUEST_TOKEN',
    'ADO_PIPELINE_SERVICE_CONNECTION_ID',
    'OIDC_AZURE_SERVICE_CONNECTION_ID',
  ]),
  ARM_USE_OIDC: ['true', 'false'],
  ARM_USE_MSI: ['true', 'false'],
  ARM_USE_CLI: ['true', 'false'],
  ARM_USE_AKS_WORKLOAD_IDENTITY: ['true', 'false'],
};

/** What is there together: in a pod, on App Service, Service Fabric, Azure Arc, in a shell of somebody's own. */
const machines = [
  [],
  ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_AUTHORITY_HOST', 'AZURE_FEDERATED_TOKEN_FILE'],
  ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'MSI_ENDPOINT', 'MSI_SECRET'],
  ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'IDENTITY_SERVER_THUMBPRINT'],
  ['IDENTITY_ENDPOINT', 'IMDS_ENDPOINT'],
  ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_CLIENT_SECRET'],
  ['ARM_CLIENT_ID', 'ARM_TENANT_ID', 'ARM_CLIENT_SECRET'],
];
const environments: fc.Arbitrary<Environment> = fc
  .tuple(fc.constantFrom(...machines), fc.uniqueArray(fc.constantFrom(...Object.keys(foreign)), { maxLength: 8 }))
  .map(([machine, names]) => [...new Set([...machine, ...names])])
  .chain((names) =>
    fc.record(Object.fromEntries(names.map((name) => [name, fc.constantFrom(...(foreign[name] ?? []))]))),
  );

const connection = { kind: 'azure-pipelines', url: 'https://dev.azure.com/oidctoken', connectionId: 'ours' } as const;
const gitHub = { kind: 'github', url: 'https://token.example/?x=1', bearer: 'the job', audience: undefined } as const;
const requests: readonly (IdTokenRequest | undefined)[] = [
  undefined,
  gitHub,
  { ...gitHub, audience: 'api://AzureADTokenExchangeUSGov' },
  { ...connection, isMapped: true },
  { ...connection, isMapped: false },
];

const federated: EntraIdentity = {
  cloud,
  from: { authority, clientId, tenantId },
  clientId,
  tenantId,
  subscriptionId,
};
const machine = (known: boolean): EntraIdentity => ({
  cloud,
  from: { machine: { id: { by: 'system' }, environment: {} } as never },
  clientId: known ? clientId : undefined,
  tenantId: undefined,
  subscriptionId: undefined,
});

/** Every way in × every combination of exports × kept fresh or not, on a machine that somebody else has set up. */
const facts: fc.Arbitrary<DeliveryFacts> = fc
  .record({
    exports: fc.subarray(['azure-sdk', 'terraform', 'azure-cli', 'azure-powershell', 'github-id-token'] as const),
    environment: environments,
    request: fc.constantFrom(...requests),
    identity: fc.constantFrom(federated, machine(true), machine(false)),
    isKept: fc.boolean(),
  })
  .map(({ exports: names, environment, request: given, identity, isKept }) => {
    const isMachine = 'machine' in identity.from;
    const request = isMachine ? undefined : given;
    const exports: ReadonlySet<ExportName> = parseExports(
      names.filter((name) => isKept || name !== 'github-id-token').join(),
    );
    const kept = isMachine ? { ...broker, tokenFile: undefined, terraform: {} } : broker;
    const own = !isMachine && readsTokenFile({ exports, request }) ? file : undefined;
    return {
      exports,
      identity,
      // What the platform itself gives to every script.
      environment: { ...environment, ...platformVariables(request) },
      request,
      tokenFile: isKept ? kept.tokenFile : own,
      kept: isKept ? kept : undefined,
    };
  });

describe('the plan of a delivery', () => {
  it.each(['python', 'other'] as const)(
    'DefaultAzureCredential (%s) is the step, whatever the machine has',
    (language) => {
      fc.assert(
        fc.property(facts, (all) => {
          if (!all.exports.has('azure-sdk')) return;
          const taken = defaultAzureCredential(after(all), language);
          if (all.tokenFile) {
            expect(taken).toEqual({
              workload: all.tokenFile,
              clientId,
              tenantId,
              authority: authority.href,
              proxy: undefined,
            });
          } else {
            expect(taken).toEqual(managedIdentity(after(all), all.identity.clientId));
          }
        }),
        { numRuns: 2_000 },
      );
    },
  );

  it.each(['python', 'other'] as const)(
    'what is kept fresh is what DefaultAzureCredential (%s) and managed identities find',
    (language) => {
      fc.assert(
        fc.property(facts, (all) => {
          if (!all.kept) return;
          const environment = after(all);
          const ours = (id: string | undefined) => ({
            protocol: 'App Service',
            endpoint: broker.variables.IDENTITY_ENDPOINT,
            secret: broker.variables.IDENTITY_HEADER,
            clientId: id,
          });
          expect(managedIdentity(environment, undefined)).toEqual(ours(undefined));
          if (all.exports.has('azure-sdk')) return;
          const taken = defaultAzureCredential(environment, language);
          const { AZURE_FEDERATED_TOKEN_FILE: file, AZURE_TENANT_ID } = environment;
          // azure-identity for Java, `ManagedIdentityCredential`: exchanges what the variable names wherever it is there.
          if (file !== undefined && AZURE_TENANT_ID && all.kept.tokenFile) expect(file).toBe(all.kept.tokenFile);
          const workload = { workload: file, clientId, tenantId, authority: authority.href, proxy: undefined };
          expect([ours(undefined), ours(all.identity.clientId), ...(file ? [workload] : [])]).toContainEqual(taken);
        }),
        { numRuns: 2_000 },
      );
    },
  );

  it.each(['sdk', 'framework'] as const)('azurerm (%s) is the step, and renews where anything can', (plugin) => {
    fc.assert(
      fc.property(facts, (all) => {
        if (!all.exports.has('terraform')) return;
        const { identity, kept, request } = all;
        const taken = azurerm(after(all), plugin);
        const who = { clientId: identity.clientId ?? '', tenantId: identity.tenantId ?? '' };
        if ('machine' in identity.from) expect(taken).toEqual({ ...who, by: 'managed identity' });
        else if (kept)
          expect(taken).toEqual({
            ...who,
            by: 'GitHub',
            url: broker.terraform.ARM_OIDC_REQUEST_URL,
            bearer: 'the bearer',
          });
        else if (request?.kind === 'github') {
          const url = request.audience
            ? `${request.url}&audience=${encodeURIComponent(request.audience)}`
            : request.url;
          expect(taken).toEqual({ ...who, by: 'GitHub', url, bearer: 'the job' });
        } else if (canAsk(request)) {
          expect(taken).toEqual({
            ...who,
            by: 'Azure Pipelines',
            connection: 'ours',
            url: connection.url,
            bearer: 'the job',
          });
        } else expect(taken).toEqual({ ...who, by: 'file', file });
      }),
      { numRuns: 2_000 },
    );
  });

  it('azapi, which takes a service connection before a request URL, gets none that is not for it', () => {
    fc.assert(
      fc.property(facts, (all) => {
        if (!all.exports.has('terraform')) return;
        const { AZURESUBSCRIPTION_SERVICE_CONNECTION_ID = '', ...environment } = after(all);
        const named = environment.ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID || AZURESUBSCRIPTION_SERVICE_CONNECTION_ID;
        if (!all.exports.has('azure-sdk') && !environment.ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID) return;
        const isForIt = !all.kept && all.request?.kind === 'azure-pipelines' && all.request.isMapped;
        expect(named).toBe(isForIt ? 'ours' : '');
      }),
    );
  });

  it('nothing is emptied that was not there, or that is set; a clean machine keeps its variables', () => {
    fc.assert(
      fc.property(facts, (all) => {
        const { variables, secrets, emptied } = planDelivery(all);
        for (const name of emptied) {
          expect(all.environment[name]).toBeTruthy();
          expect({ ...variables, ...secrets }).not.toHaveProperty(name);
        }
        expect(Object.values(variables)).not.toContain('');
        const clean = planDelivery({ ...all, environment: platformVariables(all.request) });
        expect(clean.emptied).toEqual([]);
        expect(clean.variables).not.toHaveProperty('AZURE_TOKEN_CREDENTIALS');
      }),
    );
  });
});

/** The environment of a later script. */
function after(all: DeliveryFacts): Environment {
  const { variables, secrets, emptied } = planDelivery(all);
  return { ...all.environment, ...variables, ...secrets, ...Object.fromEntries(emptied.map((name) => [name, ''])) };
}

function platformVariables(request: IdTokenRequest | undefined): Environment {
  if (request?.kind === 'github') {
    return { ACTIONS_ID_TOKEN_REQUEST_URL: request.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: request.bearer };
  }
  if (request?.kind !== 'azure-pipelines') return {};
  const mapped = request.isMapped ? { SYSTEM_ACCESSTOKEN: 'the job' } : {};
  return { SYSTEM_OIDCREQUESTURI: request.url, ...mapped };
}

function others(prefix: string, names: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(names.map((name) => [`${prefix}${name}`, [`somebody else's ${name}`]]));
}

/**
 * Source: Microsoft Learn, "Credential chains in the Azure Identity library" and AZURE_TOKEN_CREDENTIALS; azure-identity for
 * Python, `environment.py`: a variable that is set and empty counts there, and an empty secret is an error.
 */
function defaultAzureCredential(environment: Environment, language: 'python' | 'other') {
  const chosen = (environment.AZURE_TOKEN_CREDENTIALS ?? '').toLowerCase();
  const takes = (name: string, group: string) => ['', name.toLowerCase(), group].includes(chosen);
  const has = (name: string) => (language === 'python' ? environment[name] !== undefined : Boolean(environment[name]));
  if (takes('EnvironmentCredential', 'prod') && has('AZURE_CLIENT_ID')) {
    if (has('AZURE_TENANT_ID') && has('AZURE_CLIENT_SECRET')) return { secret: environment.AZURE_CLIENT_SECRET };
    if (has('AZURE_TENANT_ID') && has('AZURE_CLIENT_CERTIFICATE_PATH')) return { certificate: true };
    if (has('AZURE_USERNAME') && has('AZURE_PASSWORD')) return { user: environment.AZURE_USERNAME };
  }
  const { AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE, AZURE_AUTHORITY_HOST } = environment;
  if (takes('WorkloadIdentityCredential', 'prod') && AZURE_CLIENT_ID && AZURE_TENANT_ID && AZURE_FEDERATED_TOKEN_FILE) {
    return {
      workload: AZURE_FEDERATED_TOKEN_FILE,
      clientId: AZURE_CLIENT_ID,
      tenantId: AZURE_TENANT_ID,
      authority: AZURE_AUTHORITY_HOST,
      proxy: environment.AZURE_KUBERNETES_TOKEN_PROXY || undefined,
    };
  }
  if (takes('ManagedIdentityCredential', 'prod')) return managedIdentity(environment, AZURE_CLIENT_ID || undefined);
  return { developer: true };
}

/** Source: MSAL, `ManagedIdentityClient`, the order in which sources are told apart. */
function managedIdentity(environment: Environment, client: string | undefined) {
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: secret, MSI_ENDPOINT, MSI_SECRET } = environment;
  const found = (protocol: string, at?: string, by?: string) => ({
    protocol,
    endpoint: at,
    secret: by,
    clientId: client,
  });
  if (endpoint && secret && environment.IDENTITY_SERVER_THUMBPRINT) return found('Service Fabric', endpoint, secret);
  if (endpoint && secret) return found('App Service', endpoint, secret);
  if (MSI_ENDPOINT && MSI_SECRET) return found('Machine Learning', MSI_ENDPOINT, MSI_SECRET);
  if (MSI_ENDPOINT) return found('Cloud Shell', MSI_ENDPOINT);
  if (endpoint && environment.IMDS_ENDPOINT) return found('Azure Arc', endpoint);
  return found('IMDS');
}

/**
 * How azurerm 4 fills `auth.Credentials`, and which of them go-azure-sdk takes. Its two plugins read switches differently.
 * Source: terraform-provider-azurerm, `internal/provider/provider.go`, `internal/provider/framework/{config,helpers}.go`;
 * go-azure-sdk, `NewAuthorizerFromCredentials`.
 */
function azurerm(environment: Environment, plugin: 'sdk' | 'framework') {
  const first = (...names: string[]) => names.map((name) => environment[name]).find((value) => value) ?? '';
  const isOn = (name: string, usual: boolean) => {
    const value = environment[name] ?? '';
    if (value === 'true') return true;
    return plugin === 'framework' ? value === '' || usual : value === '' && usual;
  };
  const [clientId, tenantId] = [first('ARM_CLIENT_ID'), first('ARM_TENANT_ID')];
  const who = { clientId, tenantId };
  const isKnown = clientId !== '' && tenantId !== '';
  const isAks = isOn('ARM_USE_AKS_WORKLOAD_IDENTITY', false);
  const usesOidc = isOn('ARM_USE_OIDC', false) || isAks;
  const url = first('ARM_OIDC_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_URL', 'SYSTEM_OIDCREQUESTURI');
  const bearer = first('ARM_OIDC_REQUEST_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'SYSTEM_ACCESSTOKEN');
  const byConnection = first('ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID', 'ARM_OIDC_AZURE_SERVICE_CONNECTION_ID');
  const assertion =
    first('ARM_OIDC_TOKEN', 'ARM_OIDC_TOKEN_FILE_PATH') || (isAks ? first('AZURE_FEDERATED_TOKEN_FILE') : '');
  if (isKnown && first('ARM_CLIENT_CERTIFICATE', 'ARM_CLIENT_CERTIFICATE_PATH')) return { ...who, by: 'certificate' };
  if (isKnown && first('ARM_CLIENT_SECRET', 'ARM_CLIENT_SECRET_FILE_PATH')) return { ...who, by: 'secret' };
  if (isKnown && usesOidc && assertion) return { ...who, by: 'file', file: assertion };
  if (isKnown && usesOidc && url && bearer && byConnection) {
    return { ...who, by: 'Azure Pipelines', connection: byConnection, url, bearer };
  }
  if (isKnown && usesOidc && url && bearer) return { ...who, by: 'GitHub', url, bearer };
  if (isOn('ARM_USE_MSI', false)) return { ...who, by: 'managed identity' };
  return { ...who, by: isOn('ARM_USE_CLI', true) ? 'Azure CLI' : 'nothing' };
}
