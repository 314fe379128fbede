/**
 * Tests as well:
 * - packages/emulator/src/served-setup.ts
 * - packages/emulator/src/server/certificate.ts
 * - packages/emulator/src/server/machine-certificates.ts
 * - packages/emulator/src/server/names.ts
 * - packages/emulator/src/server/state.ts
 * - packages/emulator/src/server/tunnel.ts
 */

import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type EmulatorOptions, type Setup, startEmulator } from '@fedbridge/emulator';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { anyPorts, startEmulatorCommand } from '../harness/emulator-command.ts';
import { gitHubStep } from '../harness/github-step.ts';
import type { Variables } from '../harness/process.ts';
import { ids, pipelineJob, region, role, sharedSetup } from '../harness/setup.ts';
import { azurePipelinesToken, gitHubToken } from '../harness/tokens.ts';

/** All that tests share, as it stands in the real world: no address of this machine is in it. */
const realUrls = new Proxy({} as Parameters<typeof sharedSetup>[0], {
  get: (_urls, name) =>
    ({
      github: 'https://token.actions.githubusercontent.com',
      vstoken: 'https://vstoken.dev.azure.com',
      entra: 'https://login.microsoftonline.com',
      kubernetes: 'https://kubernetes.default.svc.cluster.local',
      gitLab: 'https://gitlab.com',
    })[String(name)],
});
const setup = sharedSetup(realUrls);
const started = (options: EmulatorOptions = {}) => startEmulator({ setup, names: 'real', ...options });
const audience = 'sts.amazonaws.com';

function assume(url: string, token: string) {
  const client = new STSClient({ endpoint: url, region, maxAttempts: 1 });
  const request = { RoleArn: role, RoleSessionName: 'job', WebIdentityToken: token };
  return client.send(new AssumeRoleWithWebIdentityCommand(request));
}

async function caller(url: string, given: Awaited<ReturnType<typeof assume>>): Promise<string | undefined> {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = given.Credentials ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  const client = new STSClient({ endpoint: url, region, maxAttempts: 1, credentials });
  return (await client.send(new GetCallerIdentityCommand({}))).Arn;
}

