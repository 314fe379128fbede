/**
 * Tests as well:
 * - packages/emulator/src/azure-devops/azure-devops-problem.ts
 * - packages/emulator/src/azure-devops/organization-state.ts
 * - packages/emulator/src/azure-devops/rest/agents.ts
 * - packages/emulator/src/azure-devops/rest/callers.ts
 * - packages/emulator/src/azure-devops/rest/members.ts
 * - packages/emulator/src/azure-devops/rest/pools.ts
 * - packages/emulator/src/azure-devops/rest/roles.ts
 * - packages/emulator/src/entra/access-token-verifier.ts
 * - packages/emulator/src/entra/access-token.ts
 * - packages/emulator/src/entra/credential-problem.ts
 * - packages/emulator/src/entra/entra-service.ts
 * - packages/emulator/src/github/github-job.ts
 * - packages/emulator/src/github/github-service.ts
 * - packages/emulator/src/machine/app-service.ts
 * - packages/emulator/src/machine/azure-machine.ts
 * - packages/emulator/src/machine/imds.ts
 * - packages/emulator/src/machine/machine-identities.ts
 * - packages/emulator/src/machine/machines.ts
 * - packages/emulator/src/resources/managed-identities.ts
 * - packages/emulator/src/resources/resource-manager.ts
 * - packages/emulator/src/resources/resources-service.ts
 * - packages/emulator/src/running-emulator.ts
 * - packages/emulator/src/server/fault-injection.ts
 * - packages/emulator/src/server/record.ts
 * - packages/emulator/src/server/relying-party.ts
 * - packages/emulator/src/server/service.ts
 * - packages/emulator/src/server/token-issuer.ts
 * - packages/emulator/src/sts/assume-role.ts
 * - packages/emulator/src/sts/sts-service.ts
 * - packages/emulator/src/token-services.ts
 */

import {
  AssumeRoleCommand,
  type AssumeRoleCommandOutput,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { type Emulator, objectIdOf, type Setup, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assignedResourceId, chain, ids, pipelineJob, region, role, sharedSetup } from '../harness/setup.ts';
import { gitHubToken } from '../harness/tokens.ts';

/** A role whose sessions end as they begin, beside all that tests share. */
function setup(urls: Parameters<typeof sharedSetup>[0]): Setup {
  const shared = sharedSetup(urls);
  const [account] = shared.accounts ?? [];
  const deploy = account?.roles.find(({ name }) => name === 'deploy');
  if (!account || !deploy) throw new Error('the shared set-up has no role deploy');
  const brief = { ...deploy, name: 'brief', sessionSeconds: -1 };
  return {
    ...shared,
    accounts: [{ ...account, roles: [...account.roles, brief] }, ...(shared.accounts ?? []).slice(1)],
  };
}

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup });
});
afterAll(() => emulator.close());

const idToken = (audience: string, job: Parameters<Emulator['startGitHubJob']>[0] = {}) =>
  gitHubToken(emulator.startGitHubJob(job).environment, audience);
/** What a service answers, as far as it is read here. */
async function answerOf(url: string, options: RequestInit = {}): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, { redirect: 'manual', ...options });
  return { status: answer.status, text: await answer.text() };
}

/** Asks Entra for an access token as the application does, but for what is given. */
async function askEntra(
  more: Readonly<Record<string, string>>,
  { tenant = ids.tenant, world = emulator }: { readonly tenant?: string | undefined; readonly world?: Emulator } = {},
): Promise<{ status: number; text: string }> {
  const usual = {
    grant_type: 'client_credentials',
    client_id: ids.app,
    scope: 'https://vault.azure.net/.default',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await gitHubToken(world.startGitHubJob().environment, 'api://AzureADTokenExchange'),
  };
  const url = `${world.urls.entra}/${tenant}/oauth2/v2.0/token`;
  return answerOf(url, { method: 'POST', body: new URLSearchParams({ ...usual, ...more }) });
}

/** STS through the SDK, with a session's credentials or with none. */
const client = (credentials?: ReturnType<typeof credentialsOf>, world = emulator) =>
  new STSClient({ endpoint: world.urls.sts, region, maxAttempts: 1, ...(credentials ? { credentials } : {}) });

