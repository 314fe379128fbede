import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newName } from './new-name.ts';

it('is a name of letters and digits, of the same length for every number that there is', () => {
  const numbers = fc.oneof(
    fc.constantFrom(0, 0.5, 1 - 2 ** -53, 2 ** -53),
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  );
  fc.assert(
    fc.property(numbers, (number) => {
      expect(newName({ random: () => number })).toMatch(/^fedbridge-[\da-z]{20}$/);
    }),
    { numRuns: 1_000 },
  );
});

it('is another for each, by a hundred bits of chance', () => {
  const names = new Set(Array.from({ length: 10_000 }, () => newName({ random: Math.random })));
  expect(names.size).toBe(10_000);
  const [first, second] = [...names].map((name) => [...name.slice(10)]);
  expect(first?.slice(10)).not.toEqual(second?.slice(10));
});
