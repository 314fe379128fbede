import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkIdToken, type IdTokenExpectation } from './check-id-token.ts';
import { IdToken } from './id-token.ts';
import { checkClaims } from './required-claims.ts';

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

describe('checkIdToken', () => {
  const expected: IdTokenExpectation = {
    issuer: (iss) => iss === 'https://issuer.example.com',
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

  const presented = { issuer: good.iss, subject: 'job', audience: 'cloud' };
  it.each([
    [
      { iss: 'https://other' },
      'The ID token comes from an issuer that is not issuer.example.com.',
      'It was not sent anywhere. Something',
    ],
    [{ aud: 'x' }, 'The ID token is not for cloud or mine.', 'leave the input "audience" out'],
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

describe('claims that are required', () => {
  const claims = {
    ...good,
    ...{
      ref: 'refs/heads/main',
      groups: ['a', 'ab'],
      empty: [],
      yes: true,
      no: false,
      whole: 9007199254740991,
      zero: 0,
    },
    ...{
      nothing: null,
      object: {},
      mixed: ['a', {}],
      nested: [['a']],
      fraction: 1.5,
      beyond: 2 ** 53,
      below: -(2 ** 53),
    },
  };
  const ask = (name: string, pattern: string) => checkClaims(IdToken.parse(jwt(claims)), [[name, pattern]]);

  it.each([
    ['ref', 'refs/heads/*'],
    ['groups', 'a*'],
    ['exp', String(good.exp)],
    ['yes', 'true'],
    ['no', 'false'],
    ['whole', '9007199254740991'],
    ['zero', '0'],
  ])('%s like %s lets the token through', (name, pattern) => {
    expect(ask(name, pattern).subject).toBe('job');
  });

  it.each([
    ['ref', 'refs/tags/*', 'is "refs/heads/main"'],
    ['groups', 'a', 'is "a, ab"'],
    ['yes', 'false', 'is "true"'],
    ['missing', '*', 'is not there'],
    ['toString', '*', 'is not there'],
    ['__proto__', '*', 'is not there'],
  ])('%s like %s does not: it %s', (name, pattern, what) => {
    const error = new RegExp(`claim "${name}" ${what}; "${pattern.replaceAll('*', '\\*')}" is required`);
    expect(() => ask(name, pattern)).toThrow(error);
  });

  it.each(['empty', 'nothing', 'object', 'mixed', 'nested', 'fraction', 'beyond', 'below'])(
    '%s is not comparable, whatever the pattern',
    (name) => {
      const text = String(claims[name as keyof typeof claims]);
      for (const pattern of ['*', text, '[object Object]'].filter((one) => one !== ''))
        expect(() => ask(name, pattern)).toThrow(/is not comparable/);
    },
  );
});
