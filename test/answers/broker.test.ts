import { EventEmitter, once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRoleArn, parseSessionName } from '@fedbridge/aws';
import { authorizationFile, type FreshRole, orderRoles } from '@fedbridge/aws/keep-fresh';
import { containerEndpoint } from '@fedbridge/aws/keep-fresh/container-endpoint';
import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import { type BrokerPlan, type BrokerStatus, brokerFiles, stopBroker } from '@fedbridge/broker';
import { Broker, runBroker } from '@fedbridge/broker/run';
import { parseEndpoint, realSystem } from '@fedbridge/core';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { parseClientId, parseResource, parseTenantId } from '@fedbridge/entra';
import { orderAccessTokens } from '@fedbridge/entra/keep-fresh';
import { managedIdentityEndpoint } from '@fedbridge/entra/keep-fresh/managed-identity-endpoint';
import { type Profile, profiles, valuesOf } from '@fedbridge/exchange';
import { orderToken } from '@fedbridge/exchange/keep-fresh';
import { tokenEndpoint } from '@fedbridge/exchange/keep-fresh/token-endpoint';
import { gitHubActions } from '@fedbridge/github/id-token';
import type { CredentialEndpoint, JobSource, KeepFresh, RequiredClaims } from '@fedbridge/identity';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ids, otherRepository, pipelineJob, region, role, sharedSetup } from '../harness/setup.ts';
import { asks } from '../harness/token-exchange.ts';
import { gitHubToken } from '../harness/tokens.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
});
afterAll(() => emulator.close());

const platforms = [gitHubActions, azurePipelines];
const clouds: readonly CredentialEndpoint[] = [containerEndpoint, managedIdentityEndpoint];
const running: Broker[] = [];
/** What is waited for passes at once, but for the turn of everybody else. */
const quickly = () => new Promise<void>((resolve) => setTimeout(resolve, 1));
afterEach(async () => {
  await Promise.all(running.splice(0).map((broker) => broker.end()));
});

const job = (): JobSource => ({ kind: 'github', environment: emulator.startGitHubJob().environment });
const actsAs = (source: JobSource, requiredClaims: RequiredClaims = []) => ({ source, requiredClaims });

/** A broker of a GitHub job, in this process, and how to ask it. */
async function open(plan: Partial<BrokerPlan>, known = clouds, sleep?: () => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'broker-'));
  const real = realSystem({});
  const system = { ...real, ...(sleep ? { sleep } : {}) };
  const secrets = { entra: 'h'.repeat(43), idTokens: 'b'.repeat(43), aws: 'a'.repeat(43) };
  const full: BrokerPlan = {
    identity: actsAs(job()),
    secrets,
    listener: undefined,
    ...{ folder, endsAt: Date.now() + 1_800_000, endsBy: 'keep-fresh-max', jobProcess: undefined, idTokens: false },
    ...plan,
  };
  const broker = new Broker(full, system, { platforms, endpoints: known });
  running.push(broker);
  const address = { ...(await broker.open()), ...secrets };
  const secret = (file: string) => readFileSync(join(folder, file), 'utf8');
  const ask = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
    new Promise<{ status: number; body: unknown; headers: object }>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: address.port, path, method, headers };
      httpRequest(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: text === '' ? undefined : JSON.parse(text),
            headers: response.headers,
          }),
        );
      })
        .on('error', reject)
        .end();
    });
  return { broker, address, folder, secret, ask, system };
}

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const awsRequest = () => ({
  endpoint: parseEndpoint(emulator.urls.sts, 'STS'),
  ...{ region, path: [parseRoleArn(role)] as const, sessionName: parseSessionName('broker') },
  ...{ tags: [], transitiveTagKeys: [], plainSecret: false },
});
const lease = {
  value: { accessKeyId: 'ASIAHELD', secretAccessKey: 'held-secret', sessionToken: 'held-token' },
  expiresAt: Date.parse('2099-01-02T03:04:05.678Z'),
};
const roles = (one: Partial<FreshRole> = {}) =>
  orderRoles({
    audience: 'sts.amazonaws.com',
    roles: [{ name: 'a b', request: awsRequest(), lease: undefined, ...one }],
    profileInput: 'aws-profile',
  });

