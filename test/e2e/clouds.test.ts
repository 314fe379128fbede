import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { gitHubStep } from '../harness/github-step.ts';
import { type Journey, mainJourneys } from '../harness/journeys.ts';
import type { Variables } from '../harness/process.ts';
import { startProxy } from '../harness/proxy.ts';
import { ids, pipelineJob, setupForAudience } from '../harness/setup.ts';
import { expectNoSecretShown } from './secrets.ts';

/** Source: Microsoft Learn, "National clouds" and "Workload identity federation"; go-azure-sdk, `environments`. */
const clouds = [
  {
    names: ['AzureCloud', 'azurecloud', 'AZURECLOUD'],
    host: 'login.microsoftonline.com',
    audience: 'api://AzureADTokenExchange',
    terraform: 'public',
    resources: ['https://management.azure.com', 'https://graph.microsoft.com', 'https://vault.azure.net'],
  },
  {
    names: ['AzureUSGovernment', 'azureusgovernment', 'AZUREUSGOVERNMENT'],
    host: 'login.microsoftonline.us',
    audience: 'api://AzureADTokenExchangeUSGov',
    terraform: 'usgovernment',
    resources: [
      'https://management.usgovcloudapi.net',
      'https://graph.microsoft.us',
      'https://vault.usgovcloudapi.net',
    ],
  },
  {
    names: ['AzureChinaCloud', 'azurechinacloud', 'AZURECHINACLOUD'],
    host: 'login.chinacloudapi.cn',
    audience: 'api://AzureADTokenExchangeChina',
    terraform: 'china',
    resources: [
      'https://management.chinacloudapi.cn',
      'https://microsoftgraph.chinacloudapi.cn',
      'https://vault.azure.cn',
    ],
  },
] as const;

/** Clouds that are known by their Entra alone. */
const sovereign = [
  { title: 'Bleu', host: 'login.sovcloud-identity.fr', audience: 'api://AzureADTokenExchangeFrance', given: undefined },
  {
    title: 'Delos',
    host: 'login.sovcloud-identity.de',
    audience: 'api://AzureADTokenExchangeGermany',
    given: undefined,
  },
  { title: 'GovSG', host: 'login.sovcloud-identity.sg', audience: 'api://of-govsg', given: 'api://of-govsg' },
] as const;

const journeys = mainJourneys.filter(({ cloud }) => cloud === 'Entra');

