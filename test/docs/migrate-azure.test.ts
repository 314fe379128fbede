import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { describe, expect } from 'vitest';
import { type Journey, mainJourneys, useCredential } from '../harness/journeys.ts';
import { type Play, play, tryAll, tryProxy, tryRows } from '../harness/migration-trials.ts';
import type { Variables } from '../harness/process.ts';
import { ids } from '../harness/setup.ts';
import { pathWith } from '../harness/stand-in-tools.ts';

const [gitHub, azurePipelines] = mainJourneys.filter(({ cloud }) => cloud === 'Entra') as [Journey, Journey];
const subscription = { 'subscription-id': ids.subscription };
const id = ids.newConnection;

/** On a machine that has these tools. */
const given = (journey: Journey, inputs: Variables, tools: readonly string[], environment: Variables = {}) =>
  play(journey, { inputs, environment: { PATH: pathWith(tools), ...environment } });

/** How the tools were called. */
function calls({ step }: Play): { program: string; args: string[]; token?: string; environment: Variables }[] {
  const file = join(step.home, 'calls.jsonl');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return lines.map((line) => JSON.parse(line));
}

async function expectTokenInFileAlone(done: Play): Promise<void> {
  expect(done.run.error).toBeUndefined();
  const all = calls(done);
  const login = all.find(({ args }) => args[0] === 'login');
  expect(done.emulator.secrets()).toContain(login?.token);
  const words = all.flatMap(({ args }) => args).join('\n');
  for (const secret of done.emulator.secrets()) expect(words).not.toContain(secret);
  const file = login?.args.find((word) => word.startsWith('@'))?.slice(1) ?? '';
  expect(statSync(file).mode & 0o777).toBe(0o600);
}

/** What the agent hands over with a connection. */
const connection = (scheme: string, parameters: Variables) => ({
  [`ENDPOINT_AUTH_${id}`]: JSON.stringify({ scheme, parameters }),
});

describe('what the page azure-login says', () =>
  tryAll('azure-login', {
    '`az` is logged in with `export: azure-cli` alone': async () => {
      await using done = await given(gitHub, {}, []);
      expect(done.run.error).toBeUndefined();
      const who = await useCredential(gitHub, done.step, done.run, done.emulator);
      expect(who).toBe(`${ids.app} of tenant ${ids.tenant}`);
    },
    'The ID token is never on a command line': async () => {
      await using done = await given(gitHub, { export: 'azure-cli', ...subscription }, ['az']);
      await expectTokenInFileAlone(done);
    },
    '`az` is logged in in a configuration folder of this job': async () => {
      await using done = await given(gitHub, { export: 'azure-cli', ...subscription }, ['az']);
      const { AZURE_CONFIG_DIR = '', AZURE_EXTENSION_DIR } = done.run.exported;
      expect(AZURE_CONFIG_DIR.startsWith(done.step.tempDirectory)).toBe(true);
      expect(AZURE_EXTENSION_DIR).toBe(join(done.step.home, '.azure', 'cliextensions'));
      await done.step.cleanUp();
      expect(calls(done).at(-1)?.args.slice(0, 3)).toEqual(['logout', '--username', ids.app]);
      expect(existsSync(AZURE_CONFIG_DIR)).toBe(false);
    },
    'Azure PowerShell is connected by each script itself': async () => {
      await using done = await given(gitHub, { export: 'azure-powershell', ...subscription }, ['pwsh']);
      expect(existsSync(done.run.exported.FEDBRIDGE_AZURE_POWERSHELL ?? '')).toBe(true);
      // The stand-in would write there what the user's other sessions find.
      const left = readdirSync(done.step.home).filter((name) => /^\.(Azure|IdentityService)/.test(name));
      expect([calls(done).length, left]).toEqual([1, []]);
    },
    'A boolean is `true` or `false`': async () => {
      await using done = await given(gitHub, { 'allow-no-subscriptions': 'yes' }, []);
      expect(done.run.error).toContain('expected true or false. [INPUT_INVALID]');
    },
    '`client-id`, `tenant-id` and `subscription-id` are no secrets': async () => {
      await using done = await given(gitHub, subscription, []);
      for (const one of [ids.app, ids.tenant, ids.subscription]) expect(done.run.masked).not.toContain(one);
      expect(done.run.outputs['client-id']).toBe(ids.app);
    },
    'Jobs that outlive the ID token need': async () => {
      const inputs = { export: 'azure-cli, terraform', 'keep-fresh': 'true', ...subscription };
      await using done = await given(gitHub, inputs, ['az']);
      expect(done.run.error).toBeUndefined();
      expect(calls(done).find(({ args }) => args[0] === 'login')?.args).toContain('--identity');
      expect(done.run.exported.ARM_OIDC_REQUEST_URL).toMatch(/^http:\/\/127\.0\.0\.1:/);
      await done.step.cleanUp();
    },
  }));

