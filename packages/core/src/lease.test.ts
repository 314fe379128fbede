import { expect, it } from 'vitest';
import { lastCall, renewalTime } from './lease.ts';

it('a lease is renewed with 30 to 40 per cent of its time left, and waited for at the end alone', () => {
  const lease = { value: 1, expiresAt: 3_600_000 };
  expect([0, 0.5, 1].map((random) => Math.round(renewalTime(lease, 0, random)))).toEqual([
    2_520_000, 2_340_000, 2_160_000,
  ]);
  expect(lastCall(lease, 2_520_000)).toBe(3_540_000);
  expect(lastCall({ value: 1, expiresAt: 100_000 }, 60_000)).toBe(90_000);
});
