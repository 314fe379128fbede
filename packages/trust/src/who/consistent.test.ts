import { describe, expect, test } from 'vitest';
import { parseTrustPolicy } from '../policy.ts';
import { type Mine, parseMine } from './mine.ts';
import { whoAssumes } from './who.ts';

const now = 1_790_000_000;

function who(pattern: string | readonly string[], mine: string, others: object = {}) {
  const [hub = 'token.actions.githubusercontent.com'] = /[^/]+\.ghe\.com/.exec(mine) ?? [];
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
  };
  const inHub = (conditions: object) =>
    Object.fromEntries(
      Object.entries(conditions).map(([operator, keys]) => [
        operator,
        Object.fromEntries(Object.entries(keys).map(([key, value]) => [`${hub}:${key}`, value])),
      ]),
    );
  const Condition = inHub({ StringLike: { sub: pattern }, ...others });
  const policy = parseTrustPolicy({ Version: '2012-10-17', Statement: { ...statement, Condition } });
  return whoAssumes(policy, [parseMine(mine) as Mine], now)[0];
}

describe('where a subject would have to disagree with its own token, the answer is at most, and without a witness', () => {
  test.each([
    ['*3Ab:repository_owner:OCTO', 'any account'],
    ['*:dependabot[bot]:environment:a%3Ab:repository_owner:evil', 'any account'],
  ])('%s', (pattern, reach) => {
    const { witness, unread, ...answer } = who(pattern, 'github:octo@65001') ?? {};
    expect(answer).toMatchObject({ reach, exact: false });
    expect(witness).toBeUndefined();
    expect(unread?.map(({ values }) => values)).toEqual([[pattern]]);
  });

  test('with a claim of a form of its own', () => {
    const others = { StringEquals: { repository_id: '7' } };
    expect(who('job_work*f:*:pull_request', 'github:octo@65001', others)).toMatchObject({
      reach: 'named others',
      owners: ['repository @7'],
    });
  });
});

test('what is given up at an issuer of ours is ours', () => {
  const patterns = Array.from({ length: 40 }, (_, index) => `*${'ab'.repeat(index % 7)}*${index}*e?v*${index}*t*`);
  const others = { StringNotLike: { sub: patterns.map((one) => `${one}x`) } };
  const mine = 'issuer:https://token.actions.octo.ghe.com';
  expect(who(patterns, mine, others)).toMatchObject({ reach: 'only mine', exact: false, isGivenUp: true });
});

test('a subject of GitLab has each claim once', () => {
  const policy = parseTrustPolicy({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/gitlab.com' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringLike: { 'gitlab.com:sub': 'project_path:acme*/web:ref_type:branch:ref:main' } },
    },
  });
  const [admitted] = whoAssumes(policy, [parseMine('gitlab:acme') as Mine], now);
  expect(admitted).toMatchObject({ reach: 'any account', exact: true });
  const keys = String(admitted?.witness?.claims.sub)
    .split(':')
    .filter((_, at) => at % 2 === 0);
  expect(keys).toEqual([...new Set(keys)]);
});
