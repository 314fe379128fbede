import { describe, expect, it } from 'vitest';
import { IdToken } from './id-token.ts';
import { checkClaims } from './required-claims.ts';

const good = { iss: 'https://issuer.example.com', sub: 'job', aud: 'cloud', exp: 1_800_000_300 };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown) => `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.c2lnbmF0dXJl`;

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