describe('the credentials of a role', () => {
  it('are given as containers get them, to who has the authorization', async () => {
    const { ask, secret, folder } = await open({ endpoints: roles({ lease }) });
    const authorization = secret(authorizationFile);
    const answer = await ask('/aws/a%20b', { authorization });
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
    // Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
    expect(answer.body).toEqual({
      AccessKeyId: 'ASIAHELD',
      SecretAccessKey: 'held-secret',
      Token: 'held-token',
      Expiration: '2099-01-02T03:04:05Z',
    });
    for (const given of [{}, { authorization: '' }, { authorization: `${authorization}x` }])
      expect(await ask('/aws/a%20b', given)).toMatchObject({
        status: 401,
        body: {
          code: 'AccessDenied',
          message: expect.stringContaining(
            given.authorization === undefined ? 'AWS_CONTAINER_AUTHORIZATION_TOKEN alone' : 'is wrong',
          ),
        },
      });
    for (const path of ['/aws/a', '/aws/a b'.replace(' ', '+'), '/aws', '/msi/token', '/id-token'])
      expect(await ask(path, { authorization })).toMatchObject({ status: 404, body: undefined });
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777, file).toBe(0o600);
  });

  it('are acquired when somebody asks and none are held; the counts say so', async () => {
    const { ask, secret, broker, folder, system } = await open({ endpoints: roles() });
    const authorization = secret(authorizationFile);
    const { status, body } = await ask('/aws/a%20b', { authorization });
    expect(status).toBe(200);
    expect(body).toMatchObject({ AccessKeyId: expect.stringMatching(/^ASIA/), Expiration: expect.stringMatching(iso) });
    const handle = { process: system.processOf(process.pid), folder };
    void broker.watch();
    expect(await stopBroker(handle, system)).toEqual({ restarts: 0, renewals: 1, failures: 0, longestGapMs: 0 });
    await broker.ended;
    expect(readdirSync(folder)).toEqual([brokerFiles.status]);
    // Whoever comes later reads what it left.
    expect(await stopBroker(handle, system)).toEqual({ restarts: 0, renewals: 1, failures: 0, longestGapMs: 0 });
  });

  it('that cannot be acquired are told with their code', async () => {
    const stranger = emulator.startGitHubJob({ ref: 'refs/heads/other' }).environment;
    const { ask, secret, broker, folder } = await open(
      { endpoints: roles(), identity: actsAs({ kind: 'github', environment: stranger }) },
      clouds,
      quickly,
    );
    const { status, body } = await ask('/aws/a%20b', { authorization: secret(authorizationFile) });
    expect(status).toBe(503);
    expect(body).toEqual({ code: 'EXCHANGE_REFUSED', message: expect.stringContaining(`AWS denied ${role}`) });
    await broker.end();
    const { failures, renewals } = JSON.parse(secret(brokerFiles.status)) as BrokerStatus;
    expect({ isFailed: failures > 0, renewals }).toEqual({ isFailed: true, renewals: 0 });
    expect(statSync(join(folder, brokerFiles.status)).mode & 0o777).toBe(0o600);
  });

  it('an unforeseen error is not told', async () => {
    const broken = async () => {
      throw new Error('a secret in its text');
    };
    const { routes, ...others } = containerEndpoint;
    const endpoint = {
      ...others,
      routes: (plan: never, keepFresh: KeepFresh) => routes(plan, () => keepFresh(broken)),
    };
    const { ask, secret } = await open({ endpoints: roles() }, [endpoint]);
    const { body } = await ask('/aws/a%20b', { authorization: secret(authorizationFile) });
    expect(body).toEqual({ code: 'INTERNAL', message: 'An unforeseen error of the credential broker.' });
  });

  it('need a token whose claims are those that are required', async () => {
    const asked = async (pattern: string) => {
      const { ask, secret } = await open({ endpoints: roles(), identity: actsAs(job(), [['repository', pattern]]) });
      return (await ask('/aws/a%20b', { authorization: secret(authorizationFile) })).body;
    };
    expect(await asked('octo/*')).toHaveProperty('AccessKeyId');
    expect(await asked('mallory/*')).toMatchObject({ code: 'ID_TOKEN_CLAIM' });
  });

  it('that were denied before the broker was killed are not served by the one that follows', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'broker-'));
    const before: BrokerStatus = {
      restarts: 0,
      renewals: 1,
      failures: 1,
      longestGapMs: 0,
      denied: 'Not as required.',
    };
    writeFileSync(join(folder, brokerFiles.status), JSON.stringify(before));
    const { ask, address } = await open({
      folder,
      identity: actsAs(job(), [['ref', 'refs/heads/other']]),
      endpoints: roles({ name: 'main', lease }),
      tokenFile: { audience: undefined, lease: { value: 'held-token', expiresAt: lease.expiresAt } },
    });
    expect(existsSync(join(folder, brokerFiles.idToken))).toBe(false);
    const answer = await ask('/aws/main', { authorization: address.aws });
    expect(answer.status).not.toBe(200);
    expect(JSON.stringify(answer.body)).not.toContain('held');
  });

  it('are printed as a profile wants them, or why not', async () => {
    const { secret, folder, broker } = await open({ endpoints: roles({ lease }) });
    const print = async (role: string, from = folder) => {
      const [out, error] = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')].map((spy) => spy.mockReturnValue());
      let clock = 0;
      const sleep = async (ms: number) => {
        clock += ms;
      };
      await runBroker({ ...realSystem({}), now: () => clock, sleep }, { platforms, endpoints: clouds }, [
        'credentials',
        from,
        role,
      ]);
      const { exitCode } = process;
      process.exitCode = undefined;
      const said = { out: out?.mock.calls.flat(), error: error?.mock.calls.flat(), exitCode };
      vi.restoreAllMocks();
      return said;
    };
    // Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
    const { out } = await print('a b');
    expect(JSON.parse(String(out?.[0]))).toEqual({
      Version: 1,
      AccessKeyId: 'ASIAHELD',
      SecretAccessKey: 'held-secret',
      SessionToken: 'held-token',
      Expiration: '2099-01-02T03:04:05Z',
    });
    const right = secret(authorizationFile);
    writeFileSync(join(folder, authorizationFile), 'wrong');
    const wrong = 'The authorization token is wrong.';
    expect(await print('a b')).toEqual({ out: [], error: [wrong], exitCode: 1 });
    writeFileSync(join(folder, authorizationFile), right);
    const gone = ['The credential broker of this job is gone: its credentials ended with it.'];
    expect(await print('a b', join(folder, 'nowhere'))).toEqual({ out: [], error: gone, exitCode: 1 });
    await broker.end();
    expect(await print('a b')).toEqual({ out: [], error: gone, exitCode: 1 });
  });
});

