import { HttpClient, realSystem } from '@fedbridge/core';
import { afterAll, describe, expect, it } from 'vitest';
import { quietOutbound } from '../../../test/harness/outbound.ts';
import { AwsCredentials } from './credentials.ts';
import { untilPlain } from './plain-secret.ts';

const http = new HttpClient({});
afterAll(() => http.close());

/** AWS gives these secrets one after the other, the last for ever, each after a second. */
function acquiring(...secrets: readonly string[]) {
  const world = { now: 0, times: 0 };
  const outbound = quietOutbound(
    { http, deadline: 60_000, maxAttempts: 1 },
    { ...realSystem({}), now: () => world.now },
  );
  const acquire = async () => {
    const secretAccessKey = secrets[Math.min(world.times, secrets.length - 1)] ?? '';
    world.times += 1;
    world.now += 1_000;
    return new AwsCredentials(
      { accessKeyId: 'ASIA', secretAccessKey, sessionToken: '+/=' },
      { role: { arn: 'arn', accountId: '1' }, expiresAt: undefined, presented: undefined },
    );
  };
  return { world, outbound, acquire };
}

describe('a secret access key of letters and digits alone', () => {
  it('is the first that comes', async () => {
    const { world, outbound, acquire } = acquiring('a+b', 'a/b', 'a1Z', 'a2Z');
    expect((await untilPlain(acquire, outbound)).reveal().secretAccessKey).toBe('a1Z');
    expect(world.times).toBe(3);
  });

  it('is not asked for more than forty times', async () => {
    const { world, outbound, acquire } = acquiring('a+b');
    await expect(untilPlain(acquire, outbound)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(world.times).toBe(40);
  });

  it('is not asked for once time is up', async () => {
    const { world, outbound, acquire } = acquiring('a+b');
    await expect(untilPlain(acquire, { ...outbound, deadline: 3_000 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(world.times).toBe(3);
  });
});
