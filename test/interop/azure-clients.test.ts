import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  type AzureClient,
  type AzurePlatform,
  azureJob,
  defaultCredentials,
  kubeloginByAzureCli,
  managedIdentities,
  managedIdentityInJava,
  pipelinesCredentials,
  throughAzureCli,
  workloadIdentities,
} from '../harness/azure-clients.ts';
import type { Variables } from '../harness/process.ts';
import { ids } from '../harness/setup.ts';

const elsewhere = 'http://127.0.0.1:9/somebody/else';
/** A pod, on App Service, in the shell of somebody who has a secret, a certificate and a password. */
const somebodyElses: Variables = {
  AZURE_CLIENT_ID: ids.stranger,
  AZURE_TENANT_ID: '00000000-0000-4000-8000-000000000000',
  AZURE_AUTHORITY_HOST: 'https://127.0.0.1:9/',
  AZURE_FEDERATED_TOKEN_FILE: '/var/run/secrets/azure/tokens/azure-identity-token',
  AZURE_CLIENT_SECRET: 'of somebody else',
  AZURE_CLIENT_CERTIFICATE_PATH: '/etc/somebody-else.pem',
  AZURE_USERNAME: 'somebody@else.example',
  AZURE_PASSWORD: 'of somebody else',
  AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential',
  AZURE_CLOUD_NAME: 'AzureUSGovernment',
  IDENTITY_ENDPOINT: elsewhere,
  IDENTITY_HEADER: 'of somebody else',
  IMDS_ENDPOINT: elsewhere,
  MSI_ENDPOINT: elsewhere,
  MSI_SECRET: 'of somebody else',
};
const machines = [
  ['a clean machine', {}],
  ["a machine that is somebody else's", somebodyElses],
] as const;

/** A row: what is delivered, and who finds the step's identity in it without a word from the user. */
const deliveries: readonly (readonly [title: string, inputs: Variables, clients: readonly AzureClient[]])[] = [
  ['export: azure-sdk', { export: 'azure-sdk' }, [...defaultCredentials, ...workloadIdentities, managedIdentityInJava]],
  ['keep-fresh', { 'keep-fresh': 'true' }, [...defaultCredentials, ...managedIdentities]],
  [
    'export: azure-sdk, kept fresh',
    { export: 'azure-sdk', 'keep-fresh': 'true' },
    [...defaultCredentials, ...workloadIdentities, ...managedIdentities],
  ],
  ['export: azure-cli', { export: 'azure-cli' }, throughAzureCli],
  ['export: azure-cli, kept fresh', { export: 'azure-cli', 'keep-fresh': 'true' }, throughAzureCli],
  ['export: azure-cli and azure-sdk', { export: 'azure-cli\nazure-sdk' }, [...throughAzureCli, kubeloginByAzureCli]],
];
const platforms: readonly AzurePlatform[] = ['GitHub Actions', 'Azure Pipelines'];

describe.each(platforms)('%s', (platform) => {
  describe.each(machines)('on %s', (_machine, machine) => {
    // A client that is not on this machine is a skipped test below, and its own delivery is skipped too.
    const possible = deliveries.filter(([, , clients]) => clients.some(({ isThere }) => isThere));
    const skipped = deliveries.filter((delivery) => !possible.includes(delivery));
    it.skip.each(skipped)('%s: none of its clients is on this machine', () => {});
    it.each(possible)('%s: every client that reads it is the step', async (_title, inputs, clients) => {
      await using job = await azureJob(platform, { inputs, machine });
      expect(job.run.error).toBeUndefined();
      const found = await whoAll(clients, job.environment);
      expect(found).toEqual(found.map(([title]) => [title, ids.app]));
    });

    if (platform === 'Azure Pipelines') {
      it.each([
        ['azure-sdk', {}],
        ['azure-sdk, kept fresh', { 'keep-fresh': 'true' }],
      ])(
        'export: %s: every AzurePipelinesCredential is the step, with the connection that it tells',
        async (_title, more) => {
          await using job = await azureJob(platform, {
            inputs: { export: 'azure-sdk', ...more },
            machine,
            isMapped: true,
          });
          const found = await whoAll(pipelinesCredentials, job.environment);
          expect(found).toEqual(found.map(([title]) => [title, ids.app]));
        },
      );
    }
  });
});

it.skipIf(!kubeloginByAzureCli.isThere).each(platforms)(
  '%s, export: azure-cli: kubelogin asks that login, where the machine names no tenant',
  async (platform) => {
    await using job = await azureJob(platform, { inputs: { export: 'azure-cli' } });
    expect(await who(kubeloginByAzureCli.token(job.environment))).toBe(ids.app);
  },
);

it.each(platforms)('%s on Service Fabric: the step says whose clients cannot be led away from it', async (platform) => {
  const machine = { IDENTITY_SERVER_THUMBPRINT: '0'.repeat(40) };
  await using job = await azureJob(platform, { inputs: { 'keep-fresh': 'true' }, machine });
  expect(job.run.error).toBeUndefined();
  expect(job.run.stdout).toMatch(/warning.*IDENTITY_SERVER_THUMBPRINT is set on this machine\./);
  for (const { isThere, title, token } of managedIdentities) {
    const found = isThere ? await who(token(job.environment)).catch(() => undefined) : undefined;
    // Nobody else's identity, in any case.
    expect([title, found ?? ids.app]).toEqual([title, ids.app]);
  }
});

/** Each client that is not on this machine, as a skipped test that says so. */
const missing = [
  ...defaultCredentials,
  ...workloadIdentities,
  ...managedIdentities,
  ...pipelinesCredentials,
  ...throughAzureCli,
].filter(({ isThere }) => !isThere);
describe.skipIf(missing.length > 0)('clients of Azure', () => {
  it(`are all on this machine${missing.map(({ title }) => `; not ${title}`).join('')}`, () => {
    expect(missing).toEqual([]);
  });
});

/** Who each client is that is on this machine, by its title. */
function whoAll(clients: readonly AzureClient[], environment: Variables): Promise<(readonly [string, unknown])[]> {
  const there = clients.filter(({ isThere }) => isThere);
  return Promise.all(there.map(async ({ title, token }) => [title, await who(token(environment))] as const));
}

async function who(token: Promise<string>): Promise<unknown> {
  return decodeJwt(await token).appid;
}