describe('access tokens', () => {
  const vault = parseResource('https://vault.azure.net');
  const federated = () => ({
    from: {
      authority: parseEndpoint(emulator.urls.entra, 'Entra'),
      tenantId: parseTenantId(ids.tenant),
      clientId: parseClientId(ids.app),
      audience: 'api://AzureADTokenExchange',
    },
    clientId: parseClientId(ids.app),
    leases: [{ resource: vault, value: 'held-token', expiresAt: 4_102_444_800_999 }],
  });
  const version = '/msi/token?api-version=2019-08-01';

  it('are given as App Service gives them, to who has the header', async () => {
    const { ask, address, folder } = await open({ endpoints: orderAccessTokens(federated()) });
    const right = { 'x-identity-header': address.entra };
    expect((await ask(`${version}&resource=${vault}`, right)).body).toEqual({
      access_token: 'held-token',
      client_id: ids.app,
      expires_on: '4102444800',
      resource: vault,
      token_type: 'Bearer',
    });
    expect((await ask(`${version}&resource=${vault}&client_id=${ids.app.toUpperCase()}`, right)).status).toBe(200);
    const graph = await ask(`${version}&resource=https://graph.microsoft.com/.default`, right);
    expect(graph.body).toMatchObject({
      resource: 'https://graph.microsoft.com',
      access_token: expect.stringMatching(/^eyJ/),
    });
    expect(existsSync(join(folder, authorizationFile))).toBe(false);
    const denials: readonly [string, Readonly<Record<string, string>>, number, string][] = [
      [`${version}&resource=${vault}`, {}, 401, 'X-IDENTITY-HEADER is not the right one.'],
      [`${version}&resource=${vault}`, { 'x-identity-header': 'x' }, 401, 'X-IDENTITY-HEADER is not the right one.'],
      [`/msi/token?resource=${vault}`, right, 400, 'api-version must be 2019-08-01.'],
      [
        `${version}&resource=${vault}&client_id=${ids.stranger}`,
        right,
        400,
        `There is one identity here: the client id ${ids.app}.`,
      ],
      [
        `${version}&resource=${vault}&principal_id=x`,
        right,
        400,
        `There is one identity here: the client id ${ids.app}.`,
      ],
      [`${version}&resource=${vault}&object_id=x`, right, 400, `There is one identity here: the client id ${ids.app}.`],
      [`${version}&resource=${vault}&mi_res_id=x`, right, 400, `There is one identity here: the client id ${ids.app}.`],
    ];
    for (const [path, headers, statusCode, message] of denials)
      expect(await ask(path, headers)).toMatchObject({ status: statusCode, body: { statusCode, message } });
    for (const path of [version, `${version}&resource=vault`])
      expect((await ask(path, right)).body).toEqual({
        statusCode: 400,
        message: expect.stringMatching(/^expected arm.*\[INPUT_INVALID\]$/),
      });
  });

  it('of so many resources and no more', async () => {
    const { ask, address } = await open({ endpoints: orderAccessTokens({ ...federated(), leases: [] }) });
    const right = { 'x-identity-header': address.entra };
    const all = Array.from({ length: 64 }, (_, index) =>
      ask(`${version}&resource=https://r${index}.example.com`, right),
    );
    expect((await Promise.all(all)).every(({ status }) => status === 200)).toBe(true);
    expect((await ask(`${version}&resource=https://more.example.com`, right)).body).toMatchObject({
      message: 'Too many resources.',
    });
    expect((await ask(`${version}&resource=https://r0.example.com`, right)).status).toBe(200);
  });

  it.each([
    [{ status: 503 }, 503, /^Entra, asked for a token for \S+, is failing \(HTTP 503\)\..* \[UNAVAILABLE\]$/],
    [{ drop: 'before-headers' as const }, 503, /\[HTTP_CONNECT\]$/],
    [
      { status: 400, body: '{"error_codes":[90002]}' },
      400,
      /^Entra denied a token for https:\/\/\S+: there is no such tenant\. \[EXCHANGE_REJECTED\]$/,
    ],
  ])('that cannot be acquired are told with their code: %j', async (fault, status, message) => {
    const end = emulator.inject({ service: 'entra', times: 99, path: /token$/, fault });
    const { ask, address } = await open(
      { endpoints: orderAccessTokens({ ...federated(), leases: [] }) },
      clouds,
      quickly,
    );
    const answer = await ask(`${version}&resource=${vault}`, { 'x-identity-header': address.entra });
    end();
    expect(answer).toMatchObject({ status, body: { statusCode: status, message: expect.stringMatching(message) } });
  });

  it("are a machine's own", async () => {
    const { environment } = await emulator.startMachine({ systemAssigned: ids.machine });
    const url = environment.AZURE_POD_IDENTITY_AUTHORITY_HOST ?? '';
    const identity = { id: { by: 'system' }, endpoint: { form: 'imds', url } } as const;
    const machine = { kind: 'managed-identity', identity, known: true } as const;
    const endpoints = orderAccessTokens({ from: 'machine', clientId: undefined, leases: [] });
    const { ask, address } = await open({ endpoints, identity: actsAs(machine) });
    const right = { 'x-identity-header': address.entra };
    const { body } = await ask(`${version}&resource=${vault}`, right);
    expect(body).toMatchObject({ access_token: expect.stringMatching(/^eyJ/) });
    expect((await ask(`${version}&resource=${vault}&client_id=${ids.app}`, right)).body).toMatchObject({
      message: "There is one identity here: the machine's own.",
    });
    // Renewals pass the same gate as the step.
    const guarded = await open({ endpoints, identity: actsAs(machine, [['xms_mirid', '*']]) });
    const header = { 'x-identity-header': guarded.address.entra };
    expect(await guarded.ask(`${version}&resource=${vault}`, header)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('The claim "xms_mirid" is required') },
    });
  });

  it('need an endpoint that the broker was given', async () => {
    await expect(open({ endpoints: orderAccessTokens(federated()) }, [containerEndpoint])).rejects.toThrow(
      'no endpoint "entra"',
    );
    await expect(open({ endpoints: roles() }, [])).rejects.toThrow('no endpoint "aws"');
  });
});

