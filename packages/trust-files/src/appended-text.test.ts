import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { appendedText } from './appended-text.ts';
import { yamlItem } from './yaml-item.ts';

const item = {
  url: 'https://a.example.com',
  clientIds: ['one', 'two three'],
  Condition: { Equals: { 'a:b': 'true' } },
};

describe('an item is put into a list', () => {
  it.each([
    ['below the last item, comments in their places', 'a:\n  - 1 # one\n  # end\nb: 2 # two\n', ['a']],
    ['of a list that is no further in', 'a:\n- x: 1\n  y: 2\n\n# next\nb: 2\n', ['a']],
    ['deep within', 'a:\n  - b:\n      - c: |\n          text\n          more\nd: 1\n', ['a', 0, 'b']],
    ['in brackets', 'a: { b: [ x, y ] } # why\n', ['a', 'b']],
    ['in brackets over lines', 'a: [\n  x,\n  y,\n]\n', ['a']],
    ['in empty brackets', 'a: []\n', ['a']],
    ['in brackets with comments', 'a: [ x, # one\n  y # two, and [this]\n  # end\n] # why\n', ['a']],
    ['in brackets with a comment behind the last comma', 'a: [\n  x, # one\n  "#y", # two\n]\n', ['a']],
    ['in brackets with a comment alone', 'a: [ # none yet\n]\n', ['a']],
    ['in brackets of maps', 'a: [{ b: 1 }, c: 2 # two\n]\n', ['a']],
    ['that is the document', '- a\n- b', []],
    ['with the line ends that are there', 'a:\r\n  - 1\r\nb: 2\r\n', ['a']],
    ['of JSON', '{\n    "a": [{"b": 1}],\n    "c": 1.0\n}\n', ['a']],
    ['of a list of a list', '- - a\n  - b\n', [0]],
    ['below a quoted name', '"a:b":\n  - x\n', ['a:b']],
  ] as const)('%s', (_what, text, path) => {
    const next = appendedText(text, path, item);
    const within = (value: unknown) => path.reduce<never>((one, name) => one[name], value as never) as unknown[];
    const [before, after] = [parse(text), parse(next)];
    within(before).push(item);
    expect(after).toEqual(before);
    // What was there is there, in its order.
    const rest = [...next];
    for (const letter of text.replace(/\s/g, '')) {
      const at = rest.indexOf(letter);
      expect(at).toBeGreaterThanOrEqual(0);
      rest.splice(0, at + 1);
    }
    expect(next.includes('\r\n')).toBe(text.includes('\r\n'));
    expect(/[^\r]\n/.test(next)).toBe(!text.includes('\r\n'));
  });

  it('as one writes it', () =>
    expect(appendedText('a:\n  - x\nb: 1\n', ['a'], item)).toBe(
      'a:\n  - x\n  - url: https://a.example.com\n    clientIds: [one, "two three"]\n    Condition:\n      Equals:\n        a:b: "true"\nb: 1\n',
    ));

  it('one value of JSON becomes the first of two', () => {
    expect(JSON.parse(appendedText('{"a": {"b": 1}}', ['a'], item))).toEqual({ a: [{ b: 1 }, item] });
    expect(JSON.parse(appendedText('{"b": 1}', [], item))).toEqual([{ b: 1 }, item]);
  });

  it.each([
    ['one value of YAML', 'a:\n  b: 1\n', ['a']],
    ['an alias', 'x: &x\n  - 1\na: *x\n', ['a']],
    ['nothing', 'a: 1\n', ['b']],
    ['what is within an alias', 'x: &x\n  b: [1]\na: *x\n', ['a', 'b']],
  ] as const)('and not into %s', (_what, text, path) =>
    expect(() => appendedText(text, path, item)).toThrow('is not written as a plain list'),
  );

  const texts = [
    '',
    'no',
    'True',
    '1',
    '~',
    '- a',
    'a: b',
    'a #b',
    '*a',
    '&a',
    'a:',
    ':a',
    'p://x',
    '/eid1/a',
    'a b',
    '\u2028',
    '"',
    "it's",
    'a,b',
    '0x1',
  ];
  const values = [
    null,
    true,
    1.5,
    [],
    {},
    [[]],
    [{}],
    [['a'], { b: [1] }],
    { a: { b: { c: [] } } },
    { a: [{ b: 1, c: 2 }] },
  ];
  it.each([
    ...texts,
    ...values,
    ...texts.map((text) => ({ [text]: text })),
    ...texts.map((text) => [text, [text], { a: text }]),
  ])('%j is read as what it is', (value) => expect(parse(yamlItem(value).join('\n'))).toEqual([value]));
});
