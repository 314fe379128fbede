import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseRoleArn, parseSessionName } from '@fedbridge/aws';
import { type FreshRole, orderRoles, rolePath } from '@fedbridge/aws/keep-fresh';
import { type BrokerHandle, brokerFiles, idTokenPath, startBroker, stopBroker } from '@fedbridge/broker';
import { parseEndpoint, realSystem } from '@fedbridge/core';
import { parseClientId, parseResource, parseTenantId } from '@fedbridge/entra';
import { managedIdentityPath, orderAccessTokens } from '@fedbridge/entra/keep-fresh';
import type { JobSource } from '@fedbridge/identity';
import { describe, expect, it } from 'vitest';
import { answering } from '../harness/answering.ts';
import { brokerOf } from '../harness/broker-processes.ts';
import { root } from '../harness/process.ts';
import { ids } from '../harness/setup.ts';
import { unsignedToken } from '../harness/tokens.ts';

const system = realSystem({ ...process.env });
const scriptOf = (step: string) => join(root, 'actions', step, 'dist', 'broker', 'index.js');
const never = Date.parse('2099-01-02T03:04:05Z');
const audience = 'api://AzureADTokenExchange';
const held = parseResource('https://management.azure.com');
const other = parseResource('https://vault.azure.net');

/** A job whose ID tokens are in a file, and must have a subject. */
function job() {
  const folder = mkdtempSync(join(tmpdir(), 'broker-'));
  const file = join(folder, 'pod-token');
  const become = (sub: string, aud = audience) => {
    const claims = { iss: 'https://cluster.example', sub, aud, exp: never / 1000 };
    writeFileSync(file, unsignedToken(claims));
    return unsignedToken(claims);
  };
  const order = {
    identity: {
      source: { kind: 'kubernetes' as const, files: { AZURE_FEDERATED_TOKEN_FILE: file } },
      requiredClaims: [['sub', 'mine']] as const,
    },
    ...{ folder, endsAt: never, endsBy: 'keep-fresh-max', jobProcess: system.processOf(process.pid), idTokens: false },
  };
  return { folder, order, become };
}