describe('ID tokens', () => {
  const claimsOf = (token: unknown) =>
    JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()) as { aud: string; sub: string };

  it('are given as GitHub gives them, for the audience that is asked for', async () => {
    const { ask, address } = await open({ idTokens: true });
    const right = { authorization: `Bearer ${address.idTokens}` };
    const { body } = (await ask('/id-token?audience=mine', right)) as { body: { count: number; value: string } };
    expect(body.count).toBe(body.value.length);
    expect(claimsOf(body.value).aud).toBe('mine');
    const own = (await ask('/id-token?audience=', right)) as { body: { value: string } };
    expect(claimsOf(own.body.value).aud).toBe('https://github.com/octo');
    for (const authorization of ['', address.idTokens, `Basic ${address.idTokens}`, `Bearer ${address.idTokens} x`])
      expect(await ask('/id-token?audience=mine', { authorization })).toMatchObject({
        status: 401,
        body: { message: 'The bearer is not the right one.' },
      });
  });

  it.each([
    ['azure', ids.newConnection],
    ['azure-old', ids.oldConnection],
  ])('of service connection %s are for the token exchange, by either name', async (name, connectionId) => {
    const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob, connections: [name] });
    const accessToken = environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN ?? '';
    const source = { kind: 'azure-pipelines' as const, environment, accessToken, connectionId };
    const { ask, address } = await open({ idTokens: true, identity: actsAs(source) });
    const right = { authorization: `bearer ${address.idTokens}` };
    for (const audience of ['', 'api://AzureADTokenExchange', 'fb60f99c-7a34-4190-8149-302f77469936'])
      expect((await ask(`/id-token?audience=${audience}`, right)).status, audience).toBe(200);
    expect(await ask('/id-token?audience=sts.amazonaws.com', right)).toMatchObject({
      status: 400,
      body: {
        message: expect.stringMatching(
          /^Azure Pipelines gives ID tokens for \S+ alone, not for sts\.amazonaws\.com\.$/,
        ),
      },
    });
  });

  it('that cannot be had are told with their code', async () => {
    const { environment } = emulator.startGitHubJob({ idTokenPermission: false });
    const { ask, address } = await open({ idTokens: true, identity: actsAs({ kind: 'github', environment }) });
    expect(await ask('/id-token', { authorization: `Bearer ${address.idTokens}` })).toMatchObject({
      status: 503,
      body: { message: 'This job may not ask GitHub for an ID token. [ID_TOKEN_UNAVAILABLE]' },
    });
  });

  it('are in a file before anybody is told, and renewed there', async () => {
    const now = Date.now();
    const tokenFile = { audience: 'mine', lease: { value: 'first', expiresAt: now + 3_600_000 } };
    const { secret, folder } = await open({ tokenFile });
    expect(secret(brokerFiles.idToken)).toBe('first');
    expect(statSync(join(folder, brokerFiles.idToken)).mode & 0o777).toBe(0o600);
    const ended = await open({ tokenFile: { ...tokenFile, lease: { value: 'first', expiresAt: now - 1 } } });
    await expect
      .poll(
        () =>
          claimsOf(ended.secret(brokerFiles.idToken).includes('.') ? ended.secret(brokerFiles.idToken) : '.e30').aud,
      )
      .toBe('mine');
    expect(existsSync(join(ended.folder, `${brokerFiles.idToken}.next`))).toBe(false);
  });
});

