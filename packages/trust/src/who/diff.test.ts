import { describe, expect, test } from 'vitest';
import { parseTrustPolicy } from '../policy.ts';
import { whoIsNew } from './diff.ts';
import { grantsOfCredentials, grantsOfPolicy } from './who.ts';

const now = 1_790_000_000;
const hub = 'token.actions.githubusercontent.com';

const byHub = (Condition: object, account = '123456789012', Effect = 'Allow') => ({
  Effect,
  Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${hub}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition,
});
const bySaml = (Condition: object) => ({
  Effect: 'Allow',
  Principal: { Federated: 'arn:aws:iam::123456789012:saml-provider/corp' },
  Action: 'sts:AssumeRoleWithSAML',
  Condition,
});
const byLambda = (Condition: object) => ({
  Effect: 'Allow',
  Principal: { Service: 'lambda.amazonaws.com' },
  Action: 'sts:AssumeRole',
  Condition,
});
const alice = { StringEquals: { 'SAML:sub': 'alice' } };
const ofAccount = { StringEquals: { 'aws:SourceAccount': '123456789012' } };
const otherAccount = { StringEquals: { 'aws:PrincipalAccount': '210987654321' } };

const isNew = (old: readonly object[], fresh: readonly object[]) => {
  const grants = (Statement: readonly object[]) =>
    grantsOfPolicy(parseTrustPolicy({ Version: '2012-10-17', Statement }), now);
  return whoIsNew(grants(old), grants(fresh), [], now);
};

test.each([
  ['no variable', 'repo:octo/app:pull_request', 0],
  ['a variable', `\${${hub}:sub}`, 1],
])(
  'a policy of the old version that names %s allows others than one of the new version for variables alone',
  (_, sub, count) => {
    const conditions = {
      StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com' },
      StringNotEquals: { [`${hub}:sub`]: sub },
    };
    const grants = (version?: string) =>
      grantsOfPolicy(parseTrustPolicy({ ...(version && { Version: version }), Statement: [byHub(conditions)] }), now);
    for (const version of [undefined, '2008-10-17'])
      expect(whoIsNew(grants('2012-10-17'), grants(version), [], now)).toHaveLength(count);
  },
);

test.each([
  ['Service', { Federated: '*' }, 'sts:AssumeRoleWithWebIdentity', 'anybody'],
  ['Federated', { Service: '*' }, 'sts:AssumeRole', 'named others'],
])('what was said of any %s says nothing of another kind of principal', (kind, Principal, Action, reach) => {
  const actions = { Service: 'sts:AssumeRole', Federated: 'sts:AssumeRoleWithWebIdentity' };
  const old = { Effect: 'Allow', Principal: { [kind]: '*' }, Action: actions[kind as keyof typeof actions] };
  expect(isNew([old], [old, { Effect: 'Allow', Principal, Action }])).toMatchObject([{ where: 'Statement[1]', reach }]);
});

describe('whoever is new', () => {
  test.each([
    ['whom a SAML provider vouches for, without a condition', [bySaml(alice)], [bySaml({})], 'named others'],
    [
      'by a provider of the account that a condition named before',
      [byHub(otherAccount)],
      [byHub({}, '210987654321')],
      'any account',
    ],
    ['without a denial of everybody', [byHub({}), byHub({}, '123456789012', 'Deny')], [byHub({})], 'any account'],
  ])('is told: %s', (_, old, fresh, reach) => {
    expect(isNew(old, fresh)).toMatchObject([{ reach }]);
  });

  test.each([
    ['nothing was changed', [bySaml(alice), byLambda(ofAccount)], [byLambda(ofAccount), bySaml(alice)]],
    ['there are more conditions', [bySaml({}), byLambda({})], [bySaml(alice), byLambda(ofAccount)]],
    ['the account of the provider is another', [byHub({})], [byHub({}, '210987654321')]],
  ])('is nobody where %s', (_, old, fresh) => {
    expect(isNew(old, fresh)).toEqual([]);
  });

  test.each([
    ['every branch', 'repo:octo/app:*', 'repo:octo/app:ref:refs/heads/main'],
    ['every ref', 'repo:octo/app:ref:*', 'repo:octo/app:ref:refs/heads/main'],
    ['all but some', 'repo:octo/app:ref:*', 'repo:octo/app:ref:refs/heads/*'],
  ])('is shown by a ref that is none of those before, and not empty: %s', (_, fresh, old) => {
    const by = (sub: string) => byHub({ StringLike: { [`${hub}:sub`]: sub } });
    const [found] = isNew([by(old)], [by(fresh)]);
    expect(found?.witness?.claims.sub).toMatch(/^repo:octo\/app:ref:refs\/(heads|tags|pull)\/./);
  });

  test('is nobody where a credential that Entra does not take stands beside the same', () => {
    const common = { issuer: `https://${hub}`, audiences: ['api://AzureADTokenExchange'] };
    const all = grantsOfCredentials([
      { ...common, name: 'one', subject: 'repo:octo/app:pull_request' },
      {
        ...common,
        name: 'two',
        claimsMatchingExpression: { value: "claims['sub'] matches '*'", languageVersion: 1 },
      },
    ]);
    expect(whoIsNew(all, all, [], now)).toEqual([]);
  });
});