/** Each on a connection of its own: a server that is killed takes with it those that it has. */
async function ask(port: number, path: string, headers: Record<string, string>) {
  const request = get({ host: '127.0.0.1', port, path, headers, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, text: await text(response) };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((next) => setTimeout(next, 20));
}

/** Killed, and started again. */
async function kill(handle: BrokerHandle): Promise<void> {
  const pid = await brokerOf(handle);
  process.kill(pid, 'SIGKILL');
  await brokerOf(handle, pid);
}

describe.skipIf(process.platform !== 'linux')('what breaks a guard at one endpoint', () => {
  /** Starts what serves Entra's every endpoint, each with something that it holds. */
  const entra = async (source?: JobSource) => {
    const { folder, order, become } = job();
    const token = become('mine');
    const from = {
      authority: parseEndpoint('https://login.microsoftonline.com/', 'Entra'),
      audience,
      tenantId: parseTenantId(ids.tenant),
      clientId: parseClientId(ids.app),
    };
    const { identity } = order;
    const plan = {
      ...order,
      identity: { ...identity, source: source ?? identity.source },
      endpoints: orderAccessTokens({
        from,
        clientId: from.clientId,
        leases: [{ resource: held, value: 'access-token', expiresAt: never }],
      }),
      tokenFile: { audience, lease: { value: token, expiresAt: never } },
      idTokens: true,
    };
    const { handle, port, secrets } = await startBroker(plan, { script: scriptOf('entra-token') }, system);
    const accessToken = (resource: string) =>
      ask(port, `${managedIdentityPath}?api-version=2019-08-01&resource=${encodeURIComponent(resource)}`, {
        'x-identity-header': secrets.entra,
      });
    const idToken = (query = '') =>
      ask(port, `${idTokenPath}?${query}`, { authorization: `Bearer ${secrets.idTokens}` });
    return { handle, accessToken, idToken, become, token, file: join(folder, brokerFiles.idToken) };
  };

  const cells = ['a resource', 'an ID token'].flatMap((what) =>
    [
      { why: 'a claim', sub: 'another', aud: audience, says: 'is required' },
      { why: 'the audience', sub: 'mine', aud: 'https://elsewhere.example', says: 'No token file has a token for' },
    ].map((denial) => ({ what, ...denial })),
  );

  it.concurrent.each(cells)(
    'is held against all that is held, killed or not: $why, by $what',
    async ({ what, sub, aud, says }) => {
      const { handle, accessToken, idToken, become, token, file } = await entra();
      expect(await accessToken(held)).toMatchObject({ status: 200 });
      expect(await idToken()).toMatchObject({ status: 200 });
      expect(readFileSync(file, 'utf8')).toBe(token);
      become(sub, aud);
      // One that is not held: of an audience that was not asked for yet.
      await (what === 'a resource' ? accessToken(other) : idToken(`audience=${audience}`));
      const expectNothing = async () => {
        for (const { status, text } of [
          await accessToken(held),
          await idToken(`audience=${audience}`),
          // Whom it is for nobody said.
          ...(sub === 'mine' ? [] : [await idToken()]),
        ]) {
          expect(status).not.toBe(200);
          expect(text).toContain(says);
        }
        expect(existsSync(file)).toBe(false);
      };
      await expectNothing();
      await kill(handle);
      await expectNothing();
      // It holds again: what comes is a new one.
      const again = become('mine');
      await until(async () => (await idToken()).status === 200);
      await until(() => existsSync(file));
      expect(readFileSync(file, 'utf8')).toBe(again);
      expect(await stopBroker(handle, system)).toMatchObject({ denied: expect.stringContaining(says) });
    },
  );

  it.concurrent('that a client alone asked for is its own affair: an audience', async () => {
    // Whatever it is asked for, it gives what it has.
    await using platform = await answering(({ headers }) => {
      const claims = { iss: `http://${headers.host}/_services/token`, sub: 'mine', aud: audience, exp: never / 1000 };
      return { body: { value: unsignedToken(claims) } };
    });
    const environment = {
      GITHUB_SERVER_URL: platform.url,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${platform.url}/?`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of the job',
    };
    const { handle, accessToken, idToken } = await entra({ kind: 'github', environment });
    expect(await idToken(`audience=${audience}`)).toMatchObject({ status: 200 });
    const denial = { status: 503, text: expect.stringContaining('ID_TOKEN_AUDIENCE') };
    expect(await idToken('audience=https://elsewhere.example')).toEqual(denial);
    expect(await accessToken(held)).toMatchObject({ status: 200 });
    expect(await stopBroker(handle, system)).not.toHaveProperty('denied');
  });

  it.concurrent('is held against all roles, killed or not', async () => {
    const { order, become } = job();
    become('mine', 'sts.amazonaws.com');
    await using sts = await answering({ body: session('arn:aws:sts::123456789012:assumed-role/admin/job') });
    const role = (name: string, isHeld: boolean): FreshRole => ({
      name,
      request: {
        endpoint: parseEndpoint(sts.url, 'STS'),
        region: 'eu-central-1',
        path: [parseRoleArn(`arn:aws:iam::123456789012:role/${name}`)],
        sessionName: parseSessionName('job'),
        ...{ tags: [], transitiveTagKeys: [], plainSecret: false },
      },
      lease: isHeld
        ? { value: { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't' }, expiresAt: never }
        : undefined,
    });
    const endpoints = orderRoles({
      audience: 'sts.amazonaws.com',
      roles: [role('held', true), role('other', false)],
      profileInput: 'aws-profile',
    });
    const started = await startBroker({ ...order, endpoints }, { script: scriptOf('aws-credentials') }, system);
    const { handle, port, secrets } = started;
    const credentials = (name: string) => ask(port, rolePath(name), { authorization: secrets.aws });
    expect(await credentials('held')).toMatchObject({ status: 200 });
    const denied = { status: 503, text: expect.stringContaining('STS gave credentials') };
    expect(await credentials('other')).toEqual(denied);
    expect(await credentials('held')).toEqual(denied);
    await kill(handle);
    expect(await credentials('held')).toEqual(denied);
    await stopBroker(handle, system);
  });
});

describe.skipIf(process.platform !== 'linux')('a token that cannot be removed', () => {
  it.concurrent('costs nobody the server, and is removed as soon as it can be', async () => {
    const { folder, order, become } = job();
    const token = become('mine');
    const file = join(folder, brokerFiles.idToken);
    // As what another has open on Windows.
    mkdirSync(file);
    const tokenFile = { audience, lease: { value: token, expiresAt: 0 } };
    const plan = { ...order, endsAt: Date.now(), tokenFile, idTokens: true };
    const { handle, port, secrets } = await startBroker(plan, { script: scriptOf('entra-token') }, system);
    const answer = () => ask(port, idTokenPath, { authorization: `Bearer ${secrets.idTokens}` });
    const tooLate = { status: 503, text: expect.stringContaining('keep-fresh-max') };
    expect(await answer()).toEqual(tooLate);
    rmdirSync(file);
    writeFileSync(file, token);
    await until(() => !existsSync(file));
    expect(await answer()).toEqual(tooLate);
    expect(await stopBroker(handle, system)).toMatchObject({ restarts: 0 });
  });
});

function session(arn: string): string {
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  return (
    '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>' +
    '<Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>' +
    `<Expiration>${expiration}</Expiration></Credentials><AssumedRoleUser><Arn>${arn}</Arn><AssumedRoleId>AROA:job</AssumedRoleId>` +
    '</AssumedRoleUser></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>'
  );
}