/** What STS gave, as a client takes it. */
function credentialsOf({ Credentials }: AssumeRoleCommandOutput) {
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

/** The credentials of a session of a role, begun with a web identity. */
async function session(name = 'deploy', world = emulator) {
  const command = new AssumeRoleWithWebIdentityCommand({
    RoleArn: `arn:aws:iam::${ids.account}:role/${name}`,
    RoleSessionName: 'job',
    WebIdentityToken: await gitHubToken(world.startGitHubJob().environment, 'sts.amazonaws.com'),
  });
  return credentialsOf(await client(undefined, world).send(command));
}

it('takes no role with a policy that IAM would not take', async () => {
  const malformed = { name: 'malformed', trustPolicy: { Version: '2012-10-17', Statement: [{}] } };
  const started = startEmulator({ setup: { accounts: [{ id: ids.account, oidcProviders: [], roles: [malformed] }] } });
  await expect(started).rejects.toMatchObject({ name: 'IamProblem', code: 'MalformedPolicyDocument' });
});

describe('STS', () => {
  const call = (form: Readonly<Record<string, string>>) =>
    answerOf(emulator.urls.sts, { method: 'POST', body: new URLSearchParams(form) });
  const exchange = async (more: Readonly<Record<string, string>>) => {
    const WebIdentityToken = await idToken('sts.amazonaws.com');
    const usual = { Action: 'AssumeRoleWithWebIdentity', RoleArn: role, RoleSessionName: 'job', WebIdentityToken };
    return call({ ...usual, ...more });
  };

  // Source: AWS STS API Reference, "AssumeRoleWithWebIdentity" and "Common Errors".
  it.each([
    [{ Action: 'AssumeSaml' }, 400, 'InvalidAction'],
    [{ Action: '' }, 400, 'InvalidAction'],
    [{ RoleArn: '' }, 400, "Value null at 'roleArn'"],
    [{ RoleArn: 'deploy' }, 400, "Value 'deploy' at 'roleArn'"],
    [{ RoleSessionName: 'a b' }, 400, "Value 'a b' at 'roleSessionName'"],
    [{ DurationSeconds: '899' }, 400, 'greater than or equal to 900'],
    [{ DurationSeconds: '43201' }, 400, 'less than or equal to 43200'],
    [{ DurationSeconds: 'long' }, 400, "Value 'long' at 'durationSeconds'"],
    [{ DurationSeconds: '7201' }, 400, 'MaxSessionDuration'],
    [{ Policy: ' '.repeat(2049) }, 400, 'PackedPolicyTooLarge'],
    [{ Policy: 'allow all' }, 400, 'MalformedPolicyDocument'],
    [{ Policy: '{"Statement":1}' }, 400, 'MalformedPolicyDocument'],
    [{ WebIdentityToken: 'abcdef' }, 400, 'The ID Token provided is not a valid JWT'],
    [{ RoleArn: 'arn:aws:iam::999999999999:role/deploy' }, 403, 'AccessDenied'],
  ])('%j: HTTP %i, %s', async (more, status, told) => {
    const answer = await exchange(more);
    expect(answer).toEqual({ status, text: expect.stringContaining(told) });
    expect(answer.text).toContain('<ErrorResponse');
  });

  // Source: IAM User Guide, "IAM identifiers": the unique id is the role's, "AROA…", and the session's name follows it.
  it("tells the role's unique id, the same for each of its sessions", async () => {
    const idIn = ({ text }: { readonly text: string }) => /<AssumedRoleId>(.*?)<\/AssumedRoleId>/.exec(text)?.[1];
    const id = idIn(await exchange({}));
    expect(id).toMatch(/^AROA[A-Z2-7]{17}:job$/);
    expect(idIn(await exchange({ RoleSessionName: 'other' }))).toBe(id?.replace(':job', ':other'));
    expect(idIn(await exchange({ RoleArn: role.replace(/[^/]+$/, 'brief') }))).not.toBe(id);
  });

  it('takes its parameters from the query of a GET too', async () => {
    const token = await idToken('sts.amazonaws.com');
    const query = {
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: role,
      RoleSessionName: 'job',
      WebIdentityToken: token,
    };
    const { status } = await answerOf(`${emulator.urls.sts}/?${new URLSearchParams(query)}`);
    expect(status).toBe(200);
  });

  it('cannot verify a token of an issuer whose keys are not there', async () => {
    await using other = await startEmulator({ setup });
    other.inject({ service: 'github', path: /well-known/, times: 2, fault: { status: 500, body: 'no' } });
    const WebIdentityToken = await gitHubToken(other.startGitHubJob().environment, 'sts.amazonaws.com');
    const form = { Action: 'AssumeRoleWithWebIdentity', RoleArn: role, RoleSessionName: 'job', WebIdentityToken };
    const { status, text } = await answerOf(other.urls.sts, { method: 'POST', body: new URLSearchParams(form) });
    expect({ status, text }).toEqual({
      status: 400,
      text: expect.stringContaining("Couldn't retrieve verification key"),
    });
  });

  describe('with a session, through the SDK', () => {
    const usual = { RoleArn: chain.first, RoleSessionName: 'next', ExternalId: chain.externalId };
    const tags = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: '' }));

    // Source: AWS STS API Reference, "AssumeRole".
    it.each([
      [{ DurationSeconds: 3601 }, 'ValidationError', '1 hour session limit'],
      [{ ExternalId: undefined }, 'AccessDenied', 'is not authorized to perform: sts:AssumeRole'],
      [{ RoleArn: `arn:aws:iam::${ids.account}:role/nobody` }, 'AccessDenied', 'is not authorized to perform'],
      [{ Tags: tags(51) }, 'ValidationError', 'length less than or equal to 50'],
    ])('AssumeRole with %j: %s', async (more, name, message) => {
      const call = client(await session()).send(new AssumeRoleCommand({ ...usual, ...more }));
      await expect(call).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
    });

    it('a transitive tag cannot be set again', async () => {
      const first = { ...usual, Tags: [{ Key: 'Team', Value: 'a' }], TransitiveTagKeys: ['Team'] };
      const credentials = credentialsOf(await client(await session()).send(new AssumeRoleCommand(first)));
      const next = { RoleArn: chain.second, RoleSessionName: 'last' };
      const again = client(credentials).send(new AssumeRoleCommand({ ...next, Tags: [{ Key: 'Team', Value: 'b' }] }));
      await expect(again).rejects.toMatchObject({ message: expect.stringContaining('transitive tag key') });
      await expect(client(credentials).send(new AssumeRoleCommand(next))).resolves.toHaveProperty('Credentials');
    });

    it('a session that has ended signs nothing', async () => {
      const call = client(await session('brief')).send(new GetCallerIdentityCommand({}));
      await expect(call).rejects.toMatchObject({ name: 'ExpiredToken' });
    });
  });

  it.each([
    [undefined, 403, 'MissingAuthenticationToken'],
    ['Bearer abc', 400, 'IncompleteSignature'],
  ])('a signature of %s: HTTP %i, %s', async (authorization, status, code) => {
    const headers = authorization ? { authorization } : {};
    const body = new URLSearchParams({ Action: 'GetCallerIdentity' });
    const answer = await answerOf(emulator.urls.sts, { method: 'POST', body, headers });
    expect(answer).toEqual({ status, text: expect.stringContaining(code) });
  });
});

