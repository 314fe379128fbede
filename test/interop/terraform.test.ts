import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { type AzureJob, type AzurePlatform, azureJob } from '../harness/azure-clients.ts';
import type { Variables } from '../harness/process.ts';
import { ids, setupForAudience } from '../harness/setup.ts';
import { type Api, type TerraformTool, terraform, terraformTools } from '../harness/terraform-tools.ts';
import { elsewhere, leftOver, machines, pod } from './terraform-shadows.ts';

/** The public cloud's own, as a step finds them that is told of no Entra. */
const hosts = { 'login.microsoftonline.com': 'entra', 'management.azure.com': 'resources' } as const;
const apis: readonly Api[] = ['resource-manager', 'key-vault', 'graph'];

interface Way {
  readonly title: string;
  readonly platform: AzurePlatform;
  readonly inputs?: Variables;
  readonly isMapped?: boolean;
  readonly lifetimeSeconds?: number;
  /** By how much the cloud's time moves between two tokens: little where a broker, whose time is real, judges what has expired. */
  readonly seconds: number;
  /** Who cannot renew here, and what the step says of it. */
  readonly except?: { readonly tools: readonly TerraformTool[]; readonly says: string };
}

const fresh = { inputs: { 'keep-fresh': 'true' }, lifetimeSeconds: 20, seconds: 5 };
const packer = { tools: ['packer'], says: 'Packer cannot ask Azure Pipelines for ID tokens' } as const;
const reads = { tools: terraformTools, says: 'map SYSTEM_ACCESSTOKEN: $(System.AccessToken)' };
const ways: readonly Way[] = [
  { title: 'GitHub Actions', platform: 'GitHub Actions', seconds: 3_600 },
  { title: 'GitHub Actions, kept fresh', platform: 'GitHub Actions', ...fresh },
  {
    title: 'Azure Pipelines, SYSTEM_ACCESSTOKEN mapped',
    platform: 'Azure Pipelines',
    isMapped: true,
    seconds: 3_600,
    except: packer,
  },
  { title: 'Azure Pipelines', platform: 'Azure Pipelines', seconds: 3_600, except: reads },
  { title: 'Azure Pipelines, kept fresh', platform: 'Azure Pipelines', ...fresh },
];

const situations = [
  ['terraform', 'a clean machine', {}],
  ['terraform', "somebody else's ARM_*", leftOver],
  ['terraform\nazure-sdk', "somebody else's ARM_*", leftOver],
  ['terraform', 'a pod', pod],
] as const;

