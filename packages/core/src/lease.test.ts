import { describe, expect, it } from 'vitest';
import { lastCall, renewalTime, renewed } from './lease.ts';

describe('a value that is renewed when somebody asks', () => {
  const world = () => {
    const state = { now: 0, asked: 0, fails: false };
    const acquire = async () => {
      state.asked += 1;
      if (state.fails) throw new Error('down');
      return { value: state.asked, expiresAt: state.now + 100 };
    };
    return { state, get: renewed(acquire, 30, { now: () => state.now }) };
  };

  it('is one for all who ask, until it has too little time left', async () => {
    const { state, get } = world();
    expect(await Promise.all([get(), get(), get()])).toEqual([1, 1, 1]);
    state.now = 69;
    expect(await get()).toBe(1);
    state.now = 70;
    expect(await Promise.all([get(), get(), get()])).toEqual([2, 2, 2]);
  });

  it('is asked for anew where that failed, by whoever asks next', async () => {
    const { state, get } = world();
    state.fails = true;
    expect(await Promise.allSettled([get(), get()])).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect(state.asked).toBe(1);
    state.fails = false;
    expect(await get()).toBe(2);
  });
});

it('a lease is renewed with 30 to 40 per cent of its time left, and waited for at the end alone', () => {
  const lease = { value: 1, expiresAt: 3_600_000 };
  expect([0, 0.5, 1].map((random) => Math.round(renewalTime(lease, 0, random)))).toEqual([
    2_520_000, 2_340_000, 2_160_000,
  ]);
  expect(lastCall(lease, 2_520_000)).toBe(3_540_000);
  expect(lastCall({ value: 1, expiresAt: 100_000 }, 60_000)).toBe(90_000);
});