describe.each(journeys)('$title', (journey) => {
  const isGitHub = journey.platform === 'GitHub Actions';
  const cells = clouds.flatMap(({ names, ...cloud }) => names.map((environment) => ({ environment, ...cloud })));

  it.concurrent.each(cells)('$environment: its Entra, audience, resources and names', async (cell) => {
    const { environment, host, audience, terraform, resources } = cell;
    const exported = 'azure-sdk\nterraform';
    const resource = 'arm\ngraph\nkey-vault\nstorage';
    await using played = await play(journey, host, audience, { environment, resource, export: exported });
    const { run, asked, presented, emulator } = played;
    expect(run.error).toBeUndefined();
    expect(new Set(asked)).toEqual(new Set([`${host}:443`]));
    // The audience of a connection's token is not the caller's to choose.
    if (isGitHub) expect(presented()).toEqual([audience]);
    const tokens = emulator.requests.filter(({ service, method }) => service === 'entra' && method === 'POST');
    expect(new Set(tokens.map(({ body }) => new URLSearchParams(body).get('scope')))).toEqual(
      new Set([...resources, 'https://storage.azure.com'].map((one) => `${one}/.default`)),
    );
    const output = run.outputs['access-token'] ?? run.outputs.accessToken ?? '';
    expect(decodeJwt(output)).toMatchObject({ aud: resources[0], appid: ids.app });
    expect(run.exported).toMatchObject({ AZURE_AUTHORITY_HOST: `https://${host}/`, ARM_ENVIRONMENT: terraform });
    expect(run.exported).not.toHaveProperty('ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST');
    if (!isGitHub) return;
    // Providers ask for the public cloud's audience, unless the URL has one.
    const url = new URL(run.exported.ARM_OIDC_REQUEST_URL ?? 'https://none.example');
    expect(url.searchParams.get('audience')).toBe(terraform === 'public' ? null : audience);
  });

  it.concurrent.each(clouds)(
    '$terraform, kept fresh: later tools ask with its audience',
    async ({ names, host, audience }) => {
      const inputs = { environment: names[0], export: 'terraform', 'keep-fresh': 'true' };
      await using played = await play(journey, host, audience, inputs);
      expect(played.run.error).toBeUndefined();
      const { ARM_OIDC_REQUEST_URL: url = '', ARM_OIDC_REQUEST_TOKEN: bearer } = played.run.exported;
      const answer = await fetch(url, { headers: { authorization: `Bearer ${bearer}` } });
      const { value } = (await answer.json()) as { value: string };
      if (isGitHub) expect(decodeJwt(value).aud).toBe(audience);
      else expect(decodeJwt(value).iss).toBe(played.emulator.issuers.entra(ids.tenant));
    },
  );

  it.concurrent.each(sovereign)('$title by its Entra, with resources by URI', async ({ host, audience, given }) => {
    const inputs = { 'authority-host': `https://${host}`, resource: 'api://my-api', export: 'azure-sdk\nterraform' };
    const chosen = given && isGitHub ? { audience: given } : {};
    await using played = await play(journey, host, audience, { ...inputs, ...chosen });
    const { run, asked, presented } = played;
    expect(run.error).toBeUndefined();
    expect(new Set(asked)).toEqual(new Set([`${host}:443`]));
    if (isGitHub) expect(presented()).toEqual([audience]);
    const entra = `https://${host}/`;
    expect(run.exported).toMatchObject({ AZURE_AUTHORITY_HOST: entra, ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: entra });
    expect(run.stdout).toContain('unless ARM_METADATA_HOSTNAME names the host that has the metadata of your cloud');
  });

  it.concurrent.each(
    sovereign.flatMap((cloud) => ['azure-cli', 'azure-powershell'].map((tool) => ({ ...cloud, tool }))),
  )('$title: $tool, which would send tokens to the public cloud, is refused before any request', async (cell) => {
    const { host, audience, title, tool } = cell;
    const inputs = { 'authority-host': `https://${host}`, resource: 'api://my-api', export: tool };
    await using played = await play(journey, host, audience, { ...inputs, 'subscription-id': ids.subscription });
    expect(played.run.error).toContain(`names ${tool}, which has no cloud by the name of ${title}. [INPUT_INVALID]`);
    expect([...played.asked, ...played.emulator.requests]).toEqual([]);
  });
});

/** A job for which one host of the internet leads to the emulated Entra, whose application trusts an audience. */
async function play(journey: Journey, host: string, audience: string, given: Variables) {
  const emulator = await startEmulator({ tls: true, hostnames: [host], setup: setupForAudience(audience) });
  const proxy = await startProxy({ routes: { [`${host}:443`]: emulator.urls.entra } });
  const ca = join(mkdtempSync(join(tmpdir(), 'ca-')), 'ca.pem');
  writeFileSync(ca, emulator.ca ?? '');
  const trusted = { https_proxy: proxy.url, no_proxy: '127.0.0.1,localhost', NODE_EXTRA_CA_CERTS: ca };
  const isGitHub = journey.platform === 'GitHub Actions';
  const job = isGitHub
    ? emulator.startGitHubJob()
    : emulator.startAzurePipelinesJob({ ...pipelineJob, connections: ['azure'] });
  const camelCase = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const inputs = isGitHub
    ? { 'client-id': ids.app, 'tenant-id': ids.tenant, ...given }
    : Object.fromEntries(
        Object.entries({ 'azure-subscription': ids.newConnection, ...given }).map(([name, value]) => [
          camelCase(name),
          value,
        ]),
      );
  const environment = { ...job.environment, ...trusted };
  const step = isGitHub
    ? gitHubStep({ name: 'entra-token', inputs, environment })
    : azurePipelinesStep({ name: 'FedbridgeEntraToken', inputs, environment });
  const run = await step.run();
  expectNoSecretShown(run, emulator);
  return {
    run,
    emulator,
    asked: proxy.asked,
    presented: () => presentedTo(emulator),
    [Symbol.asyncDispose]: async () => {
      await step.cleanUp();
      await emulator.close();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

/** The audiences of the ID tokens that Entra was shown. */
function presentedTo({ requests }: Emulator): readonly unknown[] {
  const forms = requests.filter(({ service, method }) => service === 'entra' && method === 'POST');
  return [...new Set(forms.map(({ body }) => decodeJwt(new URLSearchParams(body).get('client_assertion') ?? '').aud))];
}
