import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rewrittenText } from './rewritten-text.ts';

const indents = [undefined, 2, 4, '\t'] as const;

describe('the text of a document with another value', () => {
  it('says that value, and the same text where it is the same', () => {
    fc.assert(
      fc.property(fc.json(), fc.jsonValue(), fc.constantFrom(...indents), (json, value, indent) => {
        const before = JSON.stringify(JSON.parse(json), null, indent);
        expect(rewrittenText(before, JSON.parse(before))).toBe(before);
        const plain = JSON.parse(JSON.stringify(value));
        expect(JSON.stringify(JSON.parse(rewrittenText(before, plain)))).toBe(JSON.stringify(plain));
      }),
      { numRuns: 500 },
    );
  });

  it('is as a printer of that indentation would have it where members come, go and change', () => {
    const text = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const name = fc.constantFrom('a', 'b', 'c');
    const member = fc.dictionary(name, fc.oneof(text, fc.dictionary(name, text, { minKeys: 1 })), { minKeys: 1 });
    fc.assert(
      fc.property(member, member, fc.constantFrom(2, 4, '\t'), (one, other, indent) => {
        const [before, after] = [one, other].map((value) => JSON.parse(JSON.stringify(value)));
        expect(rewrittenText(JSON.stringify(before, null, indent), after)).toBe(JSON.stringify(after, null, indent));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [
      'what is not changed stays as it is written',
      '{ "a": 1.0, "b" : [1,2],\n\t"c": "\\u0061" }',
      { a: 1, b: [1, 2], c: 'x' },
      '{\n\t"a": 1.0,\n\t"b": [1,2],\n\t"c": "x"\n}',
    ],
    ['one line stays one', '{"a": {"b": 1}, "c": 2}\n', { a: { b: 3 }, c: 2 }, '{"a": {"b": 3}, "c": 2}\n'],
    ['blanks within braces stay', '{ "a": { "b": 1 } }', { a: { b: 3, c: 4 } }, '{ "a": { "b": 3, "c": 4 } }'],
    [
      'elements behind their bracket stay there',
      '{\n  "a": [{\n    "b": 1\n  }]\n}',
      { a: [{ b: 2 }, { b: 1 }] },
      '{\n  "a": [{\n    "b": 2\n  }, {\n    "b": 1\n  }]\n}',
    ],
    [
      'lines end as they do',
      '{\r\n    "a": 1\r\n}\r\n',
      { a: 1, b: { c: [] } },
      '{\r\n    "a": 1,\r\n    "b": {\r\n        "c": []\r\n    }\r\n}\r\n',
    ],
    [
      'an element goes, and others stay',
      '[\n  {"a":1},\n  {"a":2},\n  {"a": 3}\n]',
      [{ a: 1 }, { a: 3 }],
      '[\n  {"a":1},\n  {"a": 3}\n]',
    ],
    ['of a member that stands twice one is left', '{"a": 1, "a": 2}', { a: 2 }, '{"a": 2}'],
  ])('%s', (_, text, value, wanted) => {
    expect(rewrittenText(text, value)).toBe(wanted);
  });
});
