import { inertJson } from '@fedbridge/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonParts } from './json-parts.ts';

const foreign = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\n', '##[group]', '##vso[x]', '\u202e', '\u2028', '"', '{', ','),
);

it('are together what JSON is at once, whatever it says', () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 7 },
      foreign,
      fc.constantFrom(null, undefined, true, 7, {}, []),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(foreign, tie('value'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.record({ value }), fc.constantFrom(0, 2), (whole, indent) => {
      expect([...jsonParts(whole, indent)].join('')).toBe(inertJson(whole, indent));
    }),
    { numRuns: 1_000 },
  );
});

it('are large enough to be few, and small enough to be made one by one', () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => ({ index, text: 'x'.repeat(100) }));
  const lengths = [...jsonParts({ rows }, 2)].map(({ length }) => length);
  expect(Math.max(...lengths)).toBeLessThan(70_000);
  expect(lengths.length).toBeLessThan(40);
});
