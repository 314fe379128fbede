import { explain, HttpClient } from '@fedbridge/core';
import { exchange, profiles, type Values, valuesOf } from '@fedbridge/exchange';
import { revoke } from '@fedbridge/exchange/revoke';
import { readSecrets } from '@fedbridge/exchange/secrets';
import { afterAll, describe, expect, it } from 'vitest';
import { type Answer, answering } from '../harness/answering.ts';
import { outcomeOf, quietOutbound } from '../harness/outbound.ts';
import { admittedToken } from '../harness/tokens.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const now = 1_795_000_000_000;
const hour = 3_600_000;
const idToken = admittedToken({
  iss: 'https://issuer.example.com',
  sub: 'job-1',
  aud: 'service',
  exp: now / 1000 + 300,
});

const google = {
  workloadIdentityProvider: 'projects/1/locations/global/workloadIdentityPools/ci-jobs/providers/github',
  workloadIdentityPool: 'projects/1/locations/global/workloadIdentityPools/ci-jobs',
};
/** What a user gives for each profile, and the answers of the service. */
const cases: Readonly<Record<string, { readonly values: (url: string) => Values; readonly good: readonly Answer[] }>> =
  {
    rfc8693: {
      values: (url) => ({ tokenUrl: `${url}/token` }),
      good: [{ body: { access_token: 'a-token', issued_token_type: 'x', token_type: 'Bearer', expires_in: 3600 } }],
    },
    'octo-sts': {
      values: (url) => ({
        domain: url,
        domainHost: new URL(url).host,
        githubApiUrl: url,
        scope: 'octo/app',
        trustPolicy: 'deploy',
      }),
      good: [{ body: { token: 'a-token' } }],
    },
    vault: {
      values: (url) => ({ url, role: 'ci' }),
      good: [{ body: { auth: { client_token: 'a-token', lease_duration: 3600 } } }],
    },
    google: {
      values: (url) => ({
        ...google,
        tokenUrl: `${url}/v1/token`,
        iamCredentialsEndpoint: url,
        serviceAccount: 'deploy@p.iam.gserviceaccount.com',
      }),
      good: [
        { body: { access_token: 'federated', token_type: 'Bearer', expires_in: 3599 } },
        { body: { accessToken: 'a-token', expireTime: new Date(now + hour).toISOString() } },
      ],
    },
  };

function outboundOf(maxAttempts: number) {
  const masked: string[] = [];
  const waits: number[] = [];
  const sleep = async (ms: number) => {
    waits.push(ms);
  };
  const mask = (secret: string) => masked.push(secret);
  const outbound = quietOutbound(
    { http, deadline: now + 200_000, maxAttempts, mask },
    { now: () => now, random: () => 1, sleep },
  );
  return { outbound, masked, waits };
}

function orderOf(name: string, url: string) {
  const profile = profiles.find((one) => one.name === name);
  if (!profile) throw new Error(`There is no profile ${name}.`);
  return { profile, values: valuesOf(profile, cases[name]?.values(url) ?? {}) };
}

async function ask(name: string, answers: readonly Answer[], maxAttempts = 1) {
  await using server = await answering(...answers);
  const { outbound, ...seen } = outboundOf(maxAttempts);
  const { got, error } = await outcomeOf(exchange(orderOf(name, server.url), async () => idToken, outbound));
  return { got, error, ...seen, asked: server.asked };
}

/** The last answer, changed. */
function changed(name: string, change: (body: Record<string, unknown>) => unknown): readonly Answer[] {
  const good = cases[name]?.good ?? [];
  const last = structuredClone(good.at(-1)?.body) as Record<string, unknown>;
  return [...good.slice(0, -1), { body: change(last) }];
}

