import fc from 'fast-check';
import { expect, it } from 'vitest';
import { groups } from './groups.ts';

it('what has the same key is together, all of it, in the order that it came, the group of the first before others', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ key: fc.constantFrom('a', 'b', '__proto__', ''), value: fc.nat() })), (all) => {
      const made = groups(all, ({ key }) => key);
      const keys = [...new Set(all.map(({ key }) => key))];
      expect(made.map(([{ key }]) => key)).toEqual(keys);
      expect(made).toEqual(keys.map((key) => all.filter((one) => one.key === key)));
    }),
  );
});
