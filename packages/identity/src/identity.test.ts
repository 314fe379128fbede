import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment, Outbound } from '@fedbridge/core';
import { FedbridgeError, HttpClient, realSystem } from '@fedbridge/core';
import { afterAll, describe, expect, it } from 'vitest';
import { arcKeyFile, arcKeyFolder } from './azure-arc.ts';
import { idTokenSource } from './job-source.ts';
import { findManagedIdentity, managedIdentityOf, parseManagedIdentityId } from './managed-identity.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const nowhere = { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9' };
const masked: string[] = [];
const outbound = (environment: Readonly<Record<string, string>> = {}): Outbound => ({
  ...{ http, deadline: Date.now() + 300_000, maxAttempts: 1 },
  ...{ log: () => {}, debug: () => {}, mask: (secret) => masked.push(secret) },
  system: realSystem({ ...nowhere, ...environment }),
});

describe("a machine's identities", () => {
  const guid = '8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02';
  const resource = `/subscriptions/${guid}/resourceGroups/ci/providers/Microsoft.ManagedIdentity/userAssignedIdentities/agents`;

  it.each([
    ['system', { by: 'system' }],
    [guid, { by: 'client id', id: guid }],
    [`object:${guid}`, { by: 'object id', id: guid }],
    [resource, { by: 'resource id', id: resource }],
    [resource.toUpperCase(), { by: 'resource id', id: resource.toUpperCase() }],
  ])('%s is %o', (text, id) => expect(parseManagedIdentityId(text)).toEqual(id));

  it.each([
    ...[
      '',
      'System',
      'object:',
      'object:x',
      `x object:${guid}`,
      `x${guid}`,
      `x${resource}`,
      `${resource}/x`,
      `${resource} `,
    ],
    resource.replace(guid, 'x'),
    resource.replace('/ci/', '/c i/'),
  ])('%j is none', (text) =>
    expect(() => parseManagedIdentityId(text)).toThrow('expected system, a client id (a GUID)'),
  );

  it.each([
    [{}, { form: 'imds', url: 'http://169.254.169.254' }],
    [{ AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://h' }, { form: 'imds', url: 'http://h' }],
    [{ IDENTITY_ENDPOINT: 'http://e' }, { form: 'azure-arc', url: 'http://e' }],
    [{ MSI_ENDPOINT: 'http://localhost:1/t' }, { form: 'cloud-shell', url: 'http://localhost:1/t' }],
    [
      { MSI_ENDPOINT: 'http://localhost:1/t', MSI_SECRET: 's' },
      { form: 'imds', url: 'http://169.254.169.254' },
    ],
    [
      { MSI_ENDPOINT: 'http://169.254.169.254/metadata/identity/oauth2/token' },
      { form: 'imds', url: 'http://169.254.169.254' },
    ],
    [{ MSI_ENDPOINT: 'x' }, { form: 'imds', url: 'http://169.254.169.254' }],
    [{ IDENTITY_HEADER: 'x' }, { form: 'imds', url: 'http://169.254.169.254' }],
    [
      { IDENTITY_ENDPOINT: 'http://e', IDENTITY_HEADER: 'x' },
      { form: 'app-service', url: 'http://e', header: 'x' },
    ],
  ])('with %o are at %o', (environment, endpoint) => {
    expect(managedIdentityOf(environment, { by: 'system' })).toEqual({ id: { by: 'system' }, endpoint });
  });

  it('are found where the agent of Azure Arc is, and no variable names another', async () => {
    const formOf = async (environment: Environment, agent?: string) =>
      (await findManagedIdentity(environment, { by: 'system' }, agent)).endpoint;
    const here = import.meta.filename;
    expect(await formOf({}, here)).toEqual({
      form: 'azure-arc',
      url: 'http://127.0.0.1:40342/metadata/identity/oauth2/token',
    });
    expect(await formOf({}, `${here}.none`)).toMatchObject({ form: 'imds' });
    expect(await formOf({ AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://h' }, here)).toMatchObject({ form: 'imds' });
    expect(await formOf({ IDENTITY_ENDPOINT: 'http://e', IDENTITY_HEADER: 'x' }, here)).toMatchObject({
      form: 'app-service',
    });
  });
});

describe('a key of the agent of Azure Arc', () => {
  const linux = arcKeyFolder({}, 'linux');
  const windows = arcKeyFolder({ ProgramData: 'D:\\Data' }, 'win32');

  it.each([
    [`Basic realm=${linux}/a-1.key`, linux, `${linux}/a-1.key`],
    [`basic realm="${linux}/a.key"`, linux, `${linux}/a.key`],
    [`Basic realm=${windows}\\a.key`, windows, `${windows}\\a.key`],
    [`Basic realm=${windows.toLowerCase()}\\a.key`, windows, `${windows.toLowerCase()}\\a.key`],
    ['Basic realm=C:\\ProgramData\\AzureConnectedMachineAgent\\Tokens\\a.key', arcKeyFolder({}, 'win32'), undefined],
  ])('%s', (challenge, folder, path) =>
    expect(arcKeyFile(challenge, folder)).toBe(path ?? challenge.replace('Basic realm=', '')),
  );

  it.each([
    ['', linux],
    ['Basic', linux],
    ['Basic realm=', linux],
    [`Bearer realm=${linux}/a.key`, linux],
    [`Basic realm=${linux}/a.txt`, linux],
    [`Basic realm=${linux}/.key`, linux],
    [`Basic realm=${linux}/deeper/a.key`, linux],
    [`Basic realm=${linux}/../a.key`, linux],
    [`Basic realm=${linux}/x/../a.key`, linux],
    [`Basic realm=${linux.toUpperCase()}/a.key`, linux],
    ['Basic realm=/etc/ssl/a.key', linux],
    ['Basic realm=a.key', linux],
    [`Basic realm=${windows}\\..\\a.key`, windows],
    [`Basic realm=${windows}\\x\\a.key`, windows],
    ['Basic realm=\\\\server\\share\\a.key', windows],
    [`Basic realm=${windows}\\a.key:stream.key`, windows],
  ])('is not %s', (challenge, folder) =>
    expect(() => arcKeyFile(challenge, folder)).toThrow(expect.objectContaining({ code: 'ANSWER_MALFORMED' })),
  );
});

describe('a token in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'token-'));
  const exp = Math.floor(Date.now() / 1000) + 300;
  const token = (aud: unknown, more: object = {}) =>
    `e30.${Buffer.from(JSON.stringify({ iss: 'https://oidc.example.com', sub: 's', aud, exp, ...more })).toString('base64url')}.x`;
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const ask = (given: Readonly<Record<string, string>>, audience?: string) =>
    idTokenSource({ kind: 'kubernetes', files: given }, outbound(), []).getIdToken(audience);

  it('is the one for the audience, of several, and is masked', async () => {
    const both = { A: file('a', `${token('first')}\n`), B: file('b', token(['second', 'third'])) };
    expect((await ask(both)).audiences).toEqual(['first']);
    expect(masked).toEqual(expect.arrayContaining([token('first'), token(['second', 'third'])]));
    await expect(ask(both, 'third')).rejects.toMatchObject({
      code: 'ID_TOKEN_AUDIENCE',
      message: 'The ID token is not for third. No other token file has a token for third.',
      detail: { hint: expect.stringContaining('with that audience alone') },
    });
    await expect(ask(both, 'fourth')).rejects.toMatchObject({
      code: 'ID_TOKEN_AUDIENCE',
      message: 'No token file has a token for fourth.',
      detail: { presented: { audience: 'first' }, hint: expect.stringContaining('Project a token with that audience') },
    });
  });

  it.each([
    [
      {},
      'ID_TOKEN_UNAVAILABLE',
      'No token file is named.',
      'AZURE_FEDERATED_TOKEN_FILE or AWS_WEB_IDENTITY_TOKEN_FILE set',
    ],
    [{ A: '/nowhere' }, 'ID_TOKEN_UNAVAILABLE', 'The token file /nowhere cannot be read: ENOENT.', 'A names it.'],
    [{ A: file('long', 'x'.repeat(64 * 1024 + 1)) }, 'ID_TOKEN_MALFORMED', 'has more than 65536 bytes.', undefined],
    [{ A: file('limit', 'x'.repeat(64 * 1024)) }, 'ID_TOKEN_MALFORMED', 'something that is not an ID token', undefined],
    [{ A: file('empty', ' ') }, 'ID_TOKEN_MALFORMED', 'something that is not an ID token', undefined],
    [{ A: file('expired', token('a', { exp: 1 })) }, 'ID_TOKEN_EXPIRED', 'The ID token expired', 'clock'],
    [
      { A: file('plain', token('a', { iss: 'http://oidc.example.com' })) },
      'ID_TOKEN_ISSUER',
      'not an HTTPS address',
      'not sent',
    ],
  ])('%o: %s, %s', async (given, code, message, hint) => {
    const error = ask(given as Record<string, string>);
    await expect(error).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    if (hint) await expect(error).rejects.toMatchObject({ detail: { hint: expect.stringContaining(hint) } });
  });

  /** What a file can be, and what of it is said where no other is the right one. */
  const states = {
    good: [() => file('good', token('mine')), undefined],
    absent: [() => '/nowhere', 'The token file /nowhere cannot be read: ENOENT.'],
    'a folder': [() => folder, 'is a folder, not a regular file.'],
    malformed: [() => file('malformed', 'no token'), 'malformed has something that is not an ID token.'],
    'without a subject': [() => file('nobody', token('mine', { sub: '' })), 'nobody has no valid "sub" claim.'],
    expired: [() => file('past', token('mine', { exp: 1 })), 'The ID token expired'],
    'for others too': [() => file('wide', token(['mine', 'theirs'])), 'The ID token is not for mine.'],
    'for others': [() => file('theirs', token('theirs')), 'token file has a token for mine.'],
  } as const;
  const names = Object.keys(states) as (keyof typeof states)[];
  const pairs = names.flatMap((one) => names.map((other) => [one, other] as const));

  it.each(pairs)('of two is the right one, and else all reasons are said: %s, %s', async (one, other) => {
    const asked = ask({ A: states[one][0](), B: states[other][0]() }, 'mine');
    if (one === 'good' || other === 'good') {
      expect((await asked).file).toBe(join(folder, 'good'));
      return;
    }
    const error = await asked.catch((thrown: unknown) => thrown as FedbridgeError);
    expect(error).toBeInstanceOf(FedbridgeError);
    for (const name of [one, other]) expect((error as FedbridgeError).message).toContain(states[name][1]);
    // While a file cannot be read the right token may be in it: what another has breaks no guard.
    const isUnread = [one, other].some((name) => names.slice(1, 5).includes(name));
    const isWide = [one, other].includes('for others too');
    if (isUnread && !isWide) expect((error as FedbridgeError).detail.breaksGuard).not.toBe(true);
  });

  it('may be of an issuer on this machine', async () => {
    const local = token('a', { iss: 'http://127.0.0.1:1' });
    expect((await ask({ A: file('local', local) })).issuer).toBe('http://127.0.0.1:1');
    expect(masked).not.toContain('');
  });
});