describe('Entra', () => {
  const call = (more: Readonly<Record<string, string>>, tenant?: string) => askEntra(more, { tenant });

  // Source: Microsoft Learn, "Microsoft Entra authentication and authorization error codes".
  it.each([
    [{ grant_type: '' }, 900144],
    [{ grant_type: 'password' }, 70003],
    [{ client_id: '' }, 900144],
    [{ client_id: ids.project }, 700016],
    [{ scope: 'https://vault.azure.net' }, 1002012],
    [{ scope: 'https://vault.azure.net/.default https://management.azure.com/.default' }, 1002012],
    [{ scope: 'openid profile' }, 1002012],
    [{ client_assertion_type: 'jwt' }, 7000218],
    [{ client_assertion: '' }, 900144],
    [{ client_assertion: 'abcdef' }, 50027],
  ])('%j: AADSTS%i', async (more, code) => {
    const { status, text } = await call(more);
    expect(status).toBeGreaterThanOrEqual(400);
    expect((JSON.parse(text) as { error_codes: number[] }).error_codes).toEqual([code]);
  });

  it('takes no token that lives for more than 25 hours, and none whose signature is another', async () => {
    const audience = 'api://AzureADTokenExchange';
    const long = await idToken(audience, { lifetimeSeconds: 26 * 3600 });
    expect((await call({ client_assertion: long })).text).toContain('AADSTS70023');
    const later = await idToken(audience, { claims: { nbf: Math.floor(Date.now() / 1000) + 600 } });
    expect((await call({ client_assertion: later })).text).toContain('AADSTS700024');
    const forged = `${(await idToken(audience)).replace(/[^.]+$/, '')}${Buffer.alloc(256).toString('base64url')}`;
    expect((await call({ client_assertion: forged })).text).toContain('AADSTS700027:');
    const several = await idToken(audience, { claims: { aud: [audience, 'x'] } });
    expect((await call({ client_assertion: several })).text).toContain('AADSTS5002741');
    const none = await idToken(audience, { claims: { aud: undefined } });
    expect((await call({ client_assertion: none })).text).toContain('AADSTS700212');
    const subject = await idToken(audience, { subject: 'octo' });
    expect((await call({ client_assertion: subject })).text).toContain('AADSTS700213');
  });

  it('knows its tenants by id and by domain, and no others', async () => {
    expect((await call({}, ids.domain)).status).toBe(200);
    expect((await call({}, 'nowhere')).text).toContain('AADSTS90002');
    for (const path of ['nowhere', 'nowhere/v2.0'])
      expect((await answerOf(`${emulator.urls.entra}/${path}/.well-known/openid-configuration`)).status).toBe(404);
  });

  it('cannot verify a token of an issuer that names another in its configuration', async () => {
    await using other = await startEmulator({ setup });
    const body = JSON.stringify({ issuer: 'https://other.example.com' });
    other.inject({ service: 'github', path: '/.well-known/openid-configuration', fault: { status: 200, body } });
    expect((await askEntra({}, { world: other })).text).toContain('AADSTS50166');
  });
});

