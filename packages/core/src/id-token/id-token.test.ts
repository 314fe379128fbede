import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkIdToken, type IdTokenExpectation } from './check.ts';
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

describe('checkIdToken', () => {
  const expected: IdTokenExpectation = {
    issuer: (url) => url.host === 'issuer.example.com',
    issuerName: 'issuer.example.com',
    audiences: ['cloud'],
    endpoint: new URL('https://platform.example.com'),
    now,
  };
  const check = (claims: object, changed: Partial<IdTokenExpectation> = {}) =>
    checkIdToken(IdToken.parse(jwt({ ...good, ...claims })), { ...expected, ...changed });

  it('lets a token out that is what the exchange expects', () => {
    expect(check({}).subject).toBe('job');
    expect(check({ nbf: now / 1000 + 30 }).subject).toBe('job');
    expect(check({ aud: ['cloud'] }).subject).toBe('job');
  });

  it.each([
    ['ID_TOKEN_ISSUER', { iss: 'https://issuer.example.com.evil.com' }],
    ['ID_TOKEN_ISSUER', { iss: 'http://issuer.example.com' }],
    ['ID_TOKEN_ISSUER', { iss: 'https://issuer.example.com?x' }],
    ['ID_TOKEN_ISSUER', { iss: 'https://user@issuer.example.com' }],
    ['ID_TOKEN_ISSUER', { iss: 'not a url' }],
    ['ID_TOKEN_ISSUER', { iss: 'http://127.0.0.1:1' }],
    ['ID_TOKEN_AUDIENCE', { aud: 'Cloud' }],
    ['ID_TOKEN_AUDIENCE', { aud: ['cloud', 'another'] }],
    ['ID_TOKEN_EXPIRED', { exp: now / 1000 }],
    ['ID_TOKEN_EXPIRED', { exp: -1e300 }],
    ['ID_TOKEN_NOT_YET_VALID', { nbf: now / 1000 + 61 }],
  ])('%s for %o', (code, claims) => {
    expect(() => check(claims)).toThrow(expect.objectContaining({ code }));
  });

  it('takes an issuer on loopback only from an endpoint on loopback', () => {
    expect(check({ iss: 'http://127.0.0.1:1' }, { endpoint: new URL('http://localhost:2') }).subject).toBe('job');
  });
});
