import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../harness/cli.ts';
import type { Variables } from '../harness/process.ts';
import { ids, region } from '../harness/setup.ts';
import { type Cluster, clusterWithAccounts } from './cluster.ts';
import { build } from './programs.ts';

const missing = await build('kubernetes');
const entraAudience = 'api://AzureADTokenExchange';
const awsAudience = 'sts.amazonaws.com';
const role = `arn:aws:iam::${ids.account}:role/deploy`;

describe.skipIf(missing !== undefined)(`tokens of a real cluster${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let folder: string;
  let cluster: Cluster;
  let emulator: Emulator;
  let clouds: Variables;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'real-'));
    cluster = await clusterWithAccounts(folder);
    const federatedCredentials = [JSON.parse(await written('entra', '--name', 'deploy'))];
    const { provider, trustPolicy } = JSON.parse(await written('aws', '--account', ids.account));
    const account = {
      id: ids.account,
      oidcProviders: [{ url: provider.Url, clientIds: provider.ClientIDList }],
      roles: [{ name: 'deploy', trustPolicy }],
    };
    const tenant = { id: ids.tenant, applications: [{ clientId: ids.app, federatedCredentials }] };
    emulator = await startEmulator({ names: 'real', setup: { accounts: [account], tenants: [tenant] } });
    const ca = join(folder, 'emulator.pem');
    writeFileSync(ca, emulator.ca ?? '');
    clouds = { HTTPS_PROXY: emulator.proxy ?? '', NODE_EXTRA_CA_CERTS: ca };
  });
  afterAll(async () => {
    await emulator?.close();
    await cluster?.[Symbol.asyncDispose]();
  });

  /** What `fedbridge trust` writes for the service account, as JSON. */
  async function written(cloud: 'aws' | 'entra', ...more: readonly string[]): Promise<string> {
    const job = ['--service-account', 'default/deploy', '--issuer', cluster.url, '--format', 'json'];
    const { stdout, stderr, exitCode } = await runCommand(['trust', cloud, ...job, ...more], {}, folder);
    expect({ stderr, exitCode }).toMatchObject({ exitCode: 0 });
    return stdout;
  }

  const tokenOf = (name: string, audience: string) => cluster.tokenOf({ namespace: 'default', name }, audience, 600);

  /** Runs a command in a pod, whose token is projected into it. */
  async function inPod(token: string, args: readonly string[]) {
    const file = join(folder, 'token');
    writeFileSync(file, token);
    const azure = { AZURE_FEDERATED_TOKEN_FILE: file, AZURE_CLIENT_ID: ids.app, AZURE_TENANT_ID: ids.tenant };
    return runCommand(args, { ...clouds, ...azure, AWS_WEB_IDENTITY_TOKEN_FILE: file }, folder);
  }

  const toEntra = ['token', '--identity', 'kubernetes', '--resource', 'https://management.azure.com/'];
  const toAws = ['aws-credentials', '--identity', 'kubernetes', '--role-to-assume', role, '--aws-region', region];

  it('have their audience in a list, and a key that discovery names', async () => {
    const token = await tokenOf('deploy', entraAudience);
    expect(decodeJwt(token)).toMatchObject({
      ...{ iss: cluster.url, aud: [entraAudience], sub: 'system:serviceaccount:default:deploy' },
    });
    const { kid } = decodeProtectedHeader(token);
    const { keys } = await cluster.request<{ readonly keys: readonly { readonly kid: string }[] }>(
      'GET',
      '/openid/v1/jwks',
    );
    expect(keys.map((key) => key.kid)).toContain(kid);
  });

  it.each([
    ['Entra', toEntra, entraAudience],
    ['AWS', toAws, awsAudience],
  ])('are exchanged at %s by what fedbridge trust wrote', async (_cloud, command, audience) => {
    const { exitCode, stderr, stdout } = await inPod(await tokenOf('deploy', audience), command);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout).not.toBe('');
  });

  it.each([
    ['Entra', toEntra, entraAudience, 'AADSTS700213'],
    ['AWS', toAws, awsAudience, 'AccessDenied'],
  ])('of another service account are denied by %s, and it is told why', async (_cloud, command, audience, code) => {
    const { exitCode, stderr, stdout } = await inPod(await tokenOf('other', audience), command);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(code);
    expect(stderr).toContain('system:serviceaccount:default:other');
  });

  it('for another audience are denied', async () => {
    const { exitCode, stderr } = await inPod(await tokenOf('deploy', 'https://kubernetes.default.svc'), toEntra);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining('https://kubernetes.default.svc'),
    });
  });

  it('are read anew: what the kubelet has written since is what is presented', async () => {
    const first = await tokenOf('deploy', entraAudience);
    const second = await tokenOf('deploy', entraAudience);
    await inPod(first, toEntra);
    await inPod(second, toEntra);
    const presented = emulator.requests
      .filter(({ service, path }) => service === 'entra' && path.endsWith('/token'))
      .map(({ body }) => new URLSearchParams(body).get('client_assertion'));
    expect(presented.slice(-2)).toEqual([first, second]);
    expect(readFileSync(join(folder, 'token'), 'utf8')).toBe(second);
  });

  it('are exchanged when the cluster has changed its key, the old ones too', async () => {
    const tokens = async () => ({
      entra: await tokenOf('deploy', entraAudience),
      aws: await tokenOf('deploy', awsAudience),
    });
    const exchange = async ({ entra, aws }: Awaited<ReturnType<typeof tokens>>) => {
      for (const { exitCode, stderr } of [await inPod(entra, toEntra), await inPod(aws, toAws)])
        expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    };
    const before = await tokens();
    await exchange(before);
    await cluster.changeKey();
    const after = await tokens();
    expect(decodeProtectedHeader(after.entra).kid).not.toBe(decodeProtectedHeader(before.entra).kid);
    await exchange(after);
    await exchange(before);
  });
});