describe('the end of a broker', () => {
  it.each([
    ['the process of its job is gone', { jobProcess: { pid: 2 ** 22 + 1 } }],
    ['the id of its job is that of another process', { jobProcess: { pid: process.pid, startedAt: '1' } }],
  ])('comes when %s', async (_title, plan) => {
    const { broker, folder, ask } = await open({ endpoints: roles({ lease }), ...plan });
    await broker.watch();
    await broker.ended;
    expect(readdirSync(folder).filter((file) => file !== brokerFiles.status)).toEqual([]);
    await expect(ask('/stop')).rejects.toThrow();
  });

  it.each([
    ['while the job runs', realSystem({}).processOf(process.pid)],
    ['where no job is seen', undefined],
  ])('is not its time, %s: from then on it gives nothing, says why, and stays', async (_title, jobProcess) => {
    const resource = parseResource('https://vault.azure.net');
    const token = { resource, value: 'held-token', expiresAt: lease.expiresAt };
    const machine = { from: 'machine', clientId: undefined, leases: [token] } as const;
    const { broker, folder, ask, secret, address, system } = await open({
      endpoints: { ...roles({ lease }), ...orderAccessTokens(machine) },
      tokenFile: { audience: 'mine', lease: { value: 'first', expiresAt: lease.expiresAt } },
      idTokens: true,
      ...(jobProcess ? { jobProcess } : {}),
    });
    const authorization = secret(authorizationFile);
    const bearer = { authorization: `Bearer ${address.idTokens}` };
    const identity = { 'x-identity-header': address.entra };
    const vault = '/msi/token?api-version=2019-08-01&resource=https://vault.azure.net';
    const all = [
      ['/aws/a%20b', { authorization }, 503],
      [vault, identity, 400],
      [vault.replace('vault.azure', 'other.example'), identity, 400],
      ['/id-token?audience=mine', bearer, 503],
    ] as const;
    for (const [path, headers] of all.slice(0, 2)) expect((await ask(path, headers)).status, path).toBe(200);
    expect((await ask('/id-token?audience=mine', bearer)).status).toBe(200);
    expect(secret(brokerFiles.idToken)).toBe('first');
    const asked = emulator.requests.length;
    vi.spyOn(system, 'now').mockReturnValue(Date.now() + 1_900_000);
    const over = broker.watch();
    await expect.poll(() => existsSync(join(folder, brokerFiles.idToken))).toBe(false);
    for (const [path, headers, status] of all) {
      const answer = await ask(path, headers);
      expect([path, answer.status]).toEqual([path, status]);
      expect(JSON.stringify(answer.body)).toContain('keep-fresh-max');
      expect((await ask(path)).status, path).toBe(401);
    }
    expect(emulator.requests.length).toBe(asked);
    writeFileSync(join(folder, brokerFiles.stop), '');
    await over;
    const left = JSON.parse(secret(brokerFiles.status)) as { denied?: string };
    expect(left.denied).toContain('keep-fresh-max');
    await expect(ask('/aws/a%20b')).rejects.toThrow();
  });

  it('does not come while the job runs, and comes once', async () => {
    const looked = new EventEmitter();
    const manyLooks = once(looked, '50');
    let looks = 0;
    const { broker, secret } = await open(
      { endpoints: roles({ lease }), jobProcess: realSystem({}).processOf(process.pid) },
      clouds,
      () => {
        looks += 1;
        looked.emit(String(looks));
        return quickly();
      },
    );
    const over = broker.watch();
    await manyLooks;
    expect(secret(authorizationFile)).toMatch(/^[\w-]{43}$/);
    await Promise.all([broker.end(), broker.end()]);
    await over;
  });

  it('comes when somebody puts a file into its folder, and by no request', async () => {
    const { ask, broker, folder } = await open({ endpoints: roles({ lease }) });
    const over = broker.watch();
    for (const method of ['GET', 'POST']) expect((await ask('/stop', {}, method)).status).toBe(404);
    writeFileSync(join(folder, brokerFiles.stop), '');
    await over;
    expect(readdirSync(folder)).toEqual([brokerFiles.status]);
  });
});

