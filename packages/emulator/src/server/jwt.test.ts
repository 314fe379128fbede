import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areOfTheirTypes, type Claims, readJwt } from './jwt.ts';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a signed token', () => {
  it('is read as what was signed, and the signature of it, whatever it says', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.uint8Array({ maxLength: 64 }), (claims, bytes) => {
        const [header, signature] = [{ alg: 'RS256', kid: 'ü' }, Buffer.from(bytes)];
        const content = `${part(header)}.${part(claims)}`;
        const jwt = readJwt(`${content}.${signature.toString('base64url')}`);
        expect(jwt).toEqual({
          header,
          claims: JSON.parse(JSON.stringify(claims)),
          content: Buffer.from(content),
          signature,
        });
      }),
    );
  });

  it('may have no signature', () => expect(readJwt(`${part({})}.${part({})}.`).signature).toHaveLength(0));

  it.each([
    ['two parts', `${part({})}.${part({})}`],
    ['four', `${part({})}.${part({})}.x.y`],
    ['a list', `${part({})}.${part([])}.x`],
    ['nothing', `${part({})}.${part(null)}.x`],
    ['a text', `${part('x')}.${part({})}.x`],
    ['what is no JSON', 'x.x.x'],
    ['padding', `${part({})}=.${part({})}.x`],
    ['a line behind it', `${part({})}.${part({})}.x\n`],
    ['none', ''],
    [
      'claims in no UTF-8',
      `${part({})}.${Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')}.x`,
    ],
    ['a mark of the order of bytes', `${part({})}.${Buffer.from('\ufeff{}').toString('base64url')}.x`],
  ])('is none of %s', (_what, token) => expect(() => readJwt(token)).toThrow(SyntaxError));
});

describe('registered claims', () => {
  it.each<readonly [boolean, object]>([
    [true, {}],
    [true, { iss: 'i', sub: 's', aud: 'a', exp: 1.5, nbf: 0, iat: -1, other: null }],
    [true, { aud: [] }],
    [true, { aud: ['a', 'b'] }],
    [false, { aud: [['a']] }],
    [false, { aud: null }],
    [false, { aud: { 0: 'a', length: 1 } }],
    [false, { sub: ['s'] }],
    [false, { sub: 7 }],
    [false, { iss: ['i'] }],
    [false, { exp: '1' }],
    [false, { nbf: null }],
    [false, { iat: [1] }],
  ])('are of their types: %s %j', (are, claims) => expect(areOfTheirTypes(claims as Claims)).toBe(are));
});