it('believes an issuer elsewhere whose CA the machine trusts, beside its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'names-'));
  await using cluster = await startEmulator({ tls: true });
  await using pod = await cluster.startPod({ serviceAccount: 'deploy', audience });
  const issuer = cluster.issuers.kubernetes;
  const condition = { StringEquals: { [`${issuer.slice('https://'.length)}:aud`]: audience } };
  const provider = `arn:aws:iam::${ids.account}:oidc-provider/${issuer.slice('https://'.length)}`;
  const statement = { Effect: 'Allow', Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithWebIdentity' };
  const policy = { Version: '2012-10-17', Statement: [{ ...statement, Condition: condition }] };
  const oidcProviders = [{ url: issuer, clientIds: [audience] }];
  const roles = [{ name: 'deploy', trustPolicy: policy }];
  const config = { accounts: [{ id: ids.account, oidcProviders, roles }] };
  writeFileSync(join(folder, 'emulator.yaml'), `accounts: ${JSON.stringify(config.accounts)}${anyPorts()}`);
  writeFileSync(join(folder, 'ca.pem'), cluster.ca ?? '');
  const token = readFileSync(pod.tokenFile, 'utf8');
  const assumed = async (environment: Variables) => {
    await using emulator = await startEmulatorCommand(folder, undefined, environment);
    return await assume(emulator.urls.sts ?? '', token);
  };
  expect((await assumed({ NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') })).Provider).toBe(provider);
  await expect(assumed({})).rejects.toMatchObject({ name: 'InvalidIdentityTokenException' });
});

describe('with real names', () => {
  it('a trust policy works as it is, and tokens carry the real issuer', async () => {
    await using emulator = await started();
    const token = await gitHubToken(emulator.startGitHubJob().environment, audience);
    expect(decodeJwt(token).iss).toBe('https://token.actions.githubusercontent.com');
    const answer = await assume(emulator.urls.sts, token);
    expect(answer.Provider).toBe(`arn:aws:iam::${ids.account}:oidc-provider/token.actions.githubusercontent.com`);
    const pipeline = await azurePipelinesToken(emulator.startAzurePipelinesJob(pipelineJob).environment);
    expect(decodeJwt(pipeline).iss).toBe(`https://vstoken.dev.azure.com/${ids.organization}`);
    expect((await assume(emulator.urls.sts, pipeline)).Provider).toContain('/vstoken.dev.azure.com/');
    const feature = emulator.startGitHubJob({ ref: 'refs/heads/feature' }).environment;
    await expect(assume(emulator.urls.sts, await gitHubToken(feature, audience))).rejects.toThrow('Not authorized');
  });

  it('knows the keys of its own alone: what another signed under the same name is denied', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'state-'));
    await using emulator = await started();
    await using other = await started({ state: folder });
    const token = await gitHubToken(other.startGitHubJob().environment, audience);
    await expect(assume(emulator.urls.sts, token)).rejects.toMatchObject({ name: 'InvalidIdentityTokenException' });
  });

  it('has issuers of your own: a GitLab, a cluster, an enterprise', async () => {
    const issuers = {
      gitHub: 'https://token.actions.githubusercontent.com/acme',
      gitLab: 'https://gitlab.example.com',
      kubernetes: 'https://oidc.eks.eu-central-1.amazonaws.com/id/ABC',
    };
    const accounts = Object.values(issuers).map((url) => ({ url, clientIds: [audience] }));
    const claims = { sub: 'anybody' };
    const own: Setup = {
      accounts: [
        {
          id: ids.account,
          oidcProviders: accounts,
          roles: [
            {
              name: 'deploy',
              trustPolicy: {
                Version: '2012-10-17',
                Statement: accounts.map(({ url }) => ({
                  Effect: 'Allow',
                  Principal: { Federated: `arn:aws:iam::${ids.account}:oidc-provider/${url.slice(8)}` },
                  Action: 'sts:AssumeRoleWithWebIdentity',
                  Condition: { StringEquals: { [`${url.slice(8)}:sub`]: 'anybody' } },
                })),
              },
            },
          ],
        },
      ],
    };
    await using emulator = await started({ setup: own, issuers });
    await using pod = await emulator.startPod({ serviceAccount: 'azp', audience });
    const { environment } = await emulator.platforms.gitLab.startJob({
      idTokens: { TOKEN: { aud: audience } },
      claims,
    });
    expect(environment.CI_SERVER_URL).toBe(issuers.gitLab);
    const tokens = [
      await gitHubToken(emulator.startGitHubJob({ claims }).environment, audience),
      environment.TOKEN ?? '',
    ];
    for (const token of tokens) expect((await assume(emulator.urls.sts, token)).Provider).toContain('oidc-provider');
    // Verified, though its subject is not trusted.
    await expect(assume(emulator.urls.sts, readFileSync(pod.tokenFile, 'utf8'))).rejects.toThrow('Not authorized');
  });

  it('is found by the shipped steps under the names of the clouds, with no input that says where', async () => {
    await using emulator = await started();
    const folder = mkdtempSync(join(tmpdir(), 'ca-'));
    writeFileSync(join(folder, 'ca.pem'), emulator.ca ?? '');
    const start = (name: string, inputs: Record<string, string>) =>
      gitHubStep({
        name,
        inputs,
        environment: {
          ...emulator.startGitHubJob().environment,
          https_proxy: emulator.proxy ?? '',
          NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
        },
      }).run();
    const [aws, entra] = await Promise.all([
      start('aws-credentials', { 'role-to-assume': role, 'aws-region': region }),
      start('entra-token', { 'client-id': ids.app, 'tenant-id': ids.tenant, resource: 'graph' }),
    ]);
    expect([aws.error, entra.error]).toEqual([undefined, undefined]);
    const token = decodeJwt(entra.outputs['access-token'] ?? '');
    expect(token).toMatchObject({ iss: `https://login.microsoftonline.com/${ids.tenant}/v2.0`, appid: ids.app });
  });
});

describe('what outlasts', () => {
  it('a set-up: jobs, credentials and addresses; a set-up that IAM would not take changes nothing', async () => {
    await using emulator = await started();
    const job = emulator.startGitHubJob().environment;
    const credentials = await assume(emulator.urls.sts, await gitHubToken(job, audience));
    const [account] = setup.accounts ?? [];
    const malformed = { name: 'deploy', trustPolicy: { Version: '2012-10-17', Statement: [{}] } };
    const bad = { accounts: [{ id: ids.account, oidcProviders: [], roles: [malformed] }] };
    await expect(emulator.replaceSetup(bad)).rejects.toMatchObject({ name: 'IamProblem' });
    await assume(emulator.urls.sts, await gitHubToken(job, audience));
    await emulator.replaceSetup({
      ...setup,
      accounts: [{ ...account, id: ids.account, oidcProviders: [], roles: [] }],
    });
    await expect(assume(emulator.urls.sts, await gitHubToken(job, audience))).rejects.toThrow('No OpenIDConnect');
    expect(await caller(emulator.urls.sts, credentials)).toContain('assumed-role/deploy');
    await emulator.replaceSetup(setup);
    await assume(emulator.urls.sts, await gitHubToken(job, audience));
  });

  it('a process, with a folder: keys, jobs and credentials, for their owner alone', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'state-')), 'state');
    const keysOf = async (url: string) => (await fetch(`${url}/.well-known/jwks`)).text();
    const first = await started({ state: folder });
    const job = first.startGitHubJob().environment;
    const pipeline = first.startAzurePipelinesJob(pipelineJob).environment;
    const token = await gitHubToken(job, audience);
    const credentials = await assume(first.urls.sts, token);
    const before = [await keysOf(first.urls.github), first.ca];
    await first.close();
    expect([statSync(folder).mode & 0o777, statSync(join(folder, 'state.json')).mode & 0o777]).toEqual([0o700, 0o600]);

    await using second = await started({ state: folder, ports: portsOf(first.urls) });
    expect([await keysOf(second.urls.github), second.ca]).toEqual(before);
    expect(second.urls).toEqual(first.urls);
    expect(await caller(second.urls.sts, credentials)).toContain('assumed-role/deploy');
    await assume(second.urls.sts, token);
    await assume(second.urls.sts, await gitHubToken(job, audience));
    await assume(second.urls.sts, await azurePipelinesToken(pipeline));
  });

  it.each([
    ['is no JSON', 'not JSON'],
    ['is of another version', '{"version":2,"maps":{}}'],
  ])('nothing of a file that %s', async (_what, content) => {
    const folder = mkdtempSync(join(tmpdir(), 'state-'));
    writeFileSync(join(folder, 'state.json'), content);
    await expect(started({ state: folder })).rejects.toMatchObject({ name: 'StateProblem' });
    expect(readFileSync(join(folder, 'state.json'), 'utf8')).toBe(content);
  });
});

