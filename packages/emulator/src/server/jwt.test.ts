import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJwt } from './jwt.ts';

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
  ])('is none of %s', (_what, token) => expect(() => readJwt(token)).toThrow(SyntaxError));
});
