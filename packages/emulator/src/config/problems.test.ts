import { describe, expect, it } from 'vitest';
import { configSchema } from './emulator-config.ts';
import { problemsOf } from './problems.ts';

const told = (value: unknown) =>
  problemsOf(value, configSchema).map(({ message, hint }) => [message, hint].filter(Boolean).join(' '));

describe('a configuration', () => {
  it('may have nothing', () => expect(told({})).toEqual([]));

  it.each([
    ['no object', [], ['The configuration is a list, and must be an object.']],
    ['an empty member', { jobs: null }, ['"jobs" is empty, and must be an object.']],
    [
      'a name that is nearly one',
      { tenant: [] },
      ['The configuration has no member "tenant". Did you mean "tenants"?'],
    ],
    [
      'a name that is none',
      { issuers: { zzzzzzzz: '' } },
      ['"issuers" has no member "zzzzzzzz". There are: gitHub, gitLab, kubernetes.'],
    ],
    ['a name of every object', { constructor: {} }, [expect.stringContaining('has no member "constructor"')]],
    [
      'a number in the place of a text',
      { state: 1 },
      ['"state" is a number, and must be a text. Put it in quotes: "1".'],
    ],
    [
      'a fraction in the place of a whole number',
      { ports: { sts: 1.5 } },
      ['"sts" is a number, and must be a whole number.'],
    ],
    [
      'one of a few words',
      { accounts: [{ id: '123456789012', partition: 'aws-cm', oidcProviders: [], roles: [] }] },
      ['"aws-cm" is none of aws, aws-cn, aws-us-gov. Did you mean "aws-cn"?'],
    ],
    [
      'several mistakes, each in its place',
      { accounts: [{ id: '1', oidcProviders: [{ url: 'example.com', clientIds: [] }], roles: [] }, 'x'] },
      [
        '"1" is not an AWS account ID, twelve digits.',
        '"example.com" is not a URL that begins with https://. Did you mean "https://example.com"?',
        'Item 2 of accounts is a text, and must be an object.',
      ],
    ],
  ])('with %s', (_what, value, messages) => expect(told(value)).toEqual(messages));
});
