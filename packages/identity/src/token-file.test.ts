import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FedbridgeError, HttpClient, realSystem } from '@fedbridge/core';
import { afterAll, describe, expect, it } from 'vitest';
import { quietOutbound } from '../../../test/harness/outbound.ts';
import { TokenFileSource, tokenFilesOf } from './token-file.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const masked: string[] = [];
const outbound = quietOutbound(
  { http, deadline: Date.now() + 300_000, maxAttempts: 1, mask: (secret) => masked.push(secret) },
  realSystem({}),
);

it('token files are those that the two variables of the webhooks name, an empty one none', () => {
  expect(
    tokenFilesOf({ AZURE_FEDERATED_TOKEN_FILE: '/a', AWS_WEB_IDENTITY_TOKEN_FILE: '/b', TOKEN_FILE: '/c' }),
  ).toEqual({
    AZURE_FEDERATED_TOKEN_FILE: '/a',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/b',
  });
  expect(tokenFilesOf({ AZURE_FEDERATED_TOKEN_FILE: '', AWS_WEB_IDENTITY_TOKEN_FILE: undefined })).toEqual({});
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
    new TokenFileSource(outbound, given).getIdToken(audience);

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
