import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchesPattern } from './pattern.ts';

it('a pattern matches as its regular expression does', () => {
  const pattern = fc.array(fc.constantFrom('a', 'b', '*', '?', '.'), { maxLength: 8 }).map((parts) => parts.join(''));
  const text = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 10 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(pattern, text, (wanted, actual) => {
      const expression = new RegExp(`^${wanted.replace(/[.]/g, '\\.').replace(/\*/g, '.*').replace(/\?/g, '.')}$`);
      expect(matchesPattern(actual, wanted)).toBe(expression.test(actual));
    }),
    { seed: 5, numRuns: 2000 },
  );
});
