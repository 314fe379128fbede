import { describe, expect, it } from 'vitest';
import { parseLines, parsePairs, sameButForCase } from './lines.ts';

it('lines are trimmed, whatever ends them, and those with nothing on them are left out', () => {
  expect(parseLines('\n a b \r\n\t\r\n\nc\n')).toEqual(['a b', 'c']);
  expect(parseLines(' \n')).toEqual([]);
});

describe('pairs', () => {
  it('are in their order, and a value may have the sign', () => {
    expect([...parsePairs('b = 1\n\n a=x = y\r\n')]).toEqual([
      ['b', '1'],
      ['a', 'x = y'],
    ]);
  });

  it.each(['name', 'name =', '= value', '=', 'a = 1\nb'])('are none: %j', (text) => {
    const line = text.split('\n').at(-1);
    expect(() => parsePairs(text)).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        message: `expected "name = value" on each line, not "${line}".`,
      }),
    );
  });

  it('have a name once', () => {
    expect(() => parsePairs('a = 1\na = 1')).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: '"a" comes twice.' }),
    );
    expect(parsePairs('a = 1\nA = 1').size).toBe(2);
  });
});

it('names that differ in case alone are found, the first two', () => {
  expect(sameButForCase(['a', 'b', 'B', 'A'])).toEqual(['b', 'B']);
  expect(sameButForCase(['a', 'a'])).toEqual(['a', 'a']);
  expect(sameButForCase(['a', 'b'])).toBeUndefined();
});