describe.each(profiles.map(({ name }) => name))('%s', (name) => {
  const good = cases[name]?.good ?? [];

  it('gives what the service gives, masked, until it expires', async () => {
    const { got, error, masked, asked } = await ask(name, good);
    expect(error).toBeUndefined();
    expect([got?.reveal(), got?.expiresAt]).toEqual(['a-token', now + hour]);
    expect(masked.at(-1)).toBe('a-token');
    expect(asked).toHaveLength(good.length);
    expect(`${got} ${JSON.stringify(got)}`).not.toContain('a-token');
  });

  it.each([
    ['nothing', {}],
    ['null', null],
    ['a list', []],
    ['a text', '"a-token"'],
  ])('gives nothing where it answers with %s', async (_what, body) => {
    const { error } = await ask(
      name,
      changed(name, () => body),
    );
    expect(error).toMatchObject({
      code: 'ANSWER_MALFORMED',
      message: expect.stringMatching(/^\S.* answered /),
    });
  });

  it.each(['two words', 'a\nb', '', 7, null])('gives nothing where the token is %j', async (token) => {
    const replaced = changed(name, (body) =>
      JSON.parse(JSON.stringify(body).replace('"a-token"', JSON.stringify(token))),
    );
    expect((await ask(name, replaced)).error?.code).toBe('ANSWER_MALFORMED');
  });

  it('asks again where it is throttled or fails, and not for ever', async () => {
    const { got, waits } = await ask(name, [{ status: 429 }, { status: 503 }, ...good], 5);
    expect(got?.reveal()).toBe('a-token');
    expect(waits).toHaveLength(2);
    const { error, asked } = await ask(name, [{ status: 500 }], 3);
    expect(error?.code).toBe('UNAVAILABLE');
    expect(asked).toHaveLength(3);
  });

  it.each([400, 401, 403, 404])(
    'a denial with HTTP %i is explained, presented twice more, and shows no token',
    async (status) => {
      const said = `no entry for ${idToken.reveal()} here`;
      const bodies = [
        { error: 'invalid_grant', error_description: said },
        { error: { code: status, status: 'PERMISSION_DENIED', message: said } },
        { errors: [said, 'and more'] },
        { code: 7, message: said },
        said,
      ];
      for (const body of bodies) {
        const { error, asked } = await ask(name, [{ status, body }], 10);
        expect(error?.code).toBe('EXCHANGE_REFUSED');
        expect(asked).toHaveLength(3);
        const shown = error ? explain(error) : '';
        expect(shown).toContain('job-1');
        expect(shown).toContain(`HTTP ${status}`);
        expect(shown).not.toContain(idToken.reveal());
        if (body !== said) expect(shown).toContain('no entry for *** here');
        expect(error?.detail.document).toContain('https://issuer.example.com');
      }
    },
  );

  it('follows no redirect to another origin', async () => {
    const { error } = await ask(name, [{ status: 307, headers: { location: 'https://elsewhere.example.com/' } }]);
    expect(error?.code).toBe('HTTP_REDIRECT');
  });
});

it('google: what the second request shows is hidden in its denial too', async () => {
  const [first] = cases.google?.good ?? [];
  const message = `no entry for federated, nor for ${idToken.reveal()} here`;
  const denied = { status: 403, body: { error: { code: 403, status: 'PERMISSION_DENIED', message } } };
  const { error } = await ask('google', [first ?? {}, denied]);
  expect(error).toMatchObject({
    code: 'EXCHANGE_REFUSED',
    detail: { answer: 'PERMISSION_DENIED, HTTP 403: no entry for ***, nor for *** here' },
  });
});

describe('times of tokens', () => {
  it.each(['0', 0, -1, 3599.5, '0x10', true, [3600], 1e300, 400 * 86_400])(
    'rfc8693: expires_in %j is none',
    async (expires_in) => {
      const { error } = await ask(
        'rfc8693',
        changed('rfc8693', (body) => ({ ...body, expires_in })),
      );
      expect(error?.code).toBe('ANSWER_MALFORMED');
    },
  );

  it('rfc8693: one that is not said is not known', async () => {
    const { got } = await ask(
      'rfc8693',
      changed('rfc8693', ({ expires_in: _, ...body }) => body),
    );
    expect(got?.expiresAt).toBeUndefined();
  });

  it.each([
    '',
    'tomorrow',
    '2026-11-26',
    new Date(now - 1000).toISOString(),
    new Date(now + 400 * 24 * hour).toISOString(),
    null,
  ])('google: expireTime %j is none', async (expireTime) => {
    const { error } = await ask(
      'google',
      changed('google', (body) => ({ ...body, expireTime })),
    );
    expect(error?.code).toBe('ANSWER_MALFORMED');
  });

  it.each(['DPoP', 'PoP', '', null, undefined])('rfc8693: a token of type %j is of no use', async (token_type) => {
    const { error } = await ask(
      'rfc8693',
      changed('rfc8693', (body) => ({ ...body, token_type })),
    );
    expect(error?.code).toBe('ANSWER_MALFORMED');
  });

  it('rfc8693: a request that is wrong whoever makes it is made once', async () => {
    const { error, asked } = await ask('rfc8693', [{ status: 400, body: { error: 'invalid_target' } }], 10);
    expect(error?.code).toBe('EXCHANGE_REJECTED');
    expect(asked).toHaveLength(1);
  });
});

