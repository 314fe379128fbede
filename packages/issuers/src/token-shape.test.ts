import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternOf } from '../../../test/harness/token-forms.ts';
import { base64Guid, beginningWithNone, digits, guid, type Language, rest, shapeOf, text } from './token-shape.ts';

const has = (language: Language, word: string) => new RegExp(`^${patternOf(language)}$`, 'u').test(word);

describe('a language of texts', () => {
  it('that begin with none of some prefixes has exactly those', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', ':'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), fc.oneof(word, fc.constant('')), (prefixes, one) => {
        expect(has(beginningWithNone(prefixes), one)).toBe(!prefixes.some((prefix) => one.startsWith(prefix)));
      }),
    );
  });

  it.each<[string, Language, readonly string[], readonly string[]]>([
    ['whole numbers', digits, ['0', '7', '65001'], ['', '007', '-1', '1.0']],
    [
      'GUIDs',
      guid,
      ['0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d'],
      [
        '-0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d',
        '0A1B2C3D-4E5F-4A6B-8C7D-9E0F1A2B3C4D',
        '0a1b2c3d4e5f4a6b8c7d9e0f1a2b3c4d',
      ],
    ],
    ['GUIDs in base64url', base64Guid, ['rISbSSETf0KqFyZ8ppdXmA'], ['rISbSSETf0KqFyZ8ppdXmB', 'rISbSSETf0KqFyZ8ppdXm']],
    ['what stands between colons', rest, ['', ':a', ':a:b'], ['a', ':', ':a:']],
    ['all texts', text, ['', 'a', '\n'], []],
  ])('of %s has those alone', (_what, language, those, others) => {
    expect(those.filter((one) => !has(language, one))).toEqual([]);
    expect(others.filter((one) => has(language, one))).toEqual([]);
  });
});

it('a shape has its subject, an audience, and further claims as fields of their names', () => {
  const id = { language: guid, example: 'x' };
  expect(
    shapeOf(['p:', { field: 'id' }], { id }, { owner: ['id'], claims: { tid: ['t'] }, others: { ref: id } }),
  ).toEqual({
    fields: { id, ref: id, aud: { language: { chars: '^' }, example: 'sts.amazonaws.com' } },
    claims: { sub: ['p:', { field: 'id' }], tid: ['t'], ref: [{ field: 'ref' }], aud: [{ field: 'aud' }] },
    owner: ['id'],
  });
});

it('a shape of which no owner is told has none', () => {
  expect(shapeOf(['p'], {}).owner).toEqual([]);
});