describe('a machine with managed identities', () => {
  const resource = 'https://vault.azure.net';
  const vm = async (query: string, headers: Readonly<Record<string, string>> = { metadata: 'true' }, machine = {}) => {
    const { environment } = await emulator.startMachine({
      systemAssigned: ids.machine,
      userAssigned: [ids.assigned],
      ...machine,
    });
    const host = environment.AZURE_POD_IDENTITY_AUTHORITY_HOST;
    return answerOf(`${host}/metadata/identity/oauth2/token?api-version=2018-02-01&${query}`, { headers });
  };

  // Source: Microsoft Learn, "How to use managed identities for Azure resources on an Azure VM to acquire an access token".
  it('as a virtual machine answers, with the header and no proxy', async () => {
    expect(await vm(`resource=${resource}`, {})).toEqual({
      status: 400,
      text: expect.stringContaining('bad_request_102'),
    });
    const forwarded = { metadata: 'true', 'x-forwarded-for': '10.0.0.1' };
    expect((await vm(`resource=${resource}`, forwarded)).status).toBe(400);
    expect(await vm('')).toEqual({ status: 400, text: expect.stringContaining('A resource is required') });
  });

  it('gives the tokens of its own identities, by each of their names', async () => {
    const named = async (query: string, machine = {}) => {
      const { status, text } = await vm(`resource=${resource}${query}`, undefined, machine);
      return status === 200 ? (JSON.parse(text) as { client_id: string }).client_id : status;
    };
    expect(await named('')).toBe(ids.machine);
    expect(await named(`&client_id=${ids.assigned}`)).toBe(ids.assigned);
    expect(await named(`&object_id=${objectIdOf(ids.tenant, ids.assigned)}`)).toBe(ids.assigned);
    expect(await named(`&msi_res_id=${assignedResourceId}`)).toBe(ids.assigned);
    expect(await named(`&client_id=${ids.app}`)).toBe(400);
    expect(await named(`&client_id=${ids.project}`)).toBe(400);
    expect(await named('', { systemAssigned: undefined })).toBe(ids.assigned);
    expect(await named('', { systemAssigned: undefined, userAssigned: [ids.assigned, ids.machine] })).toBe(400);
    expect(await named('', { systemAssigned: undefined, userAssigned: undefined })).toBe(400);
  });

  it('as App Service answers, with the secret header', async () => {
    const { environment } = await emulator.startMachine({ systemAssigned: ids.machine, form: 'app-service' });
    const secret = { 'x-identity-header': environment.IDENTITY_HEADER ?? '' };
    const ask = (query: string, headers: Readonly<Record<string, string>>) =>
      answerOf(`${environment.IDENTITY_ENDPOINT}?${query}`, { headers });
    const version = 'api-version=2019-08-01';
    expect((await ask(`${version}&resource=${resource}`, {})).status).toBe(403);
    expect((await ask(`resource=${resource}`, secret)).text).toContain('Unsupported api-version');
    expect((await ask(`${version}&resource=${resource}&client_id=${ids.app}`, secret)).text).toContain(
      'No User Assigned',
    );
    expect((await ask(version, secret)).status).toBe(400);
    expect((await ask(`${version}&resource=${resource}`, secret)).status).toBe(200);
  });
});

