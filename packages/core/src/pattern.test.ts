import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchesPattern, patternMatcher } from './pattern.ts';

/** What a pattern means, one character after the other. */
function means(text: string, pattern: string): boolean {
  const [first, ...more] = pattern;
  const rest = more.join('');
  if (first === undefined) return text === '';
  if (first === '*')
    return Array.from({ length: text.length + 1 }, (_, at) => at).some((at) => means(text.slice(at), rest));
  return text !== '' && (first === '?' || text[0] === first) && means(text.slice(1), rest);
}

it('a pattern matches as its characters mean, with short texts and with long ones', () => {
  const pattern = fc.array(fc.constantFrom('a', 'b', '*', '?', '.'), { maxLength: 8 }).map((parts) => parts.join(''));
  const text = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 10 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(pattern, text, (wanted, actual) => {
      expect(matchesPattern(actual, wanted)).toBe(means(actual, wanted));
    }),
    { seed: 5, numRuns: 2000 },
  );
  // Texts of several words of bits, with letters that are frequent and rare, and patterns made of pieces of them.
  const letter = fc.oneof({ weight: 30, arbitrary: fc.constantFrom('a', 'b') }, fc.constantFrom('x', 'y'));
  const long = fc.array(letter, { minLength: 60, maxLength: 400 }).map((parts) => parts.join(''));
  const cuts = fc.array(fc.tuple(fc.nat(400), fc.constantFrom('*', '?', 'a', '', '**')), { maxLength: 5 });
  fc.assert(
    fc.property(long, cuts, fc.nat(3), (actual, at, few) => {
      const units = [...actual];
      for (const [index, piece] of at) units[index % units.length] = piece;
      const wanted = units
        .join('')
        .replaceAll('ab', few === 0 ? '*' : 'ab')
        .replaceAll('ba', few === 1 ? '??' : 'ba');
      const expression = new RegExp(`^${wanted.replace(/\*+/g, '.*').replaceAll('?', '.')}$`);
      if ((wanted.match(/\*+/g) ?? []).length < 4) expect(matchesPattern(actual, wanted)).toBe(expression.test(actual));
    }),
    { seed: 7, numRuns: 3000 },
  );
});

it('where a wildcard stands for itself, it is no wildcard', () => {
  expect(patternMatcher('a*b')('a*b', new Set([1]))).toBe(true);
  expect(patternMatcher('axb')('a*b', new Set([1]))).toBe(false);
  expect(patternMatcher('a?*')('a?*', new Set([1]))).toBe(true);
  expect(patternMatcher('ab*')('a?*', new Set([1]))).toBe(false);
});

it.each([
  ['a'.repeat(100_000), `*${'a'.repeat(50_000)}b`],
  ['a'.repeat(100_000), `*b${'a'.repeat(50_000)}*`],
  ['a'.repeat(100_000), `*${'a?'.repeat(25_000)}b*`],
  ['a'.repeat(100_000), `${'*a'.repeat(50_000)}b`],
  ['a'.repeat(100_000), `${'*'.repeat(99_999)}b`],
  [`${'a'.repeat(99_999)}c`, `${'*?'.repeat(50_000)}b`],
])('100 kB of text and of pattern take no minutes, case %#', (text, pattern) => {
  expect(matchesPattern(text, pattern)).toBe(false);
});

it('and are found to match', () => {
  const text = `${'a'.repeat(100_000)}b`;
  expect(matchesPattern(text, `*${'a?'.repeat(25_000)}b*`)).toBe(true);
  expect(matchesPattern(text, `${'*a'.repeat(50_000)}b`)).toBe(true);
});
