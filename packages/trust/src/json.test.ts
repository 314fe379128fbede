import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonDocument, JsonSyntaxError } from './json.ts';

const parsed = (text: string, parse: (text: string) => unknown) => {
  try {
    return { value: parse(text) };
  } catch {
    return 'no JSON';
  }
};

it('takes what JSON.parse takes, to the same value, and nothing else', () => {
  const same = (text: string) => {
    expect(parsed(text, (one) => JsonDocument.parse(one).value)).toEqual(parsed(text, JSON.parse));
  };
  fc.assert(fc.property(fc.json(), same));
  // Texts that are nearly JSON: one with a letter changed, and pieces of it in any order.
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom('', '"', ',', '}', '\\', '\n', '0', ' '), (text, at, piece) => {
      const index = at % (text.length + 1);
      same(text.slice(0, index) + piece + text.slice(index + 1));
    }),
    { numRuns: 2000 },
  );
  const pieces = ['{', '}', '[', ']', ',', ':', '"a"', '"', '\\u0041', '-', '0', '1', '.5', 'e+2', 'true', 'nul', ' '];
  const mixture = fc.array(fc.constantFrom(...pieces), { maxLength: 9 }).map((parts) => parts.join(''));
  fc.assert(fc.property(mixture, same), { numRuns: 5000 });
  for (const text of ['{"__proto__": {"a": 1}}', '\u00a01', '\ufeff1', '"\u2028"', '"\x7f"', '01', '-', '+1', '1.', ''])
    same(text);
});

it.each([
  ['{"a": 1,}', 1, 9, 'the name of a member is expected here, in double quotes'],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'a comma or } is expected here'],
  ['[1 2]', 1, 4, 'a comma or ] is expected here'],
  ['{"a" 1}', 1, 6, 'a colon is expected here'],
  ["{'a': 1}", 1, 2, 'the name of a member is expected here, in double quotes'],
  ['{"a": yes}', 1, 7, 'yes is no value of JSON'],
  ['{"a": }', 1, 7, 'a value is expected here'],
  ['{"a": 01}', 1, 7, '01 is no value of JSON'],
  ['{"a": "b\r\n"}', 1, 9, 'a text has a line break or another control character here'],
  ['{"a": "b', 1, 7, 'the text that begins here does not end'],
  ['["\\x"]', 1, 3, 'no escape of JSON begins like this'],
  ['["\\u12g4"]', 1, 3, 'no escape of JSON begins like this'],
  ['{"a": [', 1, 8, 'the text ends too early'],
  ['', 1, 1, 'the text ends too early'],
  ['{}\r\n{}', 2, 1, 'nothing is expected after the end of the value'],
  ['\r\r\n\n x', 4, 2, 'x is no value of JSON'],
])('%j: line %i, column %i, %s', (text, line, column, what) => {
  expect(() => JsonDocument.parse(text)).toThrow(
    expect.objectContaining({
      name: 'JsonSyntaxError',
      position: { line, column },
      message: `line ${line}, column ${column}: ${what}`,
    }),
  );
});

describe('A document', () => {
  const document = JsonDocument.parse(`{
  "a": [true, {"b": null}],
  "c": {"d": 1, "e": 2, "d": 3},
  "a": [1, {"f": "x", "\\u0066": "y"}]
}`);

  it('says where its parts begin: of two with a name the last', () => {
    expect(document.positionOf([])).toEqual({ line: 1, column: 1 });
    expect(document.positionOf(['c'])).toEqual({ line: 3, column: 3 });
    expect(document.positionOf(['c', 'd'])).toEqual({ line: 3, column: 25 });
    expect(document.positionOf(['a', 1])).toEqual({ line: 4, column: 12 });
    expect(document.positionOf(['a', 1, 'f'])).toEqual({ line: 4, column: 23 });
    for (const path of [['x'], ['a', 2], ['a', '1'], ['c', 0], ['c', 'd', 'x'], ['toString']])
      expect(document.positionOf(path)).toBeUndefined();
  });

  it('says which members stand twice, however their names are written', () => {
    expect(document.duplicates.map(({ path, positions }) => ({ path, positions }))).toEqual([
      {
        path: ['a'],
        positions: [
          { line: 2, column: 3 },
          { line: 4, column: 3 },
        ],
      },
      {
        path: ['c', 'd'],
        positions: [
          { line: 3, column: 9 },
          { line: 3, column: 25 },
        ],
      },
      {
        path: ['a', 1, 'f'],
        positions: [
          { line: 4, column: 13 },
          { line: 4, column: 23 },
        ],
      },
    ]);
  });

  it('has parts that are documents, with the positions of the whole', () => {
    const part = document.at(['c']);
    expect(part?.value).toEqual({ d: 3, e: 2 });
    expect(part?.positionOf([])).toEqual({ line: 3, column: 8 });
    expect(part?.positionOf(['e'])).toEqual({ line: 3, column: 17 });
    expect(part?.duplicates.map(({ path }) => path)).toEqual([['d']]);
    expect(document.at(['a', 0])?.duplicates).toEqual([]);
    expect(document.at(['x'])).toBeUndefined();
  });
});

it('reads whatever depth and breadth, and says so of what is wrong in it', () => {
  const deep = (depth: number) => `${'{"a":0,"a":['.repeat(depth)}${']}'.repeat(depth)}`;
  const document = JsonDocument.parse(deep(3000));
  expect(document.duplicates).toHaveLength(3000);
  expect(document.duplicates.at(-1)?.path).toHaveLength(2 * 3000 - 1);
  expect(() => JsonDocument.parse('['.repeat(100_000))).toThrow(JsonSyntaxError);
  expect(() => JsonDocument.parse(`"${'\\'.repeat(99_999)}`)).toThrow(JsonSyntaxError);
  expect(JsonDocument.parse(`[${'"a",'.repeat(50_000)}1]`).positionOf([50_000])).toEqual({ line: 1, column: 200_002 });
});

it('reads documents one after the other, each with the positions of the whole', () => {
  const [first, second, ...more] = JsonDocument.parseAll('{"a": 1}\n{"b": [2]}\n');
  expect([first?.value, second?.value, more]).toEqual([{ a: 1 }, { b: [2] }, []]);
  expect(second?.positionOf(['b', 0])).toEqual({ line: 2, column: 8 });
  expect(() => JsonDocument.parseAll('{} x')).toThrow('line 1, column 4: x is no value of JSON');
  expect(JsonDocument.parseAll('{}'.repeat(50_000))).toHaveLength(50_000);
});
