import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrapped } from './wrapped.ts';

describe('a line at a terminal', () => {
  it('is broken between words, and further lines hang', () => {
    const line = '  error: the subject is repo:octo/app and nobody wants that one here';
    expect(wrapped(line, 40)).toEqual(['  error: the subject is repo:octo/app', '    and nobody wants that one here']);
    expect(wrapped('a table  with a column of words that is long', 40, '         ')).toEqual([
      'a table  with a column of words that is',
      '         long',
    ]);
  });

  it('keeps words whole that are longer than it', () => {
    const word = 'x'.repeat(60);
    expect(wrapped(`see ${word} there`, 40)).toEqual(['see', `  ${word}`, '  there']);
    expect(wrapped(word, 40)).toEqual([word]);
    expect(wrapped(`  ${word}`, 40)).toEqual([`  ${word}`]);
  });

  it('is whole where nobody sees columns, or there is no room', () => {
    expect(wrapped('a '.repeat(100), undefined)).toEqual(['a '.repeat(100)]);
    expect(wrapped('a '.repeat(100), 10)).toEqual(['a '.repeat(100)]);
    const far = `${' '.repeat(70)}for example a very long one`;
    expect(wrapped(far, 80)).toEqual([far]);
  });

  it('says the same, in lines that fit unless a word does not', () => {
    const word = fc.string({ minLength: 1, maxLength: 50, unit: fc.constantFrom('a', '-', '/') });
    const line = fc
      .tuple(fc.nat(8), fc.array(word, { minLength: 1 }))
      .map(([n, words]) => ' '.repeat(n) + words.join(' '));
    fc.assert(
      fc.property(line, fc.integer({ min: 40, max: 120 }), (text, columns) => {
        const lines = wrapped(text, columns);
        expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(text.split(/ +/).filter(Boolean));
        for (const one of lines) expect(one.length <= columns || !one.trim().includes(' ')).toBe(true);
      }),
    );
  });
});
