import { expect, it } from 'vitest';
import { stillSystem } from '../../../test/harness/still-system.ts';
import { IdToken } from './id-token.ts';
import { reuseWhileFresh } from './id-token-source.ts';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** @param ahead - by how much the clock of the issuer is ahead of this machine's, in ms */
function world(lifetimeMs: number, { failures = 0, ahead = 0 } = {}) {
  let now = 0;
  let asked = 0;
  const system = stillSystem({ now: () => now });
  const source = {
    name: 'test',
    audience: 'chosen' as const,
    getIdToken: async () => {
      asked += 1;
      if (asked <= failures) throw new Error('no token');
      const iat = (now + ahead) / 1000;
      const claims = { iss: 'i', sub: 's', aud: 'a', iat, exp: iat + lifetimeMs / 1000 };
      return IdToken.parse(`e30.${encode(claims)}.${asked}`);
    },
  };
  return {
    get: reuseWhileFresh(source, 'a', system),
    asked: () => asked,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

it('one token serves every attempt that ends well before it does, and callers at once share the request', async () => {
  const { get, asked, pass } = world(300_000);
  await Promise.all([get(), get(), get()]);
  pass(269_000);
  await get();
  expect(asked()).toBe(1);
});

it('an attempt near its end gets a new one, once for all callers', async () => {
  const { get, asked, pass } = world(300_000);
  const first = await get();
  pass(271_000);
  const [second, third] = await Promise.all([get(), get()]);
  expect(second).toBe(third);
  expect(second).not.toBe(first);
  expect(asked()).toBe(2);
});

it('a request that failed is made again', async () => {
  const { get, asked } = world(300_000, { failures: 1 });
  await expect(get()).rejects.toThrow('no token');
  await get();
  expect(asked()).toBe(2);
});

it('a token that never lives long is good for the attempt it was asked for', async () => {
  const { get, asked } = world(20_000);
  await get();
  expect(asked()).toBe(1);
  await get();
  expect(asked()).toBe(2);
});

it.each([-200_000, -60_000, 0, 60_000, 600_000])(
  'a token is new at its end, whose issuer is %d ms ahead',
  async (ahead) => {
    const { get, asked, pass } = world(300_000, { ahead });
    await get();
    // Where the clock of this machine is ahead it ends sooner.
    pass(269_000 + Math.min(0, ahead));
    await get();
    expect(asked()).toBe(1);
    pass(2_000);
    await get();
    expect(asked()).toBe(2);
  },
);
