import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayBeSecret, secrecyOf } from './secrecy.ts';

const of = (name: string, value = 'some value') => secrecyOf(name, { value, isSecret: false });

describe('how a variable is put back', () => {
  it('as a secret where the platform says that it is one, whatever its name', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (name, value) => {
        expect(secrecyOf(name, { value, isSecret: true })).toBe('secret');
      }),
    );
  });

  it.each(['API_SECRET', 'GITHUB_TOKEN', 'github_token', 'DB_PASSWORD', 'ARM_ACCESS_KEY', 'AZURE_DEVOPS_EXT_PAT'])(
    'as a secret by its name: %s',
    (name) => expect(of(name)).toBe('secret'),
  );
  it.each(['IDENTITY_HEADER', 'CLIENT_CERTIFICATE', 'TOKEN'])('as a secret by its name: %s', (name) =>
    expect(of(name)).toBe('secret'),
  );

  it.each(['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_REGION', 'AZURE_CLIENT_ID', 'azure_tenant_id', 'ARM_USE_OIDC'])(
    'as it is, where its name says what else it is: %s',
    (name) => expect(of(name)).toBe('shown'),
  );
  it.each(['AWS_ROLE_ARN', 'no_proxy', 'AWS_CREDENTIAL_EXPIRATION', 'IDENTITY_SERVER_THUMBPRINT'])(
    '%s as well',
    (name) => expect(of(name)).toBe('shown'),
  );

  it.each([
    'ODD',
    'AZURE_USERNAME',
    'AWS_ACCESS_KEY_ID',
    'TOKEN_SOURCE',
    'MY_AWS_ROLE_ARN',
    'MONKEY',
    'ID',
    'AZURE_ID',
  ])('hidden, where its name says nothing: %s', (name) => expect(of(name)).toBe('hidden'));

  it.each(['', 'a', 'abc', ' {} ', '123', 'true', 'False', ' none ', 'null'])(
    'as it is, where hiding it would take %j out of every line of the log',
    (value) => {
      expect(of('ODD', value)).toBe('shown');
      expect(of('API_TOKEN', value)).toBe('shown');
    },
  );

  it('an empty one is none, whatever the platform says', () =>
    expect(secrecyOf('TOKEN', { value: '', isSecret: true })).toBe('shown'));
});

it.each(['1234', 'yes!', 'truer', 'untrue', 'nonee'])('%s may be a secret', (text) =>
  expect(mayBeSecret(text)).toBe(true),
);
