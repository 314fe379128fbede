import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canWriteArcKeys, type Emulator, objectIdOf, type StartedPod, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { gitHubStep } from '../harness/github-step.ts';
import type { Step } from '../harness/job.ts';
import type { Variables } from '../harness/process.ts';
import { apiUri, assignedResourceId, ids, pod, region, role, sharedSetup, subjects } from '../harness/setup.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
});
afterAll(() => emulator.close());
let mark = 0;
beforeEach(() => {
  mark = emulator.requests.length;
});

/** What left the step since the test began: service and path. */
const requests = () => emulator.requests.slice(mark).flatMap(({ internal, service }) => (internal ? [] : [service]));

const noPermission = () => emulator.startGitHubJob({ idTokenPermission: false }).environment;
/** A job of Azure Pipelines whose own token is not there, as in some classic releases. */
function noJobToken(): Variables {
  const { environment } = emulator.startAzurePipelinesJob({
    organization: 'contoso',
    project: 'web',
    pipeline: 'release',
  });
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/SystemVssConnection/i.test(name)));
}

type Inputs = Readonly<Record<string, string>>;
const platforms = [
  {
    platform: 'GitHub Actions',
    job: noPermission,
    aws: (inputs: Inputs, environment: Variables) =>
      gitHubStep({
        name: 'aws-credentials',
        inputs: { 'role-to-assume': role, 'aws-region': region, 'sts-endpoint': emulator.urls.sts, ...inputs },
        environment,
      }),
    entra: (inputs: Inputs, environment: Variables) => gitHubStep({ name: 'entra-token', inputs, environment }),
    idToken: (inputs: Inputs, environment: Variables) => gitHubStep({ name: 'id-token', inputs, environment }),
  },
  {
    platform: 'Azure Pipelines',
    job: noJobToken,
    aws: (inputs: Inputs, environment: Variables) =>
      azurePipelinesStep({
        name: 'FedbridgeAwsCredentials',
        inputs: { roleToAssume: role, awsRegion: region, stsEndpoint: emulator.urls.sts, ...camel(inputs) },
        environment,
      }),
    entra: (inputs: Inputs, environment: Variables) =>
      azurePipelinesStep({ name: 'FedbridgeEntraToken', inputs: camel(inputs), environment }),
    idToken: (inputs: Inputs, environment: Variables) =>
      azurePipelinesStep({ name: 'FedbridgeIdToken', inputs: camel(inputs), environment }),
  },
] as const;

function camel(inputs: Inputs): Record<string, string> {
  const name = (text: string) => text.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [name(key), value]));
}

