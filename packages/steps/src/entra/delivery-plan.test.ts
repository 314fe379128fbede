/**
 * Tests as well:
 * - packages/steps/src/entra/terraform.ts
 */

import type { Environment } from '@fedbridge/core';
import { parseEndpoint } from '@fedbridge/core';
import { clouds, parseClientId, parseSubscriptionId, parseTenantId } from '@fedbridge/entra';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampledCount } from '../../../../test/harness/sampled.ts';
import { azapi, azurerm, defaultAzureCredential, managedIdentity } from './clients.model.ts';
import { canAsk, type DeliveryFacts, type IdTokenRequest, type KeptEntra } from './delivery-facts.ts';
import { planDelivery, readsTokenFile } from './delivery-plan.ts';
import type { EntraIdentity } from './entra-identity.ts';
import { type ExportName, parseExports } from './export-names.ts';

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
    'METADATA_HOSTNAME',
    'METADATA_HOST',
    'METADATA_URL',
    'ACTIVE_DIRECTORY_AUTHORITY_HOST',
    'RESOURCE_MANAGER_ENDPOINT',
    'RESOURCE_MANAGER_AUDIENCE',
    'ACCESS_KEY',
    'SAS_TOKEN',
    'MSI_ENDPOINT',
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

const connection = { by: 'service connection', url: 'https://dev.azure.com/oidctoken', connectionId: 'ours' } as const;
const gitHub = { by: 'bearer', url: 'https://token.example/?x=1', bearer: 'the job', audience: undefined } as const;
const requests: readonly (IdTokenRequest | undefined)[] = [
  undefined,
  gitHub,
  { ...gitHub, audience: 'api://AzureADTokenExchangeUSGov' },
  { ...connection, isMapped: true },
  { ...connection, isMapped: false },
];