describe('who may ask', () => {
  it.each([
    [{}, 401],
    [{ host: 'localhost:PORT' }, 401],
    [{ host: 'localhost' }, 404],
    [{ host: 'evil.example.com' }, 404],
    [{ host: '127.0.0.1:1' }, 404],
    [{ origin: 'null' }, 404],
    [{ 'sec-fetch-site': 'same-origin' }, 404],
    [{ 'content-length': '1' }, 404],
    [{ 'content-length': '0' }, 401],
    [{ 'transfer-encoding': 'chunked' }, 404],
  ])('a request with %j: HTTP %i', async (headers, status) => {
    const { ask, address } = await open({ endpoints: roles({ lease }) });
    const given = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, String(value).replace('PORT', String(address.port))]),
    );
    expect((await ask('/aws/a%20b?x=y', given)).status).toBe(status);
  });
});

describe('a token that is kept in a file', () => {
  const profile = profiles.find(({ name }) => name === 'octo-sts') as Profile;

  /** A broker of a GitHub job that keeps a token of octo-sts, of which the first is to be renewed in a moment. */
  async function openToken(services: Emulator, first: string) {
    const { octoSts } = services.urls;
    const values = { scope: otherRepository, trustPolicy: 'deploy', domain: octoSts, githubApiUrl: octoSts };
    const order = { profile, values: valuesOf(profile, values), audience: new URL(octoSts).host };
    const lease = { value: first, expiresAt: Date.now() + 60_000 };
    const endpoints = orderToken({ ...order, lifetimeMs: 60_000, lease });
    const source: JobSource = { kind: 'github', environment: services.startGitHubJob().environment };
    let graces: (() => void)[] = [];
    const system = {
      ...realSystem({}),
      // What is to last a minute lasts until it is said.
      sleep: (ms: number) => (ms === 60_000 ? new Promise<void>((resolve) => graces.push(resolve)) : quickly()),
      now: () => Date.now() + ahead,
    };
    let ahead = 0;
    const folder = mkdtempSync(join(tmpdir(), 'broker-'));
    const secrets = { exchange: 'e'.repeat(43) };
    const plan = {
      folder,
      endsAt: Date.now() + 1_800_000,
      endsBy: 'keep-fresh-max',
      jobProcess: undefined,
      idTokens: false,
    };
    const broker = new Broker({ identity: actsAs(source), secrets, listener: undefined, ...plan, endpoints }, system, {
      platforms,
      endpoints: [tokenEndpoint],
    });
    running.push(broker);
    await broker.open();
    ahead = 50_000;
    return {
      broker,
      read: () => readFileSync(join(folder, 'token'), 'utf8'),
      passGrace() {
        for (const pass of graces) pass();
        graces = [];
      },
    };
  }

  const token = async (services: Emulator) => {
    const jwt = await gitHubToken(services.startGitHubJob().environment, new URL(services.urls.octoSts).host);
    const url = `${services.urls.octoSts}/sts/exchange?scope=${otherRepository}&identity=deploy`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${jwt}` } });
    return ((await answer.json()) as { token: string }).token;
  };
  const isValid = async (services: Emulator, one: string) =>
    (await asks(`${services.urls.octoSts}/installation/repositories`, one)).status === 200;

  it.each(['after a minute', 'when the broker ends'])('is revoked %s, once another has replaced it', async (when) => {
    await using services = await startEmulator({ setup: sharedSetup });
    const first = await token(services);
    const { broker, read, passGrace } = await openToken(services, first);
    await expect.poll(read, { timeout: 30_000 }).not.toBe(first);
    const second = read();
    expect([await isValid(services, first), await isValid(services, second)]).toEqual([true, true]);
    if (when === 'after a minute') passGrace();
    else await broker.end();
    await expect.poll(() => isValid(services, first), { timeout: 30_000 }).toBe(false);
    // What stands in the file is the clean-up's to revoke.
    expect(await isValid(services, second)).toBe(true);
  });
});