async function whoIs(accessToken = ''): Promise<unknown> {
  const answer = await fetch(`${emulator.urls.resources}/whoami`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return ((await answer.json()) as { appid: string }).appid;
}
const accessToken = ({ outputs }: Awaited<ReturnType<Step['run']>>) => outputs['access-token'] ?? outputs.accessToken;

describe.each(platforms)('$platform: a pod with a projected token', ({ job, aws, entra, idToken }) => {
  let started: StartedPod;
  const azure = { clientId: ids.app, tenantId: ids.tenant };
  beforeAll(async () => {
    started = await emulator.startPod({ ...pod, azure });
  });

  it.concurrent('gets Entra tokens as the service account, with what the webhook sets, in one request', async () => {
    const run = await entra({}, { ...job(), ...started.environment }).run();
    expect(run.error).toBeUndefined();
    expect(run.visible).toMatch(
      /Identity: kubernetes, since \S+ gives this job no ID token and AZURE_FEDERATED_TOKEN_FILE is set\./,
    );
    expect(run.visible).toContain(subjects.pod);
    expect(await whoIs(accessToken(run))).toBe(ids.app);
    expect(run.masked).toContain(readFileSync(started.tokenFile, 'utf8'));
  });

  it('gets AWS credentials with the file whose token is for AWS, though another is named first', async () => {
    await using other = await emulator.startPod({ ...pod, audience: 'sts.amazonaws.com', aws: { roleArn: role } });
    const run = await aws({}, { ...job(), ...started.environment, ...other.environment }).run();
    expect(run.error).toBeUndefined();
    expect(run.outputs['aws-account-id'] ?? run.outputs.awsAccountId).toBe(ids.account);
    expect(requests()).toEqual(['sts']);
  });

  it('reads the file anew each time', async () => {
    const own = await emulator.startPod({ ...pod, azure });
    const step = idToken({ identity: 'kubernetes' }, { ...job(), ...own.environment });
    const first = (await step.run()).outputs;
    await own.rotate();
    const second = (await step.run()).outputs;
    expect(first['id-token'] ?? first.idToken).not.toBe(second['id-token'] ?? second.idToken);
    await own.stop();
    const gone = await step.run();
    expect(gone.error).toContain('cannot be read: ENOENT. [ID_TOKEN_UNAVAILABLE]');
  });

  it('shows later clients the file itself, in which they find a token over several of its lifetimes', async () => {
    const own = await emulator.startPod({ ...pod, azure });
    const step = entra({ export: 'azure-sdk' }, { ...job(), ...own.environment });
    const run = await step.run();
    expect(run.error).toBeUndefined();
    const path = run.exported.AZURE_FEDERATED_TOKEN_FILE ?? '';
    expect(path).toBe(own.tokenFile);
    const seen = new Set([readFileSync(path, 'utf8')]);
    for (let lifetimes = 1; lifetimes <= 3; lifetimes += 1) {
      await own.rotate();
      const assertion = readFileSync(path, 'utf8');
      seen.add(assertion);
      expect(seen.size).toBe(lifetimes + 1);
      const form = {
        grant_type: 'client_credentials',
        client_id: ids.app,
        scope: 'https://graph.microsoft.com/.default',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      };
      const url = `${emulator.urls.entra}/${ids.tenant}/oauth2/v2.0/token`;
      const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
      expect(answer.status).toBe(200);
    }
    await step.cleanUp();
    expect(readFileSync(own.tokenFile, 'utf8')).not.toBe('');
    await own.stop();
  });

  it('does not send a token that is for another', async () => {
    await using cluster = await emulator.startPod({ ...pod, audience: 'https://kubernetes.default.svc', azure });
    const run = await entra({ identity: 'kubernetes' }, { ...job(), ...cluster.environment }).run();
    expect(run.error).toContain('No token file has a token for api://AzureADTokenExchange. [ID_TOKEN_AUDIENCE]');
    expect(requests()).toEqual([]);
  });

  it.each([
    ['is not a token', 'not a token', 'ID_TOKEN_MALFORMED'],
    ['is empty', '', 'ID_TOKEN_MALFORMED'],
    ['is far too long', 'a'.repeat(70_000), 'ID_TOKEN_MALFORMED'],
  ])('a file that %s is refused, and not shown', async (_title, text, code) => {
    const step = entra({ identity: 'kubernetes' }, {});
    const file = join(step.home, 'token');
    writeFileSync(file, text);
    const environment = { ...job(), ...started.environment, AZURE_FEDERATED_TOKEN_FILE: file };
    const run = await entra({ identity: 'kubernetes' }, environment).run();
    expect(run.error).toContain(`[${code}]`);
    if (text) expect(run.visible).not.toContain(text);
    expect(requests()).toEqual([]);
  });

  it('keeps an access token fresh from the file', async () => {
    const step = entra({ 'keep-fresh': 'true', export: 'azure-sdk' }, { ...job(), ...started.environment });
    const run = await step.run();
    expect(run.error).toBeUndefined();
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER = '', AZURE_FEDERATED_TOKEN_FILE = '' } = run.exported;
    const url = `${IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=https://vault.azure.net`;
    const answer = await fetch(url, { headers: { 'x-identity-header': IDENTITY_HEADER } });
    expect(answer.status).toBe(200);
    expect(readFileSync(AZURE_FEDERATED_TOKEN_FILE, 'utf8')).toBe(readFileSync(started.tokenFile, 'utf8'));
    await step.cleanUp();
  });
});