const federated: EntraIdentity = {
  cloud,
  from: { authority, fromVariable: false, clientId, tenantId },
  clientId,
  tenantId,
  subscriptionId,
  isOwnCloud: false,
};
const machine = (known: boolean): EntraIdentity => ({
  cloud,
  from: { machine: { id: { by: 'system' }, environment: {} } as never },
  clientId: known ? clientId : undefined,
  tenantId: undefined,
  subscriptionId: undefined,
  isOwnCloud: false,
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
  .map(factsOf);

interface Drawn {
  readonly exports: readonly ExportName[];
  readonly environment: Environment;
  readonly request: IdTokenRequest | undefined;
  readonly identity: EntraIdentity;
  readonly isKept: boolean;
}

function factsOf({ exports: names, environment: left, request: given, identity, isKept }: Drawn): DeliveryFacts {
  const isMachine = 'machine' in identity.from;
  const request = isMachine ? undefined : given;
  const exports = parseExports(names.filter((name) => isKept || name !== 'github-id-token').join());
  const kept = isMachine ? { ...broker, tokenFile: undefined, terraform: {} } : broker;
  // What the platform itself gives to every script.
  const environment = { ...left, ...platformVariables(request) };
  const own = !isMachine && readsTokenFile({ exports, request, environment, kept: undefined }) ? file : undefined;
  return {
    exports,
    identity,
    environment,
    request,
    tokenFile: isKept ? kept.tokenFile : own,
    kept: isKept ? kept : undefined,
  };
}

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
        { numRuns: sampledCount(2_000) },
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
        { numRuns: sampledCount(2_000) },
      );
    },
  );

  it("Terraform's tools are the step, and renew where anything can", () => {
    fc.assert(
      fc.property(facts, (all) => {
        if (all.exports.has('terraform')) expectTerraform(all);
      }),
      { numRuns: sampledCount(4_000) },
    );
  });

  it("Terraform's tools are the step where each variable is left alone, and each two of them are", () => {
    const names = Object.keys(foreign);
    const ways = [federated, machine(true), machine(false)].flatMap((identity) =>
      ('machine' in identity.from ? [undefined] : requests).flatMap((request) =>
        [true, false].map((isKept) => ({ identity, request, isKept, exports: ['terraform'] as const })),
      ),
    );
    for (const [index, one] of names.entries()) {
      for (const other of names.slice(index)) {
        const environment = Object.fromEntries([one, other].map((name) => [name, foreign[name]?.[0] ?? '']));
        for (const way of ways) expectTerraform(factsOf({ ...way, environment }));
      }
    }
  });

  it('who names an Entra of their own keeps what names its cloud; who does not keeps what names this one', () => {
    const environment = {
      ARM_METADATA_HOSTNAME: 'management.local.azurestack.external',
      ARM_RESOURCE_MANAGER_ENDPOINT: 'https://management.local.azurestack.external/',
    };
    const drawn = { exports: ['terraform'], request: gitHub, isKept: false, environment, identity: federated } as const;
    const emptied = (change: Partial<Drawn>) => planDelivery(factsOf({ ...drawn, ...change })).emptied;
    expect(emptied({})).toEqual(Object.keys(environment));
    expect(emptied({ identity: { ...federated, isOwnCloud: true } })).toEqual([]);
    const same = {
      ARM_METADATA_HOSTNAME: 'Management.azure.com',
      ARM_RESOURCE_MANAGER_ENDPOINT: 'https://management.azure.com/',
      ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: 'https://login.microsoftonline.com',
    };
    expect(emptied({ environment: same })).toEqual([]);
    const others = { ARM_METADATA_HOSTNAME: 'management.azure.com@elsewhere.example', ARM_MSI_ENDPOINT: 'https://x' };
    expect(emptied({ environment: others })).toEqual(['ARM_METADATA_HOSTNAME']);
  });

  it("a machine's own endpoint is on the machine", () => {
    const drawn = { exports: ['terraform'], request: undefined, isKept: false, identity: machine(true) } as const;
    const emptied = (address: string) =>
      planDelivery(factsOf({ ...drawn, environment: { ARM_MSI_ENDPOINT: address } })).emptied;
    expect(emptied('http://127.0.0.1:40342/metadata/identity/oauth2/token')).toEqual([]);
    expect(emptied('http://169.254.169.254/metadata/identity/oauth2/token')).toEqual([]);
    expect(emptied('https://elsewhere.example/token')).toEqual(['ARM_MSI_ENDPOINT']);
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

/** Each of them, at the cloud's own hosts. */
function expectTerraform(all: DeliveryFacts): void {
  const environment = after(all);
  const expected = expectedOf(all);
  for (const plugin of ['sdk', 'framework'] as const) expect(azurerm(environment, plugin)).toEqual(expected);
  const isFile = expected.by !== 'managed identity' && Boolean(environment.AZURE_FEDERATED_TOKEN_FILE);
  const { clientId: id } = expected;
  expect(azapi(environment)).toEqual(
    isFile ? { clientId: id, by: 'file', file: all.tokenFile } : withoutTenant(expected),
  );
  for (const name of ['ARM_METADATA_HOSTNAME', 'ARM_METADATA_HOST', 'ARM_METADATA_URL']) {
    expect(environment[name] ?? '').toBe('');
  }
  expect([environment.ARM_ACCESS_KEY ?? '', environment.ARM_SAS_TOKEN ?? '']).toEqual(['', '']);
}

function expectedOf({ identity, kept, request }: DeliveryFacts) {
  const who = { clientId: identity.clientId ?? '', tenantId: identity.tenantId ?? '' };
  if ('machine' in identity.from) return { ...who, by: 'managed identity' };
  if (kept) return { ...who, by: 'GitHub', url: broker.terraform.ARM_OIDC_REQUEST_URL, bearer: 'the bearer' };
  if (request?.by === 'bearer') {
    const url = request.audience ? `${request.url}&audience=${encodeURIComponent(request.audience)}` : request.url;
    return { ...who, by: 'GitHub', url, bearer: 'the job' };
  }
  if (!canAsk(request)) return { ...who, by: 'file', file };
  return { ...who, by: 'Azure Pipelines', connection: 'ours', url: connection.url, bearer: 'the job' };
}

const withoutTenant = ({ tenantId: _, ...taken }: ReturnType<typeof expectedOf>) => taken;

/** The environment of a later script. */
function after(all: DeliveryFacts): Environment {
  const { variables, secrets, emptied } = planDelivery(all);
  return { ...all.environment, ...variables, ...secrets, ...Object.fromEntries(emptied.map((name) => [name, ''])) };
}

function platformVariables(request: IdTokenRequest | undefined): Environment {
  if (request?.by === 'bearer') {
    return { ACTIONS_ID_TOKEN_REQUEST_URL: request.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: request.bearer };
  }
  if (request?.by !== 'service connection') return {};
  const mapped = request.isMapped ? { SYSTEM_ACCESSTOKEN: 'the job' } : {};
  return { SYSTEM_OIDCREQUESTURI: request.url, ...mapped };
}

function others(prefix: string, names: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(names.map((name) => [`${prefix}${name}`, [`somebody else's ${name}`]]));
}
