import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { type AzureJob, type AzurePlatform, azureJob, azurerm } from '../harness/azure-clients.ts';
import type { Variables } from '../harness/process.ts';
import { ids } from '../harness/setup.ts';

/** What an earlier step or the machine's owner left, all of which a provider would take first. */
const leftOver: Variables = {
  ARM_CLIENT_ID: ids.stranger,
  ARM_TENANT_ID: '00000000-0000-4000-8000-000000000000',
  ARM_CLIENT_SECRET: 'of somebody else',
  ARM_OIDC_TOKEN: 'of somebody else',
  ARM_OIDC_REQUEST_TOKEN: 'of somebody else',
  ARM_USE_MSI: 'true',
  ARM_USE_AKS_WORKLOAD_IDENTITY: 'true',
  AZURE_FEDERATED_TOKEN_FILE: '/var/run/secrets/azure/tokens/azure-identity-token',
};

interface Way {
  readonly title: string;
  readonly platform: AzurePlatform;
  readonly inputs?: Variables;
  readonly isMapped?: boolean;
  readonly lifetimeSeconds?: number;
  /** By how much the cloud's time moves between two tokens: little where a broker, whose time is real, judges what has expired. */
  readonly seconds: number;
}

const fresh = { inputs: { 'keep-fresh': 'true' }, lifetimeSeconds: 20, seconds: 5 };
const ways: readonly Way[] = [
  { title: 'GitHub Actions', platform: 'GitHub Actions', seconds: 3_600 },
  { title: 'GitHub Actions, kept fresh', platform: 'GitHub Actions', ...fresh },
  { title: 'Azure Pipelines, SYSTEM_ACCESSTOKEN mapped', platform: 'Azure Pipelines', isMapped: true, seconds: 3_600 },
  { title: 'Azure Pipelines, kept fresh', platform: 'Azure Pipelines', ...fresh },
];

describe.skipIf(!azurerm.isThere)(
  "hashicorp's go-azure-sdk, filled as azurerm fills it (skipped: test/interop/go is not built)",
  () => {
    describe.each(ways)('$title', ({ platform, inputs = {}, isMapped = false, lifetimeSeconds = 300, seconds }) => {
      it.concurrent.each([
        ['sdk', 'terraform', {}],
        ['framework', 'terraform', {}],
        ['sdk', 'terraform', leftOver],
        ['framework', 'terraform', leftOver],
        ['framework', 'terraform\nazure-sdk', leftOver],
      ] as const)('the %s plugin renews in one process, after export: %j', async (plugin, exports, machine) => {
        const options = { inputs: { export: exports, ...inputs }, machine, isMapped, lifetimeSeconds };
        await using job = await azureJob(platform, options);
        expect(job.run.error).toBeUndefined();
        const provider = azurerm.start(plugin, job.environment);
        for (const api of ['resource-manager', 'key-vault', 'graph'] as const) {
          const before = job.emulator.clock.seconds();
          const token = await provider.token(api);
          expect(decodeJwt(token)).toMatchObject({ appid: ids.app, tid: ids.tenant });
          expect(job.emulator.secrets()).toContain(token);
          // Made for this request: nothing that was read at the beginning is presented again.
          expect(lastAssertion(job).iat).toBeGreaterThanOrEqual(before);
          job.emulator.clock.advance(seconds);
        }
        provider.end();
      });
    });

    it('Azure Pipelines without SYSTEM_ACCESSTOKEN: has what it starts with, and the step says what to do', async () => {
      await using job = await azureJob('Azure Pipelines', { inputs: { export: 'terraform' }, machine: leftOver });
      expect(job.run.stdout).toContain('map SYSTEM_ACCESSTOKEN: $(System.AccessToken)');
      const provider = azurerm.start('sdk', job.environment);
      expect(decodeJwt(await provider.token('resource-manager'))).toMatchObject({ appid: ids.app });
      job.emulator.clock.advance(3_600);
      await expect(provider.token('key-vault')).rejects.toThrow('AADSTS700024');
    });
  },
);

/** What Entra was presented with last. */
function lastAssertion({ emulator }: AzureJob) {
  const request = emulator.requests.filter(({ service, method }) => service === 'entra' && method === 'POST').at(-1);
  return decodeJwt(new URLSearchParams(request?.body).get('client_assertion') ?? '');
}
