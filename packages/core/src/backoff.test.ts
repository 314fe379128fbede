import { expect, it } from 'vitest';
import { backoff } from './backoff.ts';

it('doubles from half a second to ten, each a random time of at least half of that', () => {
  const waits = (random: number) => [1, 2, 3, 4, 5, 6, 60].map((failures) => backoff(failures, random));
  expect(waits(0)).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  expect(waits(1)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

it('has the bounds that it is given', () => {
  const bounds = { first: 1_000, longest: 30_000 };
  expect([1, 2, 9].map((failures) => backoff(failures, 1, bounds))).toEqual([1_000, 2_000, 30_000]);
});
