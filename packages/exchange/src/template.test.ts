import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fill, fillText, fillTexts, fillUrl } from './template.ts';

const values = { a: 'one', list: ['x', 'y'], number: 7, none: undefined, base: 'https://api.example.com/v1/' };

describe('a text with names', () => {
  it.each([
    ['{a} and {a}', 'one and one'],
    ['{list}', 'x y'],
    ['{number}', '7'],
    ['no name', 'no name'],
    ['{a} {none}', undefined],
    ['{unknown}', undefined],
    ['{ a }', '{ a }'],
  ])('%j is %j', (text, filled) => expect(fillText(text, values)).toBe(filled));

  it('has what a value says as text, and no further names', () => {
    expect(fillText('{a}', { a: '{b}', b: 'secret' })).toBe('{b}');
  });
});

describe('JSON with names', () => {
  it('has values as they are, and no member of which one is not there', () => {
    const template = {
      one: '{a}',
      many: '{list}',
      deep: [{ n: '{number}', gone: '{none}' }, '{none}'],
      gone: '{none}',
      is: true,
    };
    expect(fill(template, values)).toEqual({ one: 'one', many: ['x', 'y'], deep: [{ n: 7 }], is: true });
    expect(fillTexts({ a: '{a}!', gone: '{none}' }, values)).toEqual({ a: 'one!' });
  });
});

describe('an address with names', () => {
  it.each([
    ['{base}', 'https://api.example.com/v1/'],
    ['{base}/token/{a}', 'https://api.example.com/v1/token/one'],
  ])('%s is %s', (text, url) => expect(fillUrl(text, values).href).toBe(url));

  const hostile = fc.array(fc.constantFrom('a', '/', '..', '.', '?', '#', '%2e', '@', ':', '\\', ' ', '%2F'), {
    maxLength: 6,
  });
  it('stays below its beginning, whatever a value is, or is none', () => {
    fc.assert(
      fc.property(hostile, (parts) => {
        let url: URL;
        try {
          url = fillUrl('{base}/{part}/end', { ...values, part: parts.join('') });
        } catch (error) {
          expect(error).toMatchObject({ code: 'INPUT_INVALID' });
          return;
        }
        expect(url.href).toMatch(/^https:\/\/api\.example\.com\/v1\/.+\/end$/);
        expect([url.search, url.hash]).toEqual(['', '']);
        expect(new URL(url.href).href).toBe(url.href);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['', 'http://example.com', 'example.com'])('begins with one that tokens may go to: not %j', (base) =>
    expect(() => fillUrl('{base}/x', { base })).toThrow(expect.objectContaining({ code: 'ENDPOINT_NOT_ALLOWED' })),
  );
});