describe('the proxy', () => {
  const connected = (proxy: string, target: string) =>
    new Promise<{ readonly status: number | undefined; readonly socket: Socket }>((resolve, reject) => {
      const { hostname, port } = new URL(proxy);
      const asked = request({ hostname, port, method: 'CONNECT', path: target });
      asked.on('connect', ({ statusCode }, socket) => resolve({ status: statusCode, socket }));
      asked.on('error', reject).end();
    });

  it('passes on what the emulator does not stand for, as it is', async () => {
    await using emulator = await started();
    await using other = await startEmulator();
    const { host } = new URL(other.urls.sts);
    const { status, socket } = await connected(emulator.proxy ?? '', host);
    socket.end(`GET /nothing HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    expect([status, await text(socket)]).toEqual([200, expect.stringContaining('404')]);
    expect(other.requests.map(({ path }) => path)).toEqual(['/nothing']);
  });

  it('says that a host is not reached, and that it is for HTTPS', async () => {
    await using emulator = await started();
    const { status, socket } = await connected(emulator.proxy ?? '', '127.0.0.1:1');
    socket.destroy();
    expect(status).toBe(502);
    expect((await fetch(emulator.proxy ?? '')).status).toBe(405);
  });
});

it('says which port is taken, and leaves none open', async () => {
  await using first = await started();
  const sts = Number(new URL(first.urls.sts).port);
  await expect(started({ ports: { sts } })).rejects.toThrow(`sts cannot listen on 127.0.0.1:${sts}: EADDRINUSE.`);
});

function portsOf(urls: Readonly<Record<string, string>>): Record<string, number> {
  return Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, Number(new URL(url).port)]));
}
