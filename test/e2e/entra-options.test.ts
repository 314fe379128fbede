/**
 * Tests as well:
 * - packages/steps/src/entra/azure-cli.ts
 * - packages/steps/src/entra/azure-powershell.ts
 */

import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import type { Step } from '../harness/job.ts';
import { input, type Journey, mainJourneys, outside } from '../harness/journeys.ts';
import { shown } from '../harness/markdown.ts';
import type { Variables } from '../harness/process.ts';
import { ids, sharedSetup } from '../harness/setup.ts';
import { pathWith } from '../harness/stand-in-tools.ts';
import { expectNoSecretShown } from './secrets.ts';

interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Variables;
  readonly token?: string;
  /** Of PowerShell: what its script hands to Connect-AzAccount. */
  readonly connect?: { readonly parameters: Variables; readonly isProcessOnly: boolean };
}

const azureDevOps = '499b84ac-1321-427f-aa17-267ca6975798';
const subscription = { 'subscription-id': ids.subscription };

describe.each(mainJourneys.filter(({ cloud }) => cloud === 'Entra'))('$title', (journey) => {
  const isGitHub = journey.platform === 'GitHub Actions';
  const output = (name: string, of?: string) => {
    const own = isGitHub ? name : (Object.keys(input(journey, name, ''))[0] ?? '');
    return of === undefined ? own : `${of}${isGitHub ? '-' : '_'}${own}`;
  };

  describe('resource', () => {
    it.concurrent('takes several, asked for with one ID token, outputs by name', async () => {
      const { run, made, whoAmI } = await play(journey, { resource: 'graph\nmine = api://my-api\nkey-vault' });
      expect(run.error).toBeUndefined();
      expect(made.map(({ service }) => service)).toEqual([
        isGitHub ? 'github' : 'azureDevOps',
        'entra',
        'entra',
        'entra',
      ]);
      const audiences = {
        graph: 'https://graph.microsoft.com',
        mine: 'api://my-api',
        'key-vault': 'https://vault.azure.net',
      };
      for (const [name, aud] of Object.entries(audiences)) {
        expect(await whoAmI(run.outputs[output('access-token', name)])).toMatchObject({ aud, appid: ids.app });
        expect(run.outputs[output('expires-on', name)]).toMatch(/^\d{4}-/);
      }
      expect(run.outputs[output('access-token')]).toBe(run.outputs[output('access-token', 'graph')]);
      for (const name of [undefined, ...Object.keys(audiences)])
        expect(shown(run.summary)).toMatch(new RegExp(`output ${output('access-token', name)}\\b`));
    });

    it.concurrent.each([
      ['arm\narm', '"arm" comes twice'],
      ['arm\nARM = api://my-api', '"arm" and "ARM" are one name'],
      ['arm\napi://my-api', 'every resource after the first needs a name'],
      ['my-api', 'expected arm, graph, key-vault, storage, azure-devops, or the URI or GUID'],
      ['a b = api://x', 'expected arm'],
      ['x = my api', 'expected arm'],
    ])('%j is refused before any request', async (resource, message) => {
      const { run, made } = await play(journey, { resource });
      expect(run.error).toContain(message);
      expect(run.error).toMatch(/^Input "resource" is /);
      expect(made).toHaveLength(0);
    });
  });

  describe('export', () => {
    it.concurrent('azure-sdk and terraform find the identity, and nothing of it is left at the end', async () => {
      const { run, step, emulator } = await play(journey, { export: 'azure-sdk, terraform', ...subscription });
      expect(run.error).toBeUndefined();
      const file = run.exported.AZURE_FEDERATED_TOKEN_FILE ?? '';
      expect(run.exported).toEqual({
        AZURE_CLIENT_ID: ids.app,
        AZURE_TENANT_ID: ids.tenant,
        AZURE_SUBSCRIPTION_ID: ids.subscription,
        AZURE_AUTHORITY_HOST: `${emulator.urls.entra}/`,
        AZURE_FEDERATED_TOKEN_FILE: file,
        ARM_CLIENT_ID: ids.app,
        ARM_TENANT_ID: ids.tenant,
        ARM_SUBSCRIPTION_ID: ids.subscription,
        ARM_ENVIRONMENT: 'public',
        ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: `${emulator.urls.entra}/`,
        ARM_USE_OIDC: 'true',
        ARM_USE_MSI: 'false',
        ARM_USE_CLI: 'false',
        ARM_USE_AKS_WORKLOAD_IDENTITY: 'false',
        // GitHub gives ID tokens to every script; Azure Pipelines to those that are handed the job's own token.
        ...(isGitHub ? {} : { ARM_OIDC_TOKEN_FILE_PATH: file }),
      });
      if (!isGitHub) expect(run.stdout).toContain('map SYSTEM_ACCESSTOKEN: $(System.AccessToken)');
      expect(emulator.secrets()).toContain(readFileSync(file, 'utf8'));
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const { exported } = await step.cleanUp();
      expect(new Set(Object.values(exported))).toEqual(new Set(['']));
      expect(step.files()).toEqual([]);
    });

    it.concurrent('terraform alone writes no token where it can ask for one', async () => {
      const environment = isGitHub ? {} : { SYSTEM_ACCESSTOKEN: 'mapped' };
      const { run, step, emulator } = await play(journey, { export: 'terraform' }, { environment });
      expect(run.error).toBeUndefined();
      expect(step.files().filter((file) => file.endsWith('id-token'))).toEqual([]);
      expect(run.exported).not.toHaveProperty('ARM_OIDC_TOKEN_FILE_PATH');
      if (isGitHub) return expect(run.exported).not.toHaveProperty('ARM_OIDC_REQUEST_URL');
      expect(run.exported).toMatchObject({
        ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: ids.newConnection,
        ARM_OIDC_AZURE_SERVICE_CONNECTION_ID: ids.newConnection,
      });
      expect(run.exported.ARM_OIDC_REQUEST_URL?.startsWith(emulator.urls.azureDevOps)).toBe(true);
    });

    it.concurrent("terraform asks for tokens with the audience that the step's have", async () => {
      const { run } = await play(journey, { export: 'terraform', environment: 'AzureUSGovernment' });
      // The emulated Entra trusts the public cloud's audience alone.
      if (isGitHub) return expect(run.error).toContain('AADSTS700212');
      expect(run.exported.ARM_ENVIRONMENT).toBe('usgovernment');
    });

    it.concurrent('what would come before it is emptied, told, and put back', async () => {
      const environment = {
        AZURE_CLIENT_SECRET: 'of somebody else',
        AZURE_FEDERATED_TOKEN_FILE: '/var/run/secrets/token',
        ARM_CLIENT_SECRET: 'of somebody else',
        ARM_USE_MSI: 'true',
        ARM_OIDC_TOKEN: 'of somebody else',
      };
      const { run, step } = await play(journey, { export: 'azure-sdk, terraform' }, { environment });
      expect(run.exported).toMatchObject({
        AZURE_CLIENT_SECRET: '',
        AZURE_TOKEN_CREDENTIALS: 'WorkloadIdentityCredential',
        ARM_CLIENT_SECRET: '',
        ARM_OIDC_TOKEN: '',
        ARM_USE_MSI: 'false',
      });
      expect(run.stdout).toContain(
        'tools would take it in place of this identity: ARM_CLIENT_SECRET, ARM_OIDC_TOKEN, AZURE_CLIENT_SECRET.',
      );
      expect((await step.cleanUp()).exported).toMatchObject({ ...environment, AZURE_TOKEN_CREDENTIALS: '' });
    });

    if (!isGitHub) {
      it.concurrent('azure-sdk tells the service connection as AzureCLI@2 does', async () => {
        const { run } = await play(journey, { export: 'azure-sdk' });
        expect(run.exported).toMatchObject({
          AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: ids.newConnection,
          AZURESUBSCRIPTION_CLIENT_ID: ids.app,
          AZURESUBSCRIPTION_TENANT_ID: ids.tenant,
        });
      });
    }

    it.concurrent('puts variables back to what they were', async () => {
      const environment = { ARM_CLIENT_ID: 'mine', AZURE_CLIENT_ID: 'mine too' };
      const { step } = await play(journey, { export: 'azure-sdk\nterraform' }, { environment });
      expect((await step.cleanUp()).exported).toMatchObject(environment);
    });

    it.concurrent('azure-devops gives a token for Azure DevOps, secretly', async () => {
      const { run, made, whoAmI } = await play(journey, { export: 'azure-devops' });
      expect(run.error).toBeUndefined();
      expect(made).toHaveLength(3);
      const line = run.stdout.split('\n').find((text) => text.includes('AZURE_DEVOPS_EXT_PAT;')) ?? '';
      if (!isGitHub) expect(line).toContain('issecret=true');
      const token = isGitHub ? run.exported.AZURE_DEVOPS_EXT_PAT : line.slice(line.indexOf(']') + 1);
      expect(await whoAmI(token)).toMatchObject({ aud: azureDevOps });
      expect(run.masked).toContain(token);
    });

    it.concurrent('azure-devops asks for no second token of the same resource', async () => {
      const { made } = await play(journey, { export: 'azure-devops', resource: 'azure-devops' });
      expect(made).toHaveLength(2);
    });

    it.concurrent('azure-cli logs az in, in a folder of this job, the token in a file and never an argument', async () => {
      const { run, step, calls, emulator } = await play(
        journey,
        { export: 'azure-cli', ...subscription },
        { tools: ['az'] },
      );
      expect(run.error).toBeUndefined();
      const login = calls().find(({ args }) => args[0] === 'login');
      const at = (name: string) => login?.args[login.args.indexOf(name) + 1];
      expect([at('--username'), at('--tenant')]).toEqual([ids.app, ids.tenant]);
      expect(login?.args).toContain('--service-principal');
      expect(login?.args).not.toContain('--allow-no-subscriptions');
      expect(emulator.secrets()).toContain(login?.token);
      expect(calls().map(({ args }) => args.slice(0, 2).join(' '))).toContain('account set');
      expect(new Set(calls().map(({ environment }) => environment.AZURE_CONFIG_DIR))).toEqual(
        new Set([run.exported.AZURE_CONFIG_DIR]),
      );
      expect(statSync(run.exported.AZURE_CONFIG_DIR ?? '').mode & 0o777).toBe(0o700);
      expect(run.exported.AZURE_EXTENSION_DIR).toBe(join(step.home, '.azure', 'cliextensions'));
      await step.cleanUp();
      expect(calls().at(-1)?.args.slice(0, 3)).toEqual(['logout', '--username', ids.app]);
      const before = calls().length;
      expect(step.files()).toEqual([]);
      expectNoSecretInArguments(calls(), emulator);
      await step.cleanUp();
      expect(
        calls()
          .slice(before)
          .every(({ args }) => args[0] === 'logout'),
      ).toBe(true);
    });

    it.concurrent('azure-cli knows the cloud and its authority', async () => {
      const { calls } = await play(
        journey,
        {
          export: 'azure-cli',
          environment: 'azureusgovernment',
          audience: isGitHub ? 'api://AzureADTokenExchange' : '',
          ...subscription,
        },
        { tools: ['az'] },
      );
      const steps = calls().map(({ args }) => args.join(' '));
      expect(steps[0]).toContain('cloud show --name AzureUSGovernment');
      expect(steps[1]).toMatch(/^cloud register --name Fedbridge --cloud-config @/);
      expect(steps[2]).toContain('cloud set --name Fedbridge');
    });

    it.concurrent('azure-cli takes a tenant without subscriptions when it is allowed', async () => {
      const environment = isGitHub ? {} : { [`ENDPOINT_DATA_${ids.newConnection}_SUBSCRIPTIONID`]: '' };
      const refused = await play(journey, { export: 'azure-cli' }, { tools: ['az'], environment: environment });
      expect(refused.run.error).toMatch(/^Input "subscription-?[iI]d" is required for azure-cli\. \[INPUT_MISSING\]/);
      expect(refused.made).toHaveLength(0);
      const { run, calls } = await play(
        journey,
        { export: 'azure-cli', 'allow-no-subscriptions': 'true' },
        { tools: ['az'], environment },
      );
      expect(run.error).toBeUndefined();
      expect(calls().find(({ args }) => args[0] === 'login')?.args).toContain('--allow-no-subscriptions');
    });

    it.concurrent('azure-powershell leaves a script that connects the PowerShell which runs it', async () => {
      const { run, step, calls, emulator } = await play(
        journey,
        { export: 'azure-powershell', ...subscription },
        { tools: ['pwsh'] },
      );
      expect(run.error).toBeUndefined();
      const [call] = calls();
      const script = run.exported.FEDBRIDGE_AZURE_POWERSHELL ?? '';
      expect(call?.args).toEqual(['-NoProfile', '-NonInteractive', '-File', script]);
      expect(call?.connect).toEqual({
        parameters: {
          Scope: 'Process',
          Environment: 'AzureCloud',
          Tenant: ids.tenant,
          Subscription: ids.subscription,
          ServicePrincipal: 'true',
          ApplicationId: ids.app,
        },
        tokenFile: expect.any(String),
        isProcessOnly: true,
      });
      expect(emulator.secrets()).toContain(call?.token);
      expect(statSync(script).mode & 0o777).toBe(0o600);
      expectNoSecretInArguments(calls(), emulator);
      for (const secret of emulator.secrets()) expect(readFileSync(script, 'utf8')).not.toContain(secret);
      await step.cleanUp();
      expect(calls()).toHaveLength(1);
      expect(step.files()).toEqual([]);
    });

    it.concurrent('two jobs of one user are each its own, whichever ends first, and leave nothing in their home', async () => {
      const home = mkdtempSync(join(tmpdir(), 'home-'));
      const emulator = await startEmulator({ setup: sharedSetup });
      const all = input(journey, 'export', 'azure-sdk\nterraform\nazure-cli\nazure-powershell');
      const start = () =>
        journey.start(emulator, {
          home,
          inputs: { ...all, ...input(journey, 'subscription-id', ids.subscription) },
          environment: { PATH: pathWith(['az', 'pwsh']) },
        });
      const [first, second] = [start(), start()];
      const [one, two] = await Promise.all([first.run(), second.run()]);
      expect([one.error, two.error]).toEqual([undefined, undefined]);
      const paths = ({ exported }: typeof one) => [
        exported.AZURE_CONFIG_DIR ?? '',
        exported.AZURE_FEDERATED_TOKEN_FILE ?? '',
        exported.FEDBRIDGE_AZURE_POWERSHELL ?? '',
      ];
      expect(new Set([...paths(one), ...paths(two)]).size).toBe(6);
      // Each knows its own folder alone, and no step writes outside it: so no order of theirs can matter.
      expect(readdirSync(home)).toEqual(['calls.jsonl']);
      await first.cleanUp();
      expect(paths(one).filter((path) => existsSync(path))).toEqual([]);
      expect(paths(two).every((path) => existsSync(path))).toBe(true);
      await second.cleanUp();
      expect([...first.files(), ...second.files(), ...readdirSync(home)]).toEqual(['calls.jsonl']);
      await emulator.close();
    });

    it.concurrent.each([
      ['azure-cli', 'az', 'login'],
      ['azure-powershell', 'pwsh', '-NoProfile'],
    ])('%s that fails leaves nothing, and its output is told without secrets', async (name, tool, fails) => {
      const { run, step } = await play(
        journey,
        { export: `azure-sdk\n${name}`, ...subscription },
        { tools: [tool], environment: { STAND_IN_FAILS: fails } },
      );
      expect(run.error).toContain('could not be logged in. [DELIVERY_FAILED]');
      expect(run.error).toContain('exit code 1: ERROR: cannot use ***');
      expect({ ...run.outputs, ...run.exported }).toEqual({});
      // What the tool does not take back is tried again at the end of the job.
      await step.cleanUp();
      expect(step.files()).toEqual([]);
    });

    it.concurrent.each(['azure-cli', 'azure-powershell'])(
      '%s on a machine without it fails before any request',
      async (name) => {
        const { run, made } = await play(journey, { export: name, ...subscription });
        expect(run.error).toMatch(/names azure-(cli|powershell), and there is no "(az|pwsh)"/);
        expect(made).toHaveLength(0);
      },
    );

    it.concurrent.each(['azure', 'azure-sdk terraform', 'azure-sdk\nAZ'])(
      '%j is refused before any request',
      async (value) => {
        const { run, made } = await play(journey, { export: value });
        expect(run.error).toContain('is not among azure-sdk, terraform, azure-devops, azure-cli, azure-powershell');
        expect(run.error).toMatch(/^Input "export" is /);
        expect(made).toHaveLength(0);
      },
    );
  });

  it.concurrent.each([
    ['client-id', 'deploy', 'expected the client id'],
    ['tenant-id', 'not a tenant', 'expected a tenant by its GUID or by a domain'],
    ['subscription-id', 'prod', 'expected the id of a subscription'],
    ['environment', 'AzureGermany', 'expected azurecloud, azureusgovernment, azurechinacloud'],
    ['authority-host', 'http://login.example.com', 'which is not HTTPS'],
    ['allow-no-subscriptions', 'yes', 'expected true or false'],
  ])('%s: %s is refused before any request', async (name, value, message) => {
    const { run, made } = await play(journey, { [name]: value });
    expect(run.error).toContain(message);
    expect(run.error).toMatch(/^Input "[\w-]+" is "/);
    expect(made).toHaveLength(0);
  });

  it.concurrent('a tenant by its domain', async () => {
    const { run } = await play(journey, { 'tenant-id': ids.domain });
    expect(run.error).toBeUndefined();
  });

  if (!isGitHub) {
    it.concurrent('the outputs that users of addSpnToEnvironment know are there', async () => {
      const { run, emulator } = await play(journey, {});
      expect(run.outputs).toMatchObject({ servicePrincipalId: ids.app, tenantId: ids.tenant });
      expect(emulator.secrets()).toContain(run.outputs.idToken);
    });
  }
});

describe.each(mainJourneys.filter(({ cloud }) => cloud === 'Entra'))("$title as a machine's identity", (journey) => {
  const managed = {
    identity: 'managed-identity',
    'allow-no-subscriptions': 'true',
    'tenant-id': '',
    'authority-host': '',
  };
  async function playMachine(given: Variables, variables: Variables = {}) {
    const emulator = await startEmulator({ setup: sharedSetup });
    const { environment } = await emulator.startMachine({ systemAssigned: ids.machine, userAssigned: [ids.assigned] });
    // Neither a service connection nor a client id of the usual job.
    const connection = journey.platform === 'GitHub Actions' ? {} : { azureSubscription: '' };
    const inputs = Object.assign(
      connection,
      ...Object.entries({ ...managed, 'client-id': '', ...given }).map(([name, value]) => input(journey, name, value)),
    );
    const path = { PATH: pathWith(['az', 'pwsh']) };
    const step = journey.start(emulator, { inputs, environment: { ...environment, ...path, ...variables } });
    const run = await step.run();
    expectNoSecretShown(run, emulator);
    return { run, step, emulator, calls: () => callsOf(step) };
  }
  const loginOf = (calls: readonly Call[]) => calls.find(({ args }) => args[0] === 'login')?.args.join(' ');

  it.concurrent.each([
    // The machine tells whose token it gave.
    ['', ids.machine],
    [ids.assigned, ids.assigned],
  ])('client id %j logs the tools in', async (clientId, who) => {
    const { run, step, calls } = await playMachine({ 'client-id': clientId, export: 'azure-cli\nazure-powershell' });
    expect(run.error).toBeUndefined();
    expect(loginOf(calls())).toContain(`login --identity --client-id ${who} --allow-no-subscriptions`);
    expect(calls().find(({ connect }) => connect)?.connect?.parameters).toEqual({
      Scope: 'Process',
      Environment: 'AzureCloud',
      Identity: 'true',
      AccountId: who,
    });
    await step.cleanUp();
    expect(calls().some(({ args }) => args.join(' ') === 'logout')).toBe(true);
    expect(step.files()).toEqual([]);
  });

  it.concurrent('that is kept fresh leads the tools to the broker', async () => {
    const { run, step, calls } = await playMachine({ export: 'azure-cli\nazure-powershell', 'keep-fresh': 'true' });
    expect(run.error).toBeUndefined();
    const login = calls().find(({ args }) => args[0] === 'login');
    expect(login?.args).not.toContain('--client-id');
    expect(login?.environment.IDENTITY_ENDPOINT).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/msi\/token$/);
    const pwsh = calls().find(({ connect }) => connect);
    expect(pwsh?.connect?.parameters).toEqual({ Scope: 'Process', Environment: 'AzureCloud', Identity: 'true' });
    expect(pwsh?.environment.IDENTITY_HEADER).toBe(login?.environment.IDENTITY_HEADER);
    await step.cleanUp();
    expect(step.files()).toEqual([]);
  });

  it.concurrent('in another cloud, with a folder of extensions of its own, and an az that cannot log out', async () => {
    const { run, step, calls } = await playMachine(
      { export: 'azure-cli', environment: 'azureusgovernment' },
      { AZURE_EXTENSION_DIR: '/extensions', STAND_IN_FAILS: 'logout' },
    );
    expect(run.error).toBeUndefined();
    expect(calls()[0]?.args.join(' ')).toContain('cloud set --name AzureUSGovernment');
    expect(run.exported).not.toHaveProperty('AZURE_EXTENSION_DIR');
    const { exitCode, stdout } = await step.cleanUp();
    expect({ exitCode, isWarned: /warning/.test(stdout) }).toEqual({ exitCode: 0, isWarned: false });
    expect(step.files()).toEqual([]);
  });

  it.concurrent('a tool that does not end is ended when time is up', async () => {
    const { run, step } = await playMachine(
      { export: 'azure-cli', 'action-timeout-s': '3' },
      { STAND_IN_HANGS: 'login' },
    );
    expect(run.error).toContain('It was stopped: out of time.');
    expect(step.files()).toEqual([]);
  });
});

interface Machine {
  readonly environment?: Variables;
  readonly tools?: readonly string[];
}

async function play(journey: Journey, given: Variables, { environment, tools = [] }: Machine = {}) {
  const emulator = await startEmulator({ setup: sharedSetup });
  const inputs = Object.assign({}, ...Object.entries(given).map(([name, value]) => input(journey, name, value)));
  const step = journey.start(emulator, { inputs, environment: { ...environment, PATH: pathWith(tools) } });
  const run = await step.run();
  expectNoSecretShown(run, emulator);
  const calls = () => callsOf(step);
  const whoAmI = async (token = '') =>
    (await fetch(`${emulator.urls.resources}/whoami`, { headers: { authorization: `Bearer ${token}` } })).json();
  return { run, step, emulator, made: outside(emulator.requests), calls, whoAmI };
}

/** How stand-ins were called. */
function callsOf(step: Step): Call[] {
  return readFileSync(join(step.home, 'calls.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** A path with these stand-ins and nothing else but what runs them. */
function expectNoSecretInArguments(calls: readonly Call[], emulator: Emulator): void {
  const text = calls.map(({ args }) => args.join(' ')).join('\n');
  for (const secret of emulator.secrets()) expect(text).not.toContain(secret);
}
