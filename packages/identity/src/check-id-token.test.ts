import { describe, expect, it } from 'vitest';
import { checkIdToken, type IdTokenExpectation } from './check-id-token.ts';
import { IdToken } from './id-token.ts';

const now = 1_800_000_000_000;
const good = { iss: 'https://issuer.example.com', sub: 'job', aud: 'cloud', exp: now / 1000 + 300 };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown) => `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.c2lnbmF0dXJl`;

describe('checkIdToken', () => {
  const expected: IdTokenExpectation = {
    issuer: (iss) => iss === 'https://issuer.example.com',
    issuerName: 'issuer.example.com',
    audiences: ['cloud'],
    otherAudience: 'Name another in {audience}.',
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

  it.each(
    ['?x', '#x', '/x?y', '/x#y']
      .map((end) => `https://issuer.example.com${end}`)
      .concat('https://user@issuer.example.com', 'https://:password@issuer.example.com'),
  )('no issuer has more than an address, whoever would take it: %s', (iss) => {
    expect(() => check({ iss }, { issuer: () => true })).toThrow(expect.objectContaining({ code: 'ID_TOKEN_ISSUER' }));
  });

  it('takes an issuer on loopback only from an endpoint on loopback', () => {
    expect(check({ iss: 'http://127.0.0.1:1' }, { endpoint: new URL('http://localhost:2') }).subject).toBe('job');
  });

  const presented = { issuer: good.iss, subject: 'job', audience: 'cloud' };
  it.each([
    [
      { iss: 'https://other' },
      'The ID token comes from an issuer that is not issuer.example.com.',
      'It was not sent anywhere. Something',
    ],
    [{ aud: 'x' }, 'The ID token is not for cloud or mine.', 'It was not sent anywhere. Name another in {audience}.'],
    [
      { exp: now / 1000 },
      'The ID token expired at 2027-01-15T08:00:00.000Z; it is 2027-01-15T08:00:00.000Z here.',
      'If the token is new',
    ],
    [
      { exp: -1e300 },
      'The ID token expired at -1e+303 ms; it is 2027-01-15T08:00:00.000Z here.',
      'If the token is new',
    ],
    [{ exp: -8.64e12 }, 'The ID token expired at -271821-04-20T00:00:00.000Z;', 'If the token is new'],
    [
      { nbf: now / 1000 + 61 },
      'The ID token is valid from 2027-01-15T08:01:01.000Z; it is 2027-01-15T08:00:00.000Z here.',
      'is behind',
    ],
  ])('tells of %o what is wrong and what to do', (claims, message, hint) => {
    expect(() => check(claims, { audiences: ['cloud', 'mine'] })).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(message),
        detail: expect.objectContaining({
          hint: expect.stringContaining(hint),
          presented: expect.objectContaining({ subject: presented.subject }),
        }),
      }),
    );
  });

  it('a clock may be ahead by a minute to the second', () => {
    expect(check({ nbf: now / 1000 + 60 }).subject).toBe('job');
    expect(check({}).presented).toEqual(presented);
    expect(check({ aud: ['cloud', 'cloud'] }).presented.audience).toBe('cloud, cloud');
    expect(String(check({}))).toBe('IdToken(https://issuer.example.com job)');
    expect(JSON.parse(JSON.stringify(check({})))).toEqual(presented);
  });
});
