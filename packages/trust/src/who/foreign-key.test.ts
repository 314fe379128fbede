import { describe, expect, test } from 'vitest';
import { parseTrustPolicy } from '../policy.ts';
import { policyVerdict } from '../verdict.ts';
import { whoAssumes } from './who.ts';

const now = 1_790_000_000;
const hub = 'token.actions.githubusercontent.com';
const sub = 'repo:octo/app:ref:refs/heads/main';
const token = { iss: `https://${hub}`, aud: 'sts.amazonaws.com', sub, iat: now, nbf: now, exp: now + 300 };

/** Keys that STS fills for no token of GitHub's. */
const foreign = [
  `https://${hub}:sub`,
  `http://${hub}:sub`,
  `${hub}/:sub`,
  'sub',
  ':sub',
  'foo:bar',
  'oidc:sub',
  'gitlab.com:sub',
  `arn:aws:iam::123456789012:oidc-provider/${hub}:sub`,
];

const policyWith = (Condition: object, denied: readonly object[] = []) =>
  parseTrustPolicy({
    Version: '2012-10-17',
    Statement: [Condition, ...denied].map((one, index) => ({
      Effect: index === 0 ? 'Allow' : 'Deny',
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: one,
    })),
  });

describe.each(foreign)('a key that no token fills, %s', (key) => {
  test.each([
    ['StringEquals', sub],
    ['StringLike', '*'],
    ['StringEquals', '${aws:SourceIp}'],
    ['ForAnyValue:StringLike', '*'],
    ['Null', 'false'],
  ])('is never there: %s %s', (operator, value) => {
    const policy = policyWith({ [operator]: { [key]: value } });
    expect(policyVerdict(policy, token, { now, isWhole: true }).allowed).toBe(false);
    expect(whoAssumes(policy, [], now)).toMatchObject([{ reach: 'nobody', exact: true }]);
  });

  test.each([
    ['StringEqualsIfExists', sub],
    ['StringNotEquals', sub],
    ['ForAllValues:StringEquals', sub],
    ['Null', 'true'],
  ])('keeps nobody out: %s %s', (operator, value) => {
    const policy = policyWith({ [operator]: { [key]: value } });
    expect(policyVerdict(policy, token, { now, isWhole: true }).allowed).toBe(true);
    const [told] = whoAssumes(policy, [], now);
    expect(told).toMatchObject({ reach: 'any account', exact: true, witness: { request: {} } });
  });

  test('denies nobody', () => {
    const policy = policyWith({}, [{ StringLike: { [key]: '*' } }]);
    expect(whoAssumes(policy, [], now)).toMatchObject([{ reach: 'any account', exact: true }]);
    const all = policyWith({}, [{ StringNotLike: { [key]: 'x' } }]);
    expect(whoAssumes(all, [], now)).toMatchObject([{ reach: 'nobody', exact: true }]);
  });
});

test('a key of the request is whatever is allowed', () => {
  for (const key of ['aws:SourceVpc', 'sts:SourceIdentity', 'aws:RequestTag/team'])
    expect(whoAssumes(policyWith({ StringLike: { [key]: 'x' } }), [], now)).toMatchObject([{ reach: 'any account' }]);
});