describe('how a machine of Azure leads clients to its tokens', () => {
  it.each([
    ['imds', ['AZURE_POD_IDENTITY_AUTHORITY_HOST']],
    ['app-service', ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER']],
    ['azure-arc', ['IDENTITY_ENDPOINT', 'IMDS_ENDPOINT']],
    ['cloud-shell', ['MSI_ENDPOINT']],
  ] as const)('%s: %j', async (form, names) => {
    const { environment } = await emulator.startMachine({ systemAssigned: ids.machine, form });
    expect(Object.keys(environment).sort()).toEqual(names);
  });
});

// Source: EC2 User Guide, "Use the Instance Metadata Service": a token for 1 to 21,600 seconds, and none for what was forwarded.
describe('a machine of AWS', () => {
  const ask = async (headers: Readonly<Record<string, string>>) => {
    const { environment } = await emulator.startAwsMachine({ role, form: 'ec2' });
    const url = `${environment.AWS_EC2_METADATA_SERVICE_ENDPOINT}/latest/api/token`;
    return (await answerOf(url, { method: 'PUT', headers })).status;
  };
  const seconds = (text: string) => ({ 'x-aws-ec2-metadata-token-ttl-seconds': text });

  it.each([
    ['1', 200],
    ['21600', 200],
    ['0', 400],
    ['21601', 400],
    ['an hour', 400],
  ])('asked for a token of %s seconds answers %i', async (text, status) => {
    expect(await ask(seconds(text))).toBe(status);
  });

  it('gives none to what a proxy has forwarded, nor to who does not say for how long', async () => {
    expect(await ask({ ...seconds('60'), 'x-forwarded-for': '10.0.0.1' })).toBe(403);
    expect(await ask({})).toBe(400);
  });
});

describe('the token endpoints of the platforms', () => {
  it('of GitHub, for the job alone that was given the bearer', async () => {
    const { environment } = emulator.startGitHubJob();
    const url = environment.ACTIONS_ID_TOKEN_REQUEST_URL ?? '';
    expect(await answerOf(url)).toMatchObject({ status: 401 });
    const headers = { authorization: `Bearer ${environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` };
    expect((await answerOf(url.replace(/idtoken\/[^?]+/, 'idtoken/another'), { headers })).status).toBe(401);
    const { text } = await answerOf(url, { headers });
    const [, payload = ''] = (JSON.parse(text) as { value: string }).value.split('.');
    // Source: GitHub Docs, "OpenID Connect", the default audience.
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ aud: 'https://github.com/octo' });
  });

  it('of Azure DevOps: a bearer, the version, and a service connection of the stage', async () => {
    const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob, connections: ['azure'] });
    const url = environment.SYSTEM_OIDCREQUESTURI ?? '';
    const authorization = `Bearer ${environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN}`;
    const post = (query: string, headers: Readonly<Record<string, string>>) =>
      answerOf(`${url}${query}`, { method: 'POST', headers });
    expect((await post('?api-version=7.1', {})).status).toBe(302);
    expect((await post('?api-version=7.1', { 'x-tfs-fedauthredirect': 'Suppress' })).status).toBe(401);
    expect((await post('', { authorization })).text).toContain('VssVersionNotSpecifiedException');
    const other = `?api-version=7.1&serviceConnectionId=${ids.oldConnection}`;
    expect(await post(other, { authorization })).toEqual({
      status: 403,
      text: expect.stringContaining('no explicit reference'),
    });
    expect((await answerOf(url, { headers: { authorization } })).status).toBe(405);
    expect((await post('?api-version=7.1', { authorization })).status).toBe(200);
  });

  it('starts no job of what is not configured', () => {
    for (const change of [{ organization: 'fabrikam' }, { project: 'x' }, { pipeline: 'x' }, { connections: ['x'] }])
      expect(() => emulator.startAzurePipelinesJob({ ...pipelineJob, ...change })).toThrow(/no .* is configured/);
    expect(() => emulator.agentPool('contoso', 'nowhere')).toThrow('no pool nowhere in contoso');
    expect(() => emulator.agentPool('fabrikam', 'kubernetes')).toThrow('no pool kubernetes in fabrikam');
  });
});