describe('what the page azure-login says of inputs', () =>
  tryRows(
    'azure-login',
    {
      'tenant-id': async () => {
        await using done = await given(gitHub, { 'tenant-id': ids.domain }, []);
        expect(done.run.error).toBeUndefined();
      },
      'subscription-id': async () => {
        await using done = await given(gitHub, { 'subscription-id': 'Production' }, []);
        expect(done.run.error).toContain('[INPUT_INVALID]');
      },
      environment: async () => {
        for (const environment of ['azurestack', 'azuregermancloud']) {
          await using done = await given(gitHub, { environment }, []);
          expect(done.run.error).toContain('expected azurecloud, azureusgovernment, azurechinacloud. [INPUT_INVALID]');
        }
      },
      audience: async () => {
        await using done = await given(gitHub, { environment: 'azureusgovernment' }, []);
        const sent = done.made.find(({ service }) => service === 'entra')?.form.get('client_assertion') ?? '';
        expect(decodeJwt(sent).aud).toBe('api://AzureADTokenExchangeUSGov');
      },
    },
    [],
  ));

describe('what the page azure-cli-task says of inputs', () =>
  tryRows(
    'azure-cli-task',
    {
      azureDevOpsServiceConnection: async () => {
        const inputs = { azureSubscription: '', azureDevOpsServiceConnection: id, export: 'azure-devops' };
        await using done = await given(azurePipelines, inputs, []);
        expect(done.emulator.secrets()).toContain(done.run.secretVariables.AZURE_DEVOPS_EXT_PAT);
      },
    },
    [],
  ));

describe('what the page azure-cli-task says', () =>
  tryAll('azure-cli-task', {
    'The login is there for all later steps': async () => {
      await using done = await given(azurePipelines, { export: 'azure-cli' }, ['az']);
      const { AZURE_CONFIG_DIR = '' } = done.run.exported;
      expect(existsSync(AZURE_CONFIG_DIR)).toBe(true);
      await done.step.cleanUp();
      expect(calls(done).at(-1)?.args[0]).toBe('logout');
      expect(existsSync(AZURE_CONFIG_DIR)).toBe(false);
    },
    'A service connection with a secret or a certificate': async () => {
      for (const parameters of [
        { serviceprincipalkey: 'k' },
        { authenticationType: 'spnCertificate' },
      ] as Variables[]) {
        const owned = connection('ServicePrincipal', {
          serviceprincipalid: ids.app,
          tenantid: ids.tenant,
          ...parameters,
        });
        await using done = await given(azurePipelines, {}, [], owned);
        expect(done.run.error).toContain('[CONNECTION_NOT_FEDERATED]');
        expect(done.run.error).toContain("Convert it in the project's settings");
      }
    },
    'A service connection for a managed identity': async () => {
      await using done = await given(azurePipelines, {}, [], connection('ManagedServiceIdentity', {}));
      expect(done.run.error).toContain('leave the connection out, and set identity: managed-identity');
    },
    'The ID token is never on a command line': async () => {
      await using done = await given(azurePipelines, { export: 'azure-cli' }, ['az']);
      await expectTokenInFileAlone(done);
    },
    'A connection without a subscription': async () => {
      const owned = { [`ENDPOINT_DATA_${id}_SUBSCRIPTIONID`]: '' };
      await using denied = await given(azurePipelines, { export: 'azure-cli' }, ['az'], owned);
      expect(denied.run.error).toContain('For a tenant without subscriptions, set "allowNoSubscriptions".');
      const inputs = { export: 'azure-cli', allowNoSubscriptions: 'true' };
      await using done = await given(azurePipelines, inputs, ['az'], owned);
      expect(done.run.error).toBeUndefined();
    },
    '`AZURESUBSCRIPTION_SERVICE_CONNECTION_ID`': async () => {
      await using done = await given(azurePipelines, { export: 'azure-sdk' }, []);
      expect(done.run.exported).toMatchObject({
        AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: id,
        AZURESUBSCRIPTION_CLIENT_ID: ids.app,
        AZURESUBSCRIPTION_TENANT_ID: ids.tenant,
      });
    },
    'A proxy that the agent was configured with': () => tryProxy(azurePipelines, 'authorityHost'),
    'The summary of the run warns': async () => {
      const inputs = { azureSubscription: ids.oldConnection };
      await using done = await play(azurePipelines, { inputs, job: { connections: ['azure-old'] } });
      expect(done.run.summary).toContain('uses the Azure DevOps issuer, which stops on 2027-07-01');
    },
  }));