describe.each(platforms)('$platform: a machine with a managed identity', ({ job, aws, entra, idToken }) => {
  const machine = (form: 'imds' | 'app-service') =>
    emulator.startMachine({ systemAssigned: ids.machine, userAssigned: [ids.assigned], form });
  const assignedObjectId = objectIdOf(ids.tenant, ids.assigned);

  it.each(['imds', 'app-service'] as const)(
    '%s: its own identity, in one request, whatever proxy is set',
    async (form) => {
      const { environment } = await machine(form);
      const proxied = { ...job(), http_proxy: 'http://127.0.0.1:9', ...environment };
      const run = await entra({ identity: 'managed-identity', resource: 'graph' }, proxied).run();
      expect(run.error).toBeUndefined();
      expect(await whoIs(accessToken(run))).toBe(ids.machine);
      expect(run.outputs['client-id'] ?? run.outputs.clientId).toBe(ids.machine);
      expect(requests().filter((service) => service !== 'resources')).toEqual(['machine']);
      const asked = emulator.requests.slice(mark).find(({ service }) => service === 'machine');
      if (form === 'imds') {
        expect(asked?.headers.metadata).toBe('true');
        expect(asked?.query).toBe('api-version=2018-02-01&resource=https%3A%2F%2Fgraph.microsoft.com');
      } else {
        expect(asked?.query).toBe('api-version=2019-08-01&resource=https%3A%2F%2Fgraph.microsoft.com');
      }
    },
  );

  it.each([
    ['its client id', ids.assigned],
    ['its object id', `object:${assignedObjectId}`],
    ['its resource id', assignedResourceId],
  ])('an assigned identity by %s', async (_title, id) => {
    for (const form of ['imds', 'app-service'] as const) {
      const { environment } = await machine(form);
      const inputs = { identity: 'managed-identity', 'managed-identity': id };
      const run = await entra(inputs, { ...job(), ...environment }).run();
      expect(run.error).toBeUndefined();
      expect(await whoIs(accessToken(run))).toBe(ids.assigned);
    }
  });

  it('an assigned identity by client-id alone, as with Azure/login; auto finds it', async () => {
    const { environment } = await machine('imds');
    const run = await entra(
      { 'client-id': ids.assigned, export: 'azure-sdk, terraform' },
      { ...job(), ...environment },
    ).run();
    expect(run.error).toBeUndefined();
    expect(run.visible).toMatch(
      /Identity: managed-identity, since \S+ gives this job no ID token and no token file is named\./,
    );
    expect(run.exported).toMatchObject({
      AZURE_CLIENT_ID: ids.assigned,
      ARM_CLIENT_ID: ids.assigned,
      ARM_USE_MSI: 'true',
    });
    expect(run.exported).not.toHaveProperty('AZURE_FEDERATED_TOKEN_FILE');
  });

  it('an application that trusts the managed identity', async () => {
    const { environment } = await machine('imds');
    const inputs = {
      identity: 'managed-identity',
      'managed-identity': 'system',
      'client-id': ids.app,
      'tenant-id': ids.tenant,
      'authority-host': emulator.urls.entra,
    };
    const run = await entra(inputs, { ...job(), ...environment }).run();
    expect(run.error).toBeUndefined();
    expect(await whoIs(accessToken(run))).toBe(ids.app);
    expect(requests().slice(0, 2)).toEqual(['machine', 'entra']);
  });

  it('serves as a web identity at AWS, for an application of the tenant', async () => {
    const { environment } = await machine('imds');
    const run = await aws({ identity: 'managed-identity', audience: apiUri }, { ...job(), ...environment }).run();
    expect(run.error).toBeUndefined();
    expect(requests()).toEqual(['machine', 'sts']);
    const none = await aws({ identity: 'managed-identity' }, { ...job(), ...environment }).run();
    expect(none.error).toContain(
      'A managed identity gets no token for the audience "sts.amazonaws.com". [INPUT_INVALID]',
    );
  });

  it('keeps fresh what the machine gives', async () => {
    const { environment } = await machine('imds');
    const step = entra({ identity: 'managed-identity', 'keep-fresh': 'true' }, { ...job(), ...environment });
    const run = await step.run();
    expect(run.error).toBeUndefined();
    const url = `${run.exported.IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=https://vault.azure.net`;
    const answer = await fetch(url, { headers: { 'x-identity-header': run.exported.IDENTITY_HEADER ?? '' } });
    expect(await whoIs(((await answer.json()) as { access_token: string }).access_token)).toBe(ids.machine);
    await step.cleanUp();
  });

  it('retries 404, 410, 429 and 500, and tells what is not there', async () => {
    const { environment } = await machine('imds');
    for (const status of [404, 429, 500]) emulator.inject({ service: 'machine', fault: { status } });
    const inputs = { identity: 'managed-identity' };
    const run = await idToken({ ...inputs, audience: apiUri }, { ...job(), ...environment }).run();
    expect(run.error).toBeUndefined();
    expect(requests()).toHaveLength(4);
    emulator.inject({ service: 'machine', fault: { status: 410 } });
    const updating = await entra({ ...inputs, 'action-timeout-s': '8' }, { ...job(), ...environment }).run();
    expect(updating.error).toContain('is being updated (HTTP 410). (1 attempt, asked to wait 8 s more) [UNAVAILABLE]');
    const unknown = await entra({ ...inputs, 'managed-identity': ids.stranger }, { ...job(), ...environment }).run();
    expect(unknown.error).toContain(
      `This machine has no managed identity with the client id ${ids.stranger} for this. [ID_TOKEN_REFUSED]`,
    );
    expect(unknown.error).toContain('HTTP 400: Identity not found');
  });

  it('a machine elsewhere is told at once, and auto speaks of what is nearer', async () => {
    const run = await entra({ identity: 'managed-identity' }, job()).run();
    expect(run.error).toContain('This machine has no managed identity: it is not on Azure. [ID_TOKEN_UNAVAILABLE]');
    expect(run.visible).not.toContain('Trying again');
    const auto = await aws({}, job()).run();
    expect(auto.error).toContain('[ID_TOKEN_UNAVAILABLE]');
    expect(auto.error).toMatch(/id-token: write|System\.AccessToken/);
  });

  it('refuses an address of IMDS that is not on the link', async () => {
    const environment = { ...job(), AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://imds.example.com' };
    const run = await entra({ identity: 'managed-identity' }, environment).run();
    expect(run.error).toContain('[ENDPOINT_NOT_ALLOWED]');
  });
});

describe.each(platforms)('$platform: a machine with the agent of Azure Arc', ({ job, entra }) => {
  const inputs = { identity: 'managed-identity' };
  const arc = (more: object = {}) =>
    emulator.startMachine({ systemAssigned: ids.machine, userAssigned: [ids.assigned], form: 'azure-arc', ...more });

  describe.skipIf(!canWriteArcKeys())("with the agent's keys (root alone can write such)", () => {
    it('its own identity, which the key of the agent is shown for; the key is masked and kept fresh too', async () => {
      const { environment } = await arc();
      const step = entra(
        { ...inputs, 'keep-fresh': 'true', 'subscription-id': ids.subscription },
        { ...job(), ...environment },
      );
      const run = await step.run();
      expect(run.error).toBeUndefined();
      expect(await whoIs(accessToken(run))).toBe(ids.machine);
      const asked = emulator.requests.slice(mark).filter(({ service }) => service === 'machine');
      expect(asked.slice(0, 2).map(({ status }) => status)).toEqual([401, 200]);
      expect(asked[0]?.headers).toMatchObject({ metadata: 'true' });
      expect(asked[0]?.headers).not.toHaveProperty('authorization');
      expect(asked[0]?.query).toMatch(/^api-version=2020-06-01&resource=/);
      const [, key] = asked[1]?.headers.authorization?.toString().split(' ') ?? [];
      expect(key).toHaveLength(64);
      expect(run.visible).not.toContain(key);
      const url = `${run.exported.IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=https://vault.azure.net`;
      const answer = await fetch(url, { headers: { 'x-identity-header': run.exported.IDENTITY_HEADER ?? '' } });
      expect(await whoIs(((await answer.json()) as { access_token: string }).access_token)).toBe(ids.machine);
      await step.cleanUp();
    });

    it('an assigned identity by each of its names; one that is not there; an agent that knows of none', async () => {
      const names = [ids.assigned, `object:${objectIdOf(ids.tenant, ids.assigned)}`, assignedResourceId];
      const { environment } = await arc();
      for (const id of names) {
        const run = await entra({ ...inputs, 'managed-identity': id }, { ...job(), ...environment }).run();
        expect(run.error).toBeUndefined();
        expect(await whoIs(accessToken(run))).toBe(ids.assigned);
      }
      const stranger = await entra({ ...inputs, 'managed-identity': ids.stranger }, { ...job(), ...environment }).run();
      expect(stranger.error).toContain('HTTP 404: Identity not found');
      const old = (await arc({ isOld: true })).environment;
      const run = await entra({ ...inputs, 'managed-identity': ids.assigned }, { ...job(), ...old }).run();
      expect(run.error).toContain(
        `Azure Arc's agent did not confirm that its token is for the client id ${ids.assigned}. [ID_TOKEN_REFUSED]`,
      );
    });

    it('auto finds it', async () => {
      const { environment } = await arc();
      const run = await entra({}, { ...job(), ...environment }).run();
      expect(run.error).toBeUndefined();
      expect(await whoIs(accessToken(run))).toBe(ids.machine);
    });
  });

  it('a key that cannot be read, and what is no key: neither is sent', async () => {
    const missing = (await arc({ challenge: '/var/opt/azcmagent/tokens/none.key' })).environment;
    const gone = await entra(inputs, { ...job(), ...missing }).run();
    expect(gone.error).toContain(
      "The key of Azure Arc's agent, /var/opt/azcmagent/tokens/none.key, cannot be read: ENOENT. [ID_TOKEN_UNAVAILABLE]",
    );
    const other = (await arc({ challenge: '/etc/passwd' })).environment;
    const run = await entra(inputs, { ...job(), ...other }).run();
    expect(run.error).toContain("Azure Arc's agent named no key of its own to show. [ANSWER_MALFORMED]");
    for (const { service, headers } of emulator.requests.slice(mark))
      if (service === 'machine') expect(headers).not.toHaveProperty('authorization');
  });
});

it.each(platforms)('$platform: Cloud Shell is told by its name, in no request', async ({ job, entra }) => {
  const { environment } = await emulator.startMachine({ form: 'cloud-shell' });
  const run = await entra({ identity: 'managed-identity' }, { ...job(), ...environment }).run();
  expect(run.error).toContain('Azure Cloud Shell has no managed identity');
  expect(run.error).toContain('[ID_TOKEN_UNAVAILABLE]');
  expect(requests()).toEqual([]);
});

it.each(platforms)(
  '$platform: another platform cannot be asked for, nor a wrong managed identity',
  async ({ platform, job, entra }) => {
    const other = platform === 'GitHub Actions' ? 'azure-pipelines' : 'github';
    const run = await entra({ identity: other }, job()).run();
    const own = platform === 'GitHub Actions' ? 'github' : 'azure-pipelines';
    expect(run.error).toContain(
      `Input "identity" is "${other}": expected auto, ${own}, kubernetes, managed-identity, aws. [INPUT_INVALID]`,
    );
    const wrong = await entra({ 'managed-identity': 'mine' }, job()).run();
    expect(wrong.error).toContain('[INPUT_INVALID]');
  },
);