/** An access token of the application for a resource. */
async function accessToken(resource: string): Promise<string> {
  const { text } = await askEntra({ scope: `${resource}/.default` });
  return (JSON.parse(text) as { access_token: string }).access_token;
}

describe('Azure Resource Manager', () => {
  const management = 'https://management.azure.com';
  const ask = async (path: string, token: string, options: RequestInit = {}) =>
    answerOf(`${emulator.urls.resources}${path}`, { ...options, headers: { authorization: `Bearer ${token}` } });

  it('tells who has a token, and takes none of another API, none that has ended, and none of its own making', async () => {
    const vault = await accessToken('https://vault.azure.net');
    expect((await ask('/whoami', vault)).status).toBe(200);
    expect((await ask('/whoami', '')).status).toBe(401);
    expect((await ask('/whoami', await idToken('https://management.azure.com'))).status).toBe(401);
    expect(await ask('/subscriptions', vault)).toEqual({ status: 401, text: expect.stringContaining('TokenAudience') });
    expect((await ask('/subscriptions', 'x.y.z')).text).toContain('"InvalidAuthenticationToken"');
    expect((await ask('/subscriptions', await accessToken(management))).text).toContain(ids.subscription);
    emulator.clock.advance(3600);
    expect((await ask('/whoami', vault)).status).toBe(401);
    emulator.clock.advance(-3600);
  });

  // Source: Azure REST API, "Federated Identity Credentials - Create Or Update".
  it("keeps an identity's federated credentials, twenty at most and each issuer and subject once", async () => {
    const token = await accessToken(management);
    const credential = (name: string) => `${assignedResourceId}/federatedIdentityCredentials/${name}`;
    const put = (name: string, subject: string) => {
      const properties = { issuer: 'https://issuer.example.com', subject, audiences: ['api://AzureADTokenExchange'] };
      return ask(credential(name), token, { method: 'PUT', body: JSON.stringify({ properties }) });
    };
    expect((await ask(assignedResourceId, token)).text).toContain(ids.assigned);
    expect((await ask(assignedResourceId, await accessToken('https://vault.azure.net'))).status).toBe(401);
    expect((await ask(assignedResourceId.replace('agents', 'nobody'), token)).status).toBe(404);
    for (const path of ['nobody', 'nobody/federatedIdentityCredentials/x'])
      for (const method of ['GET', 'PUT'])
        if (path !== 'nobody' || method === 'GET')
          expect((await ask(assignedResourceId.replace('agents', path), token, { method })).status).toBe(404);
    expect((await ask(credential('one'), token)).status).toBe(404);
    expect((await put('one', 'a')).status).toBe(201);
    expect((await put('one', 'b')).status).toBe(200);
    expect(JSON.parse((await ask(credential('one'), token)).text)).toMatchObject({ properties: { subject: 'b' } });
    expect(await put('two', 'b')).toEqual({ status: 409, text: expect.stringContaining('already exists') });
    for (let index = 2; index <= 20; index += 1) expect((await put(`number-${index}`, `s${index}`)).status).toBe(201);
    expect((await put('number-21', 's21')).text).toContain('TooManyFederatedIdentityCredentials');
  });
});

