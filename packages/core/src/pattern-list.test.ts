import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchesPattern, patternMatcher } from './pattern.ts';
import { patternListMatcher } from './pattern-list.ts';

const none: ReadonlySet<number> = new Set();
const listed = (...texts: string[]) => patternListMatcher(texts.map((text) => ({ text, literal: none })));

const text = (letters: readonly string[], maxLength: number) =>
  fc.array(fc.constantFrom(...letters), { maxLength }).map((parts) => parts.join(''));

it('a list matches what one of its patterns matches by itself', () => {
  const patterns = fc.array(text(['a', 'b', ':', '*', '?'], 12), { maxLength: 12 });
  fc.assert(
    fc.property(patterns, text(['a', 'b', ':'], 12), (all, actual) => {
      expect(listed(...all)(actual)).toBe(all.some((one) => matchesPattern(actual, one)));
    }),
    { seed: 11, numRuns: 5000 },
  );
  // Several words of bits, letters that are frequent and rare.
  const long = fc.array(text(['a', 'b', 'a', 'b', 'x', '*', '?'], 90), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(long, fc.nat(), text(['a', 'b'], 20), (all, which, put) => {
      const actual = (all[which % all.length] ?? '').replaceAll('*', put).replaceAll('?', 'x');
      expect(listed(...all)(actual)).toBe(true);
      expect(listed(...all)(`${actual}y`)).toBe(all.some((one) => matchesPattern(`${actual}y`, one)));
    }),
    { seed: 13, numRuns: 1000 },
  );
});

it('where a wildcard stands for itself, and where it takes no colon', () => {
  const one = patternListMatcher([{ text: 'a*?*', literal: new Set([1, 2]) }]);
  for (const actual of ['a*?', 'a*?b', 'axyb'])
    expect(one(actual)).toBe(patternMatcher(actual)('a*?*', new Set([1, 2])));
  const arn = patternListMatcher([{ text: '*:?:c*', literal: none, colonsFrom: 3 }]);
  for (const [actual, matches] of [
    ['a:b:c', true],
    ['a:b:c:d', true],
    ['a:x:b:c', false],
    ['a:::c', false],
    [':b:c', true],
  ] as const)
    expect(arn(actual), actual).toBe(matches);
  expect(listed()('')).toBe(false);
  expect(listed('')('')).toBe(true);
});
