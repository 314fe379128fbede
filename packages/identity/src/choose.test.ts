import { type AddressInfo, createServer } from 'node:net';
import { HttpClient, type Outbound, realSystem } from '@fedbridge/core';
import { afterAll, describe, expect, it } from 'vitest';
import { answering } from '../../../test/harness/answering.ts';
import { quietOutbound } from '../../../test/harness/outbound.ts';
import { type ChooseOptions, chooseSource } from './choose.ts';
import type { Platform, PlatformJob } from './platform.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const job = (environment: PlatformJob['environment']): PlatformJob => ({ kind: 'github', environment });
const asking = job({ URL: 'https://tokens.example.com' });
const mute = job({});
/** Its jobs can ask where the address is given. */
const github = { name: 'github', canAsk: ({ environment }) => environment.URL !== undefined } as Platform;
const files = { AZURE_FEDERATED_TOKEN_FILE: '/a', AWS_WEB_IDENTITY_TOKEN_FILE: '/b' };
/** Where nobody listens. */
const nowhere = { IDENTITY_ENDPOINT: 'http://127.0.0.1:9', IDENTITY_HEADER: 'x' };
const token = { access_token: 'e30.e30.x', expires_on: String(Math.floor(Date.now() / 1000) + 3600) };

function choose(
  options: Partial<ChooseOptions>,
  environment: Readonly<Record<string, string>> = nowhere,
  more: Partial<Outbound> = {},
) {
  const outbound = quietOutbound(
    { http, deadline: Date.now() + 300_000, maxAttempts: 1, ...more },
    realSystem(environment),
  );
  const usual = { wanted: 'auto', own: undefined, platforms: [github], managedIdentity: { by: 'system' } } as const;
  return chooseSource({ ...usual, ...options }, outbound);
}

describe('the identity that was named', () => {
  it.each([
    ['github', mute],
    ['kubernetes', { kind: 'kubernetes', files: {} }],
    ['managed-identity', { kind: 'managed-identity', known: true }],
    ['aws', { kind: 'aws' }],
  ] as const)('%s is taken, and nothing else is looked at', async (wanted, source) => {
    const chosen = await choose({ wanted, own: mute });
    expect(chosen).toMatchObject({ source, why: `Identity: ${wanted}, as asked for.` });
  });

  it.each([undefined, asking])('is an error where the job is of another platform, and no other is taken: %o', (own) =>
    expect(choose({ wanted: 'azure-pipelines', own }, files)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: 'The identity "azure-pipelines" was asked for, but this does not run in a job of that platform.',
    }),
  );
});

describe('the identity of a job that names none', () => {
  it("is the platform's, where it gives tokens, whatever else is there", async () => {
    const { source, why } = await choose({ own: asking }, { ...nowhere, ...files });
    expect(source).toBe(asking);
    expect(why).toBe('Identity: github, which gives this job ID tokens.');
  });

  it('is AWS where the job begins with its own credentials, of which nobody asks for tokens', async () => {
    expect((await choose({ own: { kind: 'aws' } })).source).toEqual({ kind: 'aws' });
  });

  it.each([
    [undefined, 'no CI platform is here'],
    [mute, 'github gives this job no ID token'],
  ])('is that of the token files, where the platform gives none: %o', async (own, lacks) => {
    expect(await choose({ own }, { ...nowhere, ...files })).toEqual({
      source: { kind: 'kubernetes', files },
      why: `Identity: kubernetes, since ${lacks} and AZURE_FEDERATED_TOKEN_FILE and AWS_WEB_IDENTITY_TOKEN_FILE is set.`,
    });
  });

  it("is the machine's without a platform, and nobody asked whether there is one", async () => {
    await using endpoint = await answering({ status: 500 });
    const environment = { IDENTITY_ENDPOINT: endpoint.url, IDENTITY_HEADER: 'x' };
    const { source, why } = await choose({}, environment);
    expect(source).toMatchObject({ kind: 'managed-identity', known: false, identity: { endpoint: { header: 'x' } } });
    expect(why).toBe('Identity: managed-identity, since no CI platform is here and no token file is named.');
    expect(endpoint.asked).toEqual([]);
  });

  it("is the machine's where the platform gives none and the machine has one: it is asked once, for a token that every tenant knows", async () => {
    await using endpoint = await answering({ body: token });
    const masked: string[] = [];
    const environment = { IDENTITY_ENDPOINT: endpoint.url, IDENTITY_HEADER: 'the header' };
    const { source } = await choose({ own: mute }, environment, { mask: (secret) => masked.push(secret) });
    expect(source).toMatchObject({ kind: 'managed-identity', known: true });
    expect(endpoint.asked).toHaveLength(1);
    expect(new URL(endpoint.asked[0]?.url ?? '', endpoint.url).searchParams.get('resource')).toBe(
      'https://management.azure.com',
    );
    expect(masked).toEqual(['the header', token.access_token]);
  });

  it.each([
    ['no machine answers', nowhere],
    ['the address is not one that may be asked', { ...nowhere, IDENTITY_ENDPOINT: 'http://example.com' }],
  ])("stays the platform's, which then says what is missing, where %s", async (_what, environment) => {
    expect(await choose({ own: mute }, environment)).toEqual({
      source: mute,
      why: 'Identity: github, though github gives this job no ID token: no token file is named, and no managed identity is here.',
    });
  });

  it('is not held up by a machine that does not answer beyond the deadline of the job', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const environment = { IDENTITY_ENDPOINT: url, IDENTITY_HEADER: 'x' };
    expect((await choose({ own: mute }, environment, { deadline: Date.now() + 50 })).source).toBe(mute);
    server.close();
  });

  it('is not guessed where something else goes wrong: a defect is a defect', async () => {
    const mask = () => {
      throw new TypeError('a defect');
    };
    await expect(choose({ own: mute }, nowhere, { mask })).rejects.toThrow(TypeError);
  });
});
