import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Lines } from './text-lines.ts';

it.each([
  [0, { line: 1, column: 1 }],
  [2, { line: 1, column: 3 }],
  [3, { line: 2, column: 1 }],
  [6, { line: 3, column: 1 }],
  [7, { line: 4, column: 1 }],
  [9, { line: 4, column: 3 }],
])('offset %i of lines that end in each way is %j', (offset, position) => {
  expect(new Lines('ab\nc\r\n\r𝒳').positionAt(offset)).toEqual(position);
});

it('the lines before a place, and its column, are its offset', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', '𝒳') });
  fc.assert(
    fc.property(text, fc.nat(40), (given, most) => {
      const offset = Math.min(most, given.length);
      const { line, column } = new Lines(given).positionAt(offset);
      const before = given.split('\n').slice(0, line - 1);
      expect(before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1).toBe(offset);
    }),
  );
});