describe("Azure DevOps' REST", () => {
  const devOps = '499b84ac-1321-427f-aa17-267ca6975798';
  let administrator: string;
  /** Of who administers the pool, but not the organization. */
  let ofPool: string;
  beforeAll(async () => {
    administrator = await accessToken(devOps);
    const { environment } = await emulator.startMachine({ systemAssigned: ids.assigned });
    const host = environment.AZURE_POD_IDENTITY_AUTHORITY_HOST;
    const { text } = await answerOf(`${host}/metadata/identity/oauth2/token?resource=${devOps}`, {
      headers: { metadata: 'true' },
    });
    ofPool = (JSON.parse(text) as { access_token: string }).access_token;
  });
  const ask = (method: string, path: string, body?: unknown, token = administrator, organization = 'contoso') =>
    answerOf(`${emulator.urls.azureDevOps}/${organization}/_apis/${path}`, {
      method,
      headers: { accept: 'application/json; api-version=7.1', ...(token && { authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const pools = 'distributedtask/pools';
  const poolId = async (name: string) => {
    const { text } = await ask('GET', `${pools}?poolName=${name}`);
    return (JSON.parse(text) as { value: { id: number }[] }).value[0]?.id;
  };

  it('is for members of the organization, with a token for Azure DevOps', async () => {
    expect((await ask('GET', 'connectionData', undefined, '')).status).toBe(401);
    expect((await ask('GET', 'connectionData', undefined, await accessToken('https://vault.azure.net'))).status).toBe(
      401,
    );
    expect((await ask('GET', 'connectionData', undefined, 'x.y.z')).status).toBe(401);
    expect((await ask('GET', 'connectionData', undefined, administrator, 'fabrikam')).text).toContain('does not exist');
    const pat = Buffer.from(`:${administrator}`).toString('base64');
    const basic = { headers: { authorization: `Basic ${pat}` } };
    expect((await answerOf(`${emulator.urls.azureDevOps}/contoso/_apis/connectionData`, basic)).status).toBe(200);
  });

  it('makes pools for administrators, each name once', async () => {
    expect((await ask('POST', pools, { name: 'mine' }, ofPool)).text).toContain(
      'needs Manage permissions to perform the action',
    );
    expect((await ask('POST', pools, {})).text).toContain('ArgumentNullException');
    expect((await ask('POST', pools, '{')).text).toContain('The body is not JSON');
    expect((await ask('POST', pools)).text).toContain('The body is not JSON');
    expect((await ask('POST', pools, { name: 'builds' })).status).toBe(200);
    expect(await ask('POST', pools, { name: 'BUILDS' })).toEqual({
      status: 409,
      text: expect.stringContaining('already exists'),
    });
    expect((await ask('GET', `${pools}?poolName=builds`)).text).toContain('"count":1');
    expect((await ask('GET', `${pools}/999/agents`)).text).toContain('No agent pool found');
  });

  it('registers agents with who administers their pool, each name once, and keeps one that has a job', async () => {
    const pool = await poolId('kubernetes');
    const agents = `${pools}/${pool}/agents`;
    const added = await ask('POST', agents, { name: 'one', version: '4.0.0' }, ofPool);
    expect(added.status).toBe(200);
    const { id, authorization } = JSON.parse(added.text) as { id: number; authorization: { token: string } };
    expect((await ask('POST', agents, { name: 'ONE' }, ofPool)).text).toContain('already contains an agent');
    const builds = await poolId('builds');
    expect((await ask('POST', `${pools}/${builds}/agents`, { name: 'one' }, ofPool)).status).toBe(403);
    expect((await ask('GET', `${agents}/999`)).text).toContain('No agent found');
    expect((await ask('PATCH', `${agents}/${id}`, {})).text).toContain('"enabled":true');
    expect((await ask('PATCH', `${agents}/${id}`, { enabled: false })).text).toContain('"enabled":false');
    await ask('PATCH', `${agents}/${id}`, { enabled: true });

    const asAgent = (method: string, path: string, body?: unknown) =>
      ask(method, `${pools}/${pool}/${path}`, body, authorization.token);
    expect((await ask('POST', `${pools}/${pool}/sessions`, {})).status).toBe(401);
    expect((await asAgent('POST', 'sessions', {})).status).toBe(200);
    const job = emulator.agentPool('contoso', 'kubernetes').queue(0);
    expect((await asAgent('GET', 'messages')).text).toContain('PipelineAgentJobRequest');
    expect((await ask('DELETE', `${agents}/${id}`)).text).toContain('is running a job');
    expect((await asAgent('PATCH', 'jobrequests/999', { result: 'succeeded' })).status).toBe(404);
    expect((await asAgent('PATCH', `jobrequests/${job.id}`, { result: 'succeeded' })).status).toBe(200);
    expect(job.state).toBe('succeeded');
    expect((await ask('DELETE', `${agents}/${id}`)).status).toBe(204);
  });

  it('knows who is a member, and gives roles to members alone', async () => {
    const entitlements = 'serviceprincipalentitlements';
    const refused = await ask('POST', entitlements, {}, ofPool);
    expect(refused).toEqual({ status: 200, text: expect.stringContaining('perform this action: Add Users') });
    expect((await ask('POST', entitlements, {})).text).toContain('VS403283: Could not add user');
    const originId = objectIdOf(ids.tenant, ids.stranger);
    const added = await ask('POST', entitlements, { servicePrincipal: { originId } });
    const { operationResult } = JSON.parse(added.text) as { operationResult: { servicePrincipalId: string } };
    const userId = operationResult.servicePrincipalId;
    expect((await ask('GET', `${entitlements}/${userId}`)).text).toContain(ids.stranger);
    expect((await ask('GET', `${entitlements}/${ids.project}`)).status).toBe(404);
    const pool = await poolId('kubernetes');
    const roles = `securityroles/scopes/distributedtask.agentpoolrole/roleassignments/resources/${pool}`;
    expect((await ask('PUT', roles, [{ userId: ids.project, roleName: 'User' }])).text).toContain('could not be found');
    expect((await ask('PUT', roles, [{ userId, roleName: 'User' }])).text).toContain(ids.stranger);
    expect((await ask('GET', roles)).text).toContain('distributedtask.agentpoolrole');
  });
});

describe('the history', () => {
  it('is of the newest requests and secrets where there are many', async () => {
    await using brief = await startEmulator({ setup, historyLimit: 4 });
    const start = () => brief.startGitHubJob().environment;
    const bearers = Array.from({ length: 9 }, () => start().ACTIONS_ID_TOKEN_REQUEST_TOKEN);
    expect(brief.secrets()).toEqual(bearers.slice(-4));
    for (let number = 0; number < 9; number += 1) await fetch(`${brief.urls.resources}/${number}`);
    expect(brief.requests.map(({ path }) => path)).toEqual(['/5', '/6', '/7', '/8']);
  });

  it('has what was asked with, what was denied, and never what was given', async () => {
    await using brief = await startEmulator({ setup });
    await fetch(`${brief.urls.sts}/`, { method: 'POST', body: new URLSearchParams({ Action: 'Nonsense' }) });
    await fetch(`${brief.urls.github}/.well-known/openid-configuration`);
    expect(brief.requests).toMatchObject([
      {
        service: 'sts',
        method: 'POST',
        path: '/',
        body: 'Action=Nonsense',
        answer: expect.stringContaining('Nonsense'),
      },
      { service: 'github', status: 200, body: '', answer: '' },
    ]);
  });

  it('knows the newest sessions', async () => {
    await using brief = await startEmulator({ setup, historyLimit: 1 });
    const begin = async () => client(await session('deploy', brief), brief);
    const [first, , last] = [await begin(), await begin(), await begin()];
    await expect(first.send(new GetCallerIdentityCommand({}))).rejects.toThrow('security token');
    expect(await last.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: expect.any(String) });
  });
});

describe('faults', () => {
  it('hit the requests that a rule names, as often as it says, until it is taken back', async () => {
    const whoAmI = async () => (await answerOf(`${emulator.urls.resources}/whoami`)).status;
    const fault = { status: 418 };
    for (const miss of [{ method: 'POST' }, { path: '/elsewhere' }, { path: /elsewhere/ }, { body: 'x' }]) {
      const end = emulator.inject({ service: 'resources', ...miss, fault });
      expect(await whoAmI()).toBe(401);
      end();
    }
    emulator.inject({ service: 'resources', path: '/whoami', times: 2, fault });
    expect([await whoAmI(), await whoAmI(), await whoAmI()]).toEqual([418, 418, 401]);
    emulator.inject({ service: 'resources', fault: { redirect: '/elsewhere' } });
    expect(await whoAmI()).toBe(302);
  });

  it.each([
    { drop: 'before-headers', has: undefined },
    { drop: 'after-headers', has: '' },
    { drop: 'mid-body', has: '{"' },
  ] as const)('cut a connection $drop', async ({ drop, has }) => {
    emulator.inject({ service: 'resources', fault: { drop } });
    const asked = fetch(`${emulator.urls.resources}/whoami`);
    if (has === undefined) return expect(asked).rejects.toThrow('fetch failed');
    const { status, body } = await asked;
    let read = '';
    const reading = (async () => {
      for await (const chunk of body ?? []) read += Buffer.from(chunk as Uint8Array).toString();
    })();
    await expect(reading).rejects.toThrow('terminated');
    expect({ status, read }).toEqual({ status: 200, read: has });
  });
});
