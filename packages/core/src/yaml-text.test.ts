import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { indented, yamlLiteral, yamlScalar } from './yaml-text.ts';

const words = [
  ...[
    'on',
    'No',
    'y',
    'null',
    'true',
    '1.0',
    '0x1f',
    '~',
    '<<',
    '',
    ' ',
    'a: b',
    'a:',
    'a #b',
    'a#b',
    ' a',
    'a ',
    '---',
  ],
  ...[
    '- a',
    '*a',
    '&a',
    '!a',
    '[a]',
    '{a}',
    'a, b',
    'a\nb',
    '"a"',
    "'a'",
    '%a',
    '@a',
    '`a',
    '|',
    '>',
    '\u202e',
    'a\\b',
    '12e4',
  ],
  '$(npx --yes fedbridge@1 aws-credentials --role-to-assume a)',
  '12345678-0000-4000-8000-000000000e01',
];

describe('a YAML scalar', () => {
  it.each(words)('%j is the same text again', (text) => expect(parse(`a: ${yamlScalar(text)}`)).toEqual({ a: text }));

  it('is the same text again, whatever it is, in a list as well', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.constantFrom(...words, ...'a :#,"\'$<')).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(text, (one) => {
        expect(parse(`- [${yamlScalar(one)}]`)).toEqual([[one]]);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    'main',
    'refs/heads/a-b',
    'arn:aws:iam::1:role/deploy',
    '<client-id>',
    '12345678-0000-4000-8000-000000000e01',
  ])('%s has no quotes', (text) => expect(yamlScalar(text)).toBe(text));
});

it('a literal has nothing that is put into the place of it', () => {
  expect(yamlLiteral('on', /\$/)).toBe('"on"');
  expect(() => yamlLiteral('a$b', /\$/)).toThrow('"a$b" cannot be written in the file of a job');
});

it('what is inside a member is indented', () => {
  expect(indented(['a:', '  b: c'], 2)).toEqual(['  a:', '    b: c']);
});
