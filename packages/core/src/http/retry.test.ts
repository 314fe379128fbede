import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quietOutbound } from '../../../../test/harness/outbound.ts';
import { type ErrorDetail, FedbridgeError } from '../error.ts';
import { HttpClient } from './client.ts';
import { retry } from './retry.ts';

/** A world in which time passes by sleeping only. */
function world(random: () => number = () => 0.999, deadline = 120_000) {
  let now = 0;
  const waits: number[] = [];
  const sleep = async (ms: number) => {
    waits.push(ms);
    now += ms;
  };
  const outbound = quietOutbound(
    { http: new HttpClient({}), deadline, maxAttempts: 10 },
    { now: () => now, random, sleep },
  );
  return { outbound, waits };
}

const failing = (detail: ErrorDetail) => async () => {
  throw new FedbridgeError('UNAVAILABLE', 'No.', detail);
};

describe('retry', () => {
  it('returns what an attempt gives, without a wait', async () => {
    const { outbound, waits } = world();
    expect(await retry(outbound, async () => 7)).toBe(7);
    expect(waits).toEqual([]);
  });

  it('does not repeat what will not pass', async () => {
    const { outbound, waits } = world();
    await expect(retry(outbound, failing({}))).rejects.toMatchObject({ message: 'No.' });
    await expect(retry(outbound, () => Promise.reject(new TypeError('a defect')))).rejects.toThrow(TypeError);
    expect(waits).toEqual([]);
  });

  it('a denial is presented twice more within five seconds', async () => {
    const { outbound, waits } = world();
    await expect(retry(outbound, failing({ recovery: 'denial' }))).rejects.toMatchObject({
      message: 'No. (3 attempts)',
    });
    expect(waits).toHaveLength(2);
    expect(waits.reduce((sum, ms) => sum + ms)).toBeLessThan(5_000);
  });

  it('waits double up to ten seconds, and the tenth attempt is the last', async () => {
    const { outbound, waits } = world(() => 1, 1_000_000);
    await expect(retry(outbound, failing({ recovery: 'transient' }))).rejects.toMatchObject({ recovery: 'never' });
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000, 10_000]);
  });

  it('waits are never less than half their bound, so that ten attempts outlive an outage of twenty seconds', async () => {
    const { outbound, waits } = world(() => 0, 1_000_000);
    await expect(retry(outbound, failing({ recovery: 'transient' }))).rejects.toMatchObject({ recovery: 'never' });
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000, 5000]);
  });

  it('for any chance: waits at least what was asked, never past the deadline', async () => {
    const chances = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 20, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(chances, fc.nat(20_000), fc.nat(60_000), async (given, retryAfterMs, deadline) => {
        let next = 0;
        const { outbound, waits } = world(() => given[next++ % given.length] ?? 0, deadline);
        const error = await retry(outbound, failing({ recovery: 'transient', retryAfterMs })).catch((caught) => caught);
        expect(error).toMatchObject({ code: 'UNAVAILABLE', recovery: 'never' });
        expect(waits.every((ms) => ms >= retryAfterMs)).toBe(true);
        expect(outbound.system.now()).toBeLessThanOrEqual(deadline);
        expect(waits.length).toBeLessThan(10);
      }),
      { seed: 3 },
    );
  });

  it('tells what it waits for, how often it tried, and why no more', async () => {
    const { outbound } = world(() => 1, 10_000);
    const said: string[] = [];
    const telling = { ...outbound, log: (line: string) => said.push(line) };
    const transient = { recovery: 'transient' } as const;
    const ended = retry({ ...telling, maxAttempts: 3 }, failing(transient));
    await expect(ended).rejects.toMatchObject({ message: 'No. (3 attempts)' });
    expect(said).toEqual(['No. Trying again in 0.5 s.', 'No. Trying again in 1.0 s.']);
    await expect(retry({ ...telling, maxAttempts: 1 }, failing(transient))).rejects.toMatchObject({ message: 'No.' });
    const late = retry(world(() => 1, 2_000).outbound, failing(transient));
    await expect(late).rejects.toMatchObject({ message: 'No. (2 attempts, out of time)' });
    const asked = retry(world(() => 1, 2_000).outbound, failing({ ...transient, retryAfterMs: 3_600_000 }));
    await expect(asked).rejects.toMatchObject({ message: 'No. (1 attempt, asked to wait 3600 s more)' });
  });

  it('a denial is presented after half a second to one, and then after three quarters to one and a half', async () => {
    for (const [random, expected] of [
      [0, [500, 750]],
      [1, [1_000, 1_500]],
    ] as const) {
      const { outbound, waits } = world(() => random);
      await expect(retry(outbound, failing({ recovery: 'denial' }))).rejects.toThrow();
      expect(waits).toEqual(expected);
    }
  });

  it('begins an attempt that has a second left, and none with less', async () => {
    const until = async (deadline: number) => {
      const { outbound, waits } = world(() => 1, deadline);
      await expect(retry(outbound, failing({ recovery: 'transient' }))).rejects.toThrow();
      return waits;
    };
    expect(await until(1_499)).toEqual([]);
    expect(await until(1_500)).toEqual([500]);
  });
});
