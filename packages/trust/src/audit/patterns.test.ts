import { matchesPattern } from '@fedbridge/core/pattern';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { overlap } from './patterns.ts';

it('two patterns overlap where some text is matched by both', () => {
  const words = ['', 'a', 'b'].flatMap((one, _, all) =>
    all.flatMap((two) => all.flatMap((three) => all.map((four) => one + two + three + four))),
  );
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 4 });
  fc.assert(
    fc.property(pattern, pattern, (one, other) => {
      const isShort = (text: string) => text.replaceAll('*', '').length;
      fc.pre(isShort(one) + isShort(other) <= 4);
      expect(overlap(one, other)).toBe(words.some((text) => matchesPattern(text, one) && matchesPattern(text, other)));
    }),
    { numRuns: 2_000 },
  );
});
