import { FedbridgeError, HttpClient, type Lease } from '@fedbridge/core';
import { profiles, valuesOf } from '@fedbridge/exchange';
import { tokenEndpoint } from '@fedbridge/exchange/keep-fresh/token-endpoint';
import type { Acquisition, Identity, KeepFresh } from '@fedbridge/identity';
import { afterAll, expect, it } from 'vitest';
import { type Answer, answering } from '../harness/answering.ts';
import { outcomeOf, quietOutbound } from '../harness/outbound.ts';
import { admittedToken } from '../harness/tokens.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const now = 1_795_000_000_000;
const lifetimeMs = 900_000;
const idToken = admittedToken({
  iss: 'https://issuer.example.com',
  sub: 'job-1',
  aud: 'service',
  exp: now / 1000 + 300,
});

/** What a broker that keeps a token of a profile acquires, and what it asks for that. */
async function acquired(name: string, answer: (path: string) => Answer, getIdToken = async () => idToken) {
  await using server = await answering(({ url }) => answer(url));
  const profile = profiles.find((one) => one.name === name);
  if (!profile) throw new Error(`There is no profile ${name}.`);
  const values = valuesOf(profile, { url: server.url, role: 'ci', tokenUrl: `${server.url}/token` });
  let acquire: ((acquisition: Acquisition) => Promise<Lease<unknown>>) | undefined;
  let isEnded: boolean | undefined;
  const keepFresh: KeepFresh = (given, lease, kept) => {
    acquire = given;
    isEnded = kept?.endReplaced !== undefined;
    return async () => lease ?? given({} as Acquisition);
  };
  const plan = {
    profile,
    values,
    audience: undefined,
    lifetimeMs,
    lease: { value: 'first', expiresAt: now + lifetimeMs },
  };
  expect(tokenEndpoint.routes(plan, keepFresh)).toEqual([]);
  const outbound = quietOutbound(
    { http, deadline: now + 30_000, maxAttempts: 1 },
    { now: () => now, random: () => 1, sleep: async () => {} },
  );
  const acquisition = { identity: {} as Identity, idToken: () => getIdToken, outbound };
  const outcome = await outcomeOf(acquire?.(acquisition) ?? Promise.reject(new Error('Nothing is kept.')));
  return {
    ...outcome,
    isEnded,
    asked: server.asked.map(({ url, headers }) => `${url} ${headers['x-vault-token'] ?? ''}`.trim()),
  };
}

const auth = (client_token: string, lease_duration: number): Answer => ({
  body: { auth: { client_token, lease_duration } },
});
const renewal = '/v1/auth/token/renew-self first';
const login = '/v1/auth/jwt/login';

it.each<[string, Answer, string, number, string[]]>([
  ['lives on where it may', auth('first', 900), 'first', 900, [renewal]],
  ['is followed by another where it may not for long', auth('first', 300), 'second', 900, [renewal, login]],
  [
    'is followed by another where it is denied',
    { status: 403, body: { errors: ['x'] } },
    'second',
    900,
    [renewal, login],
  ],
])('a token of Vault %s', async (_how, renewed, value, seconds, requests) => {
  const { got, asked } = await acquired('vault', (path) => (path === login ? auth('second', 900) : renewed));
  expect(got).toEqual({ value, expiresAt: now + seconds * 1000 });
  expect(asked).toEqual(requests);
});

it('a token of Vault that cannot be renewed for now is kept as it is, and no login is made for it', async () => {
  const { error, asked } = await acquired('vault', () => ({ status: 503 }));
  expect(error?.code).toBe('UNAVAILABLE');
  expect(asked).toEqual([renewal]);
});

it.each([
  ['vault', false],
  ['rfc8693', false],
  ['octo-sts', true],
])('%s: what was replaced is ended, where it could not be renewed and can be ended: %s', async (name, isEnded) => {
  expect((await acquired(name, () => auth('first', 900))).isEnded).toBe(isEnded);
});

it('a token that cannot live on is exchanged for anew', async () => {
  const body = { access_token: 'second', token_type: 'Bearer', expires_in: 600 };
  const { got, asked } = await acquired('rfc8693', () => ({ body }));
  expect(got).toEqual({ value: 'second', expiresAt: now + 600_000 });
  expect(asked).toEqual(['/token']);
});

it.each(['vault', 'rfc8693'])(
  '%s: nothing is asked for once the ID token does not have what is required',
  async (name) => {
    const broken = new FedbridgeError('ID_TOKEN_CLAIM', 'The claim differs.', { breaksGuard: true });
    const { error, asked } = await acquired(
      name,
      () => auth('first', 900),
      () => Promise.reject(broken),
    );
    expect(error).toMatchObject({ code: 'ID_TOKEN_CLAIM', detail: { breaksGuard: true } });
    expect(asked).toEqual([]);
  },
);
