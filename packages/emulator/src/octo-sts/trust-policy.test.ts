import { describe, expect, it } from 'vitest';
import { checkToken, compile, type TrustPolicy } from './trust-policy.ts';

const policy: TrustPolicy = { issuer: 'https://i', subject: 'repo:octo/app', permissions: { contents: 'read' } };
const claims = { iss: 'https://i', sub: 'repo:octo/app', aud: 'octo-sts.dev', ref: 'main', is: true, count: 7 };
const check =
  (changed: Partial<TrustPolicy>, more: object = {}) =>
  () =>
    checkToken({ ...policy, ...changed }, { ...claims, ...more }, 'octo-sts.dev');
const without = (part: keyof TrustPolicy) => ({ [part]: undefined });

describe('a trust policy of octo-sts', () => {
  it.each<Partial<TrustPolicy>>([{}, { ...without('issuer'), issuer_pattern: 'https://.*' }, { audience: 'x' }])(
    'is one: %o',
    (changed) => expect(() => compile({ ...policy, ...changed })).not.toThrow(),
  );
  it.each<Partial<TrustPolicy>>([
    without('issuer'),
    without('subject'),
    { issuer_pattern: 'x' },
    { subject_pattern: 'x' },
    { audience: 'x', audience_pattern: 'x' },
  ])('is none: %o', (changed) =>
    expect(() => compile({ ...policy, ...changed } as TrustPolicy)).toThrow('trust policy: '),
  );
});

describe('a token', () => {
  const bySubject = { ...without('subject'), subject_pattern: 'repo:octo/[a-z]+' };
  it.each<[Partial<TrustPolicy>, object]>([
    [{}, {}],
    [bySubject, {}],
    [{}, { aud: ['other', 'octo-sts.dev'] }],
    [{ audience: 'mine' }, { aud: 'mine' }],
    [{ audience_pattern: 'm.*' }, { aud: ['x', 'mine'] }],
    [{ claim_pattern: { ref: 'ma.n', is: 'true' } }, {}],
  ])('has what a policy asks for: %o %o', (changed, more) => expect(check(changed, more)).not.toThrow());

  it.each<[Partial<TrustPolicy>, object, string]>([
    [{}, { iss: 'https://i/' }, 'issuer "https://i/" did not match'],
    [{}, { sub: 'repo:octo/app2' }, 'subject'],
    // A pattern is one of all of it.
    [bySubject, { sub: 'xrepo:octo/app' }, 'did not match pattern'],
    [bySubject, { sub: 'repo:octo/app:x' }, 'did not match pattern'],
    [{ ...without('subject'), subject_pattern: 'a|repo:octo/app' }, { sub: 'ax' }, 'did not match pattern'],
    [{}, { aud: 'other' }, 'audience "octo-sts.dev" did not match any of ["other"]'],
    [{ audience: 'mine' }, {}, 'audience "mine"'],
    [{ claim_pattern: { none: '.*' } }, {}, 'expected claim "none" not found'],
    [{ claim_pattern: { count: '7' } }, {}, 'not a string'],
    [{ claim_pattern: { ref: 'mai' } }, {}, 'claim "ref" did not match'],
  ])('has not: %o %o', (changed, more, message) => {
    expect(check(changed, more)).toThrow(
      expect.objectContaining({ code: 7, status: 403, message: expect.stringContaining(message) }),
    );
  });
});