describe('secrets of Vault', () => {
  const wanted = [{ path: 'secret/data/ci', key: 'password', name: 'PASSWORD' }];
  const read = async (answer: Answer) => {
    await using server = await answering(...(cases.vault?.good ?? []), answer);
    const { outbound, masked } = outboundOf(1);
    const order = orderOf('vault', server.url);
    const token = await exchange(order, async () => idToken, outbound);
    const outcome = await outcomeOf(readSecrets(order, token, wanted, outbound));
    return { ...outcome, masked, asked: server.asked.slice(1) };
  };

  it.each([
    ['version 1', { password: 'p' }, 'p'],
    ['version 2', { data: { password: 'p' }, metadata: { version: 3 } }, 'p'],
    ['version 1, with a key "data"', { data: 'x', password: 'p' }, 'p'],
    ['version 1, with an object "data"', { data: { password: 'other' }, password: 'p' }, 'p'],
    ['a number', { password: 5432 }, '5432'],
    ['an object', { password: { user: 'u' } }, '{"user":"u"}'],
    ['JSON in a text', { password: '{"user":"u"}' }, '{"user":"u"}'],
  ])('of a KV engine: %s', async (_what, data, value) => {
    const { got, masked, asked } = await read({ body: { data } });
    expect(got).toEqual([{ name: 'PASSWORD', value }]);
    expect(masked).toContain(value);
    expect(asked.map(({ method, url, headers }) => [method, url, headers['x-vault-token']])).toEqual([
      ['GET', '/v1/secret/data/ci', 'a-token'],
    ]);
  });

  it.each([
    ['another key', { body: { data: { other: 'x' } } }, 'INPUT_INVALID'],
    ['a deleted version', { status: 404, body: { errors: [] } }, 'EXCHANGE_REFUSED'],
    ['no permission', { status: 403, body: { errors: ['permission denied'] } }, 'EXCHANGE_REFUSED'],
    ['no secret', { body: {} }, 'ANSWER_MALFORMED'],
    ['a list', { body: { data: ['password'] } }, 'ANSWER_MALFORMED'],
    ['a page', { body: '<html>' }, 'ANSWER_MALFORMED'],
  ])('none: %s', async (_what, answer, code) => {
    const { error, masked } = await read(answer);
    expect(error?.code).toBe(code);
    expect(error ? explain(error) : '').not.toContain('a-token');
    if (code === 'INPUT_INVALID')
      expect(error).toMatchObject({
        message: 'The secret at secret/data/ci has no "password".',
        detail: { hint: 'It has other.' },
      });
    expect(masked).toEqual(['a-token']);
  });
});

describe('revoking', () => {
  const end = async (name: string, answer: Answer) => {
    await using server = await answering(answer);
    const { outbound } = outboundOf(2);
    const outcome = await outcomeOf(revoke(orderOf(name, server.url), 'a-token', outbound));
    return { ...outcome, asked: server.asked };
  };

  const none = [
    '{"errors":["permission denied"]}',
    '{"errors":["2 errors occurred:\\n\\t* permission denied\\n\\t* invalid token\\n\\n"]}',
  ];
  it.each([
    ['vault', 'POST', '/v1/auth/token/revoke-self', none.map((body) => ({ status: 403, body }))],
    ['octo-sts', 'DELETE', '/installation/token', [{ status: 401, body: '{"message":"Bad credentials"}' }]],
  ])('%s: %s %s, and one that has ended is none to end', async (name, method, url, ended) => {
    for (const answer of [{ status: 204 }, { status: 200 }, ...ended]) {
      const { got, error, asked } = await end(name, answer);
      expect([got, error]).toEqual([true, undefined]);
      expect(asked.map((one) => [one.method, one.url])).toEqual([[method, url]]);
      expect(JSON.stringify(asked[0]?.headers)).toContain('a-token');
    }
    expect((await end(name, { status: 400, body: 'what is a-token' })).error).toMatchObject({
      code: 'DELIVERY_FAILED',
      detail: { answer: 'HTTP 400: what is ***' },
    });
    // A firewall's, or GitHub's for somebody who asks too often.
    expect((await end(name, { status: 403, body: '<html>' })).error?.code).toBe('DELIVERY_FAILED');
    expect((await end(name, { status: 503 })).error?.code).toBe('UNAVAILABLE');
  });

  it('vault: a batch token is none that can be ended', async () => {
    const answer = { status: 400, body: { errors: ['batch tokens cannot be revoked'] } };
    expect(await end('vault', answer)).toMatchObject({ got: false });
  });

  it('vault: a token that may not end itself lives on, which is told', async () => {
    const { error } = await end('vault', {
      status: 403,
      body: { errors: ['1 error occurred:\n\t* permission denied\n\n'] },
    });
    expect(error).toMatchObject({
      code: 'DELIVERY_FAILED',
      detail: { hint: expect.stringContaining('the policy default') },
    });
  });

  it.each(['rfc8693', 'google'])('%s has nothing that ends a token', async (name) => {
    expect(await end(name, {})).toMatchObject({ got: false, asked: [] });
  });
});
