import { describe, expect, it } from 'vitest';
import { checkCredential, type FederatedCredential, matchCredential } from './federated-credential.ts';

const credential: FederatedCredential = {
  ...{ name: 'main', issuer: 'https://i', subject: 'repo:octo/app' },
  audiences: ['api://AzureADTokenExchange'],
};
const check =
  (changed: Partial<FederatedCredential>, others: readonly FederatedCredential[] = []) =>
  () =>
    checkCredential({ ...credential, ...changed }, others, 'https://hub');

describe('a federated credential is created', () => {
  it.each<Partial<FederatedCredential>>([
    {},
    { name: 'a-_' },
    { name: 'x'.repeat(120) },
    { subject: 'x'.repeat(600) },
    { issuer: 'x'.repeat(600) },
  ])('%o', (changed) => expect(check(changed)).not.toThrow());

  it.each<[Partial<FederatedCredential>, string]>([
    [{ issuer: '' }, "must specify 'issuer', 'subject' and 'audience'"],
    [{ subject: '' }, "must specify 'issuer', 'subject' and 'audience'"],
    [{ audiences: [] }, "must specify 'issuer', 'subject' and 'audience'"],
    [
      { claimsMatchingExpression: { value: 'x', languageVersion: 1 } },
      "must specify 'issuer', 'subject' and 'audience'",
    ],
    [{ name: 'ab' }, 'is not one'],
    [{ name: '-ab' }, 'is not one'],
    [{ name: 'a b' }, 'is not one'],
    [{ name: 'x'.repeat(121) }, 'is not one'],
    [{ audiences: ['a', 'b'] }, 'a single audience'],
    [{ subject: 'x'.repeat(601) }, 'at most 600 characters'],
    [{ audiences: ['x'.repeat(601)] }, 'at most 600 characters'],
  ])('and not %o: %s', (changed, message) => expect(check(changed)).toThrow(message));

  it('once: by its name, by issuer and subject, and twenty of them', () => {
    const other = (index: number) => ({ ...credential, name: `other-${index}`, subject: `s${index}` });
    expect(check({ subject: 'x' }, [credential])).toThrow(expect.objectContaining({ code: 'Conflict', status: 409 }));
    expect(check({ name: 'second' }, [credential])).toThrow('Issuer and subject combination already exists');
    expect(
      check(
        {},
        Array.from({ length: 19 }, (_, index) => other(index)),
      ),
    ).not.toThrow();
    expect(
      check(
        {},
        Array.from({ length: 20 }, (_, index) => other(index)),
      ),
    ).toThrow('At most 20 are allowed');
  });
});

describe('a token has the credential', () => {
  const claims = { iss: 'https://i', sub: 'repo:octo/app' };
  const match = (
    changed: object,
    all: readonly FederatedCredential[] = [credential],
    audience = 'api://AzureADTokenExchange',
  ) => matchCredential(all, { ...claims, ...changed }, audience);

  it('that is equal in each part', () => {
    expect(match({})).toEqual({ matched: credential });
    const second = { ...credential, name: 'second', audiences: ['other'] };
    expect(match({}, [second, credential])).toEqual({ matched: credential });
  });

  it('else the part that is in the way is named, the case of a subject too', () => {
    expect(match({}, [])).toEqual({ differs: 'none', audiences: [] });
    expect(match({ iss: 'https://i/' })).toMatchObject({ differs: 'issuer' });
    expect(match({ sub: 'repo:octo/other' })).toMatchObject({ differs: 'subject' });
    expect(match({ sub: 'repo:Octo/app' })).toMatchObject({ differs: 'subject case' });
    expect(match({}, [credential], 'other')).toEqual({ differs: 'audience', audiences: credential.audiences });
  });
});
