import fc from 'fast-check';
import { expect, it } from 'vitest';
import { History } from './history.ts';

it('has the newest of what happened, in its order: all of them up to a bound, then that many at least and twice as many at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(50), (limit, count) => {
      const history = new History<number>(limit);
      const { all } = history;
      for (let one = 0; one < count; one += 1) {
        history.add(one);
        expect(all.length).toBeLessThanOrEqual(2 * limit);
        expect(all.length).toBeGreaterThanOrEqual(Math.min(one + 1, limit));
        expect(all).toEqual(Array.from(all, (_, at) => one + 1 - all.length + at));
      }
    }),
  );
});
