/**
 * Tests as well:
 * - packages/aws/src/ecr.ts
 * - packages/cli/src/commands/docker-credential.ts
 * - packages/entra/src/container-registry.ts
 */

import { mkdtempSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../harness/cli.ts';
import { ids, region, role, sharedSetup } from '../harness/setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'docker-'));
const acr = 'contoso.azurecr.io';
const ecr = `${ids.account}.dkr.ecr.${region}.amazonaws.com`;
const refreshToken = 'eyJhbGciOiJSUzI1NiJ9.refresh.token';
const password = 'cGFzc3dvcmQtb2YtdGhlLXJlZ2lzdHJ5';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}
interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let emulator: Emulator;
let asked: Asked[] = [];
/** What the registry says in the place of its usual answer. */
let said: Answer | undefined;
const registry = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  asked.push({ path: request.url ?? '', headers: request.headers, body });
  const { status, body: answer } = said ?? usual(asked.at(-1) as Asked);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
});
let address: string;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
});
afterAll(async () => {
  registry.close();
  await emulator.close();
});
afterEach(() => {
  asked = [];
  said = undefined;
});

/** Of Azure Container Registry, and of ECR for whoever has signed. */
function usual({ path, headers, body }: Asked): Answer {
  if (path === '/oauth2/exchange') return { status: 200, body: { refresh_token: refreshToken } };
  emulator.awsCaller({ service: 'ecr', method: 'POST', path, query: '', headers, body });
  const authorizationToken = Buffer.from(`AWS:${password}`).toString('base64');
  return { status: 200, body: { authorizationData: [{ authorizationToken, proxyEndpoint: `https://${ecr}` }] } };
}

const run = (operation: string, input: string, ...more: readonly string[]) => {
  const entra = ['--client-id', ids.app, '--tenant-id', ids.tenant, '--authority-host', emulator.urls.entra];
  const aws = ['--role-to-assume', role, '--sts-endpoint', emulator.urls.sts];
  const registries = ['--registry', acr, '--registry', ecr, '--registry-endpoint', address];
  const args = ['docker-credential', operation, ...registries, ...entra, ...aws, ...more];
  return runCommand(args, emulator.startGitHubJob().environment, folder, input);
};

describe('fedbridge docker-credential', () => {
  it('gives docker a token of Azure Container Registry', async () => {
    const { exitCode, stdout, stderr } = await run('get', `${acr}\n`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringMatching(/^Identity: /) });
    const Username = '00000000-0000-0000-0000-000000000000';
    expect(JSON.parse(stdout)).toEqual({ ServerURL: acr, Username, Secret: refreshToken });
    const form = new URLSearchParams(asked[0]?.body);
    expect([form.get('grant_type'), form.get('service')]).toEqual(['access_token', acr]);
    expect(decodeJwt(form.get('access_token') ?? '')).toMatchObject({
      appid: ids.app,
      aud: 'https://management.azure.com',
    });
  });

  it('gives docker a password of Amazon ECR, for a request that the role has signed', async () => {
    const { exitCode, stdout } = await run('get', `https://${ecr}/`);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ ServerURL: `https://${ecr}/`, Username: 'AWS', Secret: password });
    expect(asked[0]?.headers['x-amz-target']).toBe('AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken');
  });

  it.each([
    'https://index.docker.io/v1/',
    'fabrikam.azurecr.io',
    `${acr}.example.com`,
    `http://${acr}`,
    `x@${acr}`,
    '',
  ])('has none for %j, in the words that docker knows', async (server) => {
    const { exitCode, stdout } = await run('get', server);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'credentials not found in native keychain\n' });
    expect(asked).toEqual([]);
  });

  it('keeps nothing', async () => {
    expect(await run('erase', acr)).toMatchObject({ exitCode: 0, stdout: '' });
    const { exitCode, stderr } = await run(
      'store',
      JSON.stringify({ ServerURL: acr, Username: 'x', Secret: 'a secret' }),
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('This helper keeps no password.');
    expect(stderr).not.toContain('a secret');
    expect(JSON.parse((await run('list', '')).stdout)).toEqual({ [acr]: expect.any(String), [ecr]: 'AWS' });
  });

  it.each([
    [
      acr,
      { status: 401, body: { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] } },
      'needs the role AcrPull',
    ],
    [acr, { status: 200, body: {} }, '[ANSWER_MALFORMED]'],
    [
      ecr,
      { status: 400, body: { __type: 'AccessDeniedException', message: 'is not authorized' } },
      'ecr:GetAuthorizationToken',
    ],
    [ecr, { status: 200, body: { authorizationData: [{ authorizationToken: 'eA==' }] } }, '[ANSWER_MALFORMED]'],
  ])('says why %s gives none: %j', async (server, answer, why) => {
    said = answer;
    const { exitCode, stdout, stderr } = await run('get', server);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(why);
    for (const secret of emulator.secrets()) expect(stderr).not.toContain(secret);
  });

  it.each([
    'docker.io',
    'example.com',
    'azurecr.io',
    'contoso.azurecr.io.example.com',
    '123.dkr.ecr.eu-central-1.amazonaws.com',
    `${ids.account}.dkr.ecr.eu-central-1.amazonaws.com.cn`,
  ])('answers for no %s', async (host) => {
    const { exitCode, stderr } = await runCommand(['docker-credential', 'get', '--registry', host], {}, folder, host);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('expected a registry of Amazon ECR or Azure Container Registry');
  });
});
