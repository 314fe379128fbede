import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdToken } from './id-token.ts';

const now = 1_800_000_000_000;
const good = { iss: 'https://issuer.example.com', sub: 'job', aud: 'cloud', exp: now / 1000 + 300 };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown) => `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.c2lnbmF0dXJl`;

describe('IdToken', () => {
  it('is never printed', () => {
    const token = IdToken.parse(jwt(good));
    for (const text of [
      String(token),
      `${token}`,
      JSON.stringify({ token }),
      inspect(token),
      inspect({ deep: { token } }, { showHidden: true }),
    ]) {
      expect(text).not.toContain(token.reveal());
      expect(text).not.toContain('c2lnbmF0dXJl');
    }
  });

  it.each([
    ['what it was made for, from when it came', { iat: now / 1000 + 600, exp: now / 1000 + 900 }, 300],
    ['its exp, where that comes sooner', { iat: now / 1000 - 200, exp: now / 1000 + 100 }, 100],
    ['its exp, where it does not say when it was made', { exp: now / 1000 + 900 }, 900],
    ['its exp, where it says so in no number', { iat: '1', exp: now / 1000 + 900 }, 900],
    ['its exp, where it was made after that', { iat: now / 1000 + 901, exp: now / 1000 + 900 }, 900],
  ])('is of use until %s', (_what, times, seconds) => {
    expect(IdToken.parse(jwt({ ...good, ...times })).usableUntil(now)).toBe(now + seconds * 1000);
  });

  it('is masked as it comes, and has no more than 65536 characters', () => {
    const masked: string[] = [];
    const receive = (value: string) => IdToken.receive(value, (secret) => masked.push(secret));
    const long = (length: number) => `${jwt(good)}${'x'.repeat(length - jwt(good).length)}`;
    expect(receive(long(65_536)).subject).toBe('job');
    for (const value of ['', 'no token']) expect(() => receive(value)).toThrow('that is not an ID token.');
    for (const length of [65_537, 1_000_000]) {
      expect(() => receive(long(length))).toThrow('The ID token has more than 65536 characters.');
    }
    expect(masked).toEqual([long(65_536), 'no token']);
  });

  it.each([
    ['nonsense', 'The token file /t has something that is not an ID token.'],
    [jwt({ ...good, sub: '' }), 'The token in /t has no valid "sub" claim.'],
  ])('is said to be in a file: %s', (value, message) => {
    expect(() => IdToken.parse(value, '/t')).toThrow(message);
  });

  it('is said to be of the user who gave it', () => {
    expect(() => IdToken.given('nonsense', 'claims.txt')).toThrow('claims.txt has something that is not an ID token.');
    expect(IdToken.given(jwt(good), 'claims.txt')).toMatchObject({ subject: 'job', file: undefined });
  });

  it.each([
    ['iss', { ...good, iss: undefined }],
    ['iss', { ...good, iss: '' }],
    ['sub', { ...good, sub: 7 }],
    ['aud', { ...good, aud: [] }],
    ['aud', { ...good, aud: ['a', 7] }],
    ['exp', { ...good, exp: '1' }],
    ['nbf', { ...good, nbf: 'soon' }],
  ])('says which claim is missing: %s', (claim, claims) => {
    expect(() => IdToken.parse(jwt(claims))).toThrow(
      expect.objectContaining({ code: 'ID_TOKEN_MALFORMED', message: expect.stringContaining(`"${claim}"`) }),
    );
  });

  it.each([
    ['a line of its own', (token) => `${token}\n::warning::x`],
    ['a blank', (token) => `${token} x`],
    ['a line break in its claims', (token) => token.replace('.', '.\n')],
    ['another setting in its header', (token) => `a\n[default]\nb${token}`],
    ['padding', (token) => `${token}==`],
    ['a fourth part', (token) => `${token}.x`],
    ['two parts', (token) => token.slice(0, token.lastIndexOf('.'))],
  ] satisfies readonly (readonly [string, (token: string) => string])[])(
    'is one word of three parts: not with %s',
    (_what, spoil) => {
      expect(() => IdToken.parse(spoil(jwt(good)))).toThrow(expect.objectContaining({ code: 'ID_TOKEN_MALFORMED' }));
    },
  );

  it('any text is a token with claims or ID_TOKEN_MALFORMED, and is not repeated in the error', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json().map((json) => `e30.${Buffer.from(json).toString('base64url')}.x`),
    );
    fc.assert(
      fc.property(text, (value) => {
        try {
          expect(typeof IdToken.parse(value).issuer).toBe('string');
        } catch (error) {
          expect(error).toMatchObject({ code: 'ID_TOKEN_MALFORMED' });
          if (value.length > 20) expect(String(error)).not.toContain(value);
        }
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});