describe.skipIf(!terraform.isThere)(
  "Terraform's tools, filled as they fill themselves (skipped: test/interop/go is not built)",
  () => {
    describe.each(ways)('$title', (way) => {
      const { platform, inputs = {}, isMapped = false, lifetimeSeconds = 300, seconds, except } = way;
      it.concurrent.each(situations)(
        '%j on %s: each renews in one process, or the step says that it does not',
        async (exports, _title, machine) => {
          await using job = await azureJob(platform, {
            inputs: { export: exports, ...inputs },
            machine,
            isMapped,
            lifetimeSeconds,
          });
          expect(job.run.error).toBeUndefined();
          // azapi goes before a request with the file that Azure's SDKs read.
          const azapiReads = Boolean(job.environment.AZURE_FEDERATED_TOKEN_FILE);
          const once = [...(except?.tools ?? []), ...(azapiReads && !inputs['keep-fresh'] ? ['azapi'] : [])];
          if (except) expect(job.run.stdout).toContain(except.says);
          if (once.includes('azapi')) expect(job.run.stdout).toMatch(/(azapi|Terraform) reads this ID token once/);
          const cannotBegin = except === packer ? 'packer' : undefined;
          const runs = terraformTools.map((tool) => ({ tool, run: terraform.start(tool, job.environment) }));
          for (const [index, api] of apis.entries()) {
            for (const { tool, run } of runs) {
              const before = job.emulator.clock.seconds();
              const token = await run.token(api).catch(String);
              if (once.includes(tool) && (index > 0 || cannotBegin === tool)) {
                expect([tool, token]).toEqual([tool, expect.stringMatching(/AADSTS700024|HTTP status 405/)]);
                continue;
              }
              expect(job.emulator.secrets(), `${tool}: ${token}`).toContain(token);
              expect([tool, decodeJwt(token)]).toMatchObject([tool, { appid: ids.app, tid: ids.tenant }]);
              // Made for this request: nothing that was read at the beginning is presented again. A file is a broker's.
              const isMade = !once.includes(tool) && !(tool === 'azapi' && azapiReads);
              if (isMade) expect(lastAssertion(job).iat, tool).toBeGreaterThanOrEqual(before);
            }
            job.emulator.clock.advance(seconds);
          }
          for (const { run } of runs) run.end();
        },
      );
    });

    it.concurrent.each([
      ['AzureUSGovernment', 'login.microsoftonline.us', 'api://AzureADTokenExchangeUSGov'],
      ['AzureChinaCloud', 'login.chinacloudapi.cn', 'api://AzureADTokenExchangeChina'],
    ] as const)('each is the step in %s', async (environment, host, audience) => {
      const setup = setupForAudience(audience);
      const inputs = { export: 'terraform', environment };
      await using job = await azureJob('GitHub Actions', { inputs, hosts: { [host]: 'entra' }, setup });
      expect(job.run.error).toBeUndefined();
      // A template of Packer's names its cloud itself.
      const tools = terraformTools.filter((tool) => tool !== 'packer');
      const found = await Promise.all(tools.map((tool) => whoIs(tool, job.environment)));
      expect(found).toEqual(tools.map((tool) => [tool, ids.app]));
      expect(new Set(job.asked)).toEqual(new Set([`${host}:443`]));
    });

    it('Packer, whose template says who it is, asks where github-id-token says in Azure Pipelines, and renews', async () => {
      const inputs = { export: 'github-id-token', 'keep-fresh': 'true' };
      await using job = await azureJob('Azure Pipelines', { inputs, lifetimeSeconds: 20 });
      expect(job.run.error).toBeUndefined();
      const template = {
        ARM_CLIENT_ID: ids.app,
        ARM_TENANT_ID: ids.tenant,
        ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: `${job.emulator.urls.entra}/`,
      };
      const packer = terraform.start('packer', { ...job.environment, ...template });
      for (const api of apis) {
        const before = job.emulator.clock.seconds();
        expect(decodeJwt(await packer.token(api))).toMatchObject({ appid: ids.app, tid: ids.tenant });
        expect(lastAssertion(job).iat).toBeGreaterThanOrEqual(before);
        job.emulator.clock.advance(5);
      }
      packer.end();
    });

    describe.each(['GitHub Actions', 'Azure Pipelines'] as const)('%s', (platform) => {
      const jobs = machines.flatMap((machine, number) => [
        { number, machine, keepFresh: 'false' },
        { number, machine, keepFresh: 'true' },
      ]);
      it.concurrent.each(jobs)(
        'each is the step on machine $number of terraform-shadows, keep-fresh: $keepFresh',
        async ({ machine, keepFresh }) => {
          const inputs = { export: 'terraform', 'keep-fresh': keepFresh };
          const left = Object.fromEntries(machine.map((name) => [name, elsewhere[name] ?? '']));
          await using job = await azureJob(platform, { inputs, machine: left, isMapped: true, hosts });
          expect(job.run.error).toBeUndefined();
          const isGitHub = platform === 'GitHub Actions';
          const tools = terraformTools.filter((tool) => tool !== 'packer' || keepFresh === 'true' || isGitHub);
          const found = await Promise.all(tools.map((tool) => whoIs(tool, job.environment)));
          expect(found).toEqual(tools.map((tool) => [tool, ids.app]));
          expect(new Set(job.asked)).toEqual(new Set(['login.microsoftonline.com:443']));
          const restored = (await job.step.cleanUp()).exported;
          const changed = machine.filter((name) => job.run.exported[name] !== undefined);
          // What is secret is put back as such, which a later script finds only where it is mapped.
          const plain = changed.filter((name) => isGitHub || restored[name] !== undefined);
          expect(Object.fromEntries(plain.map((name) => [name, restored[name]]))).toEqual(
            Object.fromEntries(plain.map((name) => [name, left[name]])),
          );
        },
      );
    });
  },
);

/** Who Entra says that a tool is. */
async function whoIs(tool: TerraformTool, environment: Variables) {
  const run = terraform.start(tool, environment);
  const token = await run.token('resource-manager').catch(String);
  run.end();
  return [tool, token.startsWith('eyJ') ? decodeJwt(token).appid : token];
}

/** What Entra was presented with last. */
function lastAssertion({ emulator }: AzureJob) {
  const request = emulator.requests.filter(({ service, method }) => service === 'entra' && method === 'POST').at(-1);
  return decodeJwt(new URLSearchParams(request?.body).get('client_assertion') ?? '');
}
