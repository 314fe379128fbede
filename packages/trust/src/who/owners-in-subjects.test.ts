/** Tests as well: packages/issuers/src/github-subjects-asked.ts */

import { describe, expect, test } from 'vitest';
import { parseTrustPolicy } from '../policy.ts';
import { type Mine, parseMine } from './mine.ts';
import { whoAssumes } from './who.ts';

const now = 1_790_000_000;
const hub = 'token.actions.githubusercontent.com';
const mine = [parseMine('github:octo@65001') as Mine];

const who = (pattern: string, others: object = {}) =>
  whoAssumes(
    parseTrustPolicy({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringLike: { [`${hub}:sub`]: pattern }, ...others },
      },
    }),
    mine,
    now,
  )[0];

describe('whoever a subject names twice is the same owner', () => {
  test.each([
    ['*3Ab:repository_owner:OCTO', 'only mine'],
    ['*:environment:a%3Ab:repository_owner:octo', 'only mine'],
    ['repo:*:repository_owner:octo', 'only mine'],
    ['repo:octo/*:repository_owner:octo', 'only mine'],
    ['*:pull_request:repository_owner_id:65001', 'only mine'],
    ['repo:evil/*:repository_owner:octo', 'nobody'],
  ])('%s: %s', (pattern, reach) => {
    expect(who(pattern)).toMatchObject({ reach, exact: true });
  });

  test('and is named', () => {
    const admitted = who('*:dependabot[bot]:environment:a%3Ab:repository_owner:evil');
    expect(admitted).toMatchObject({ reach: 'named others', exact: true, owners: ['evil'] });
    expect(admitted?.witness?.claims).toMatchObject({ repository_owner: 'evil', environment: 'a:b' });
  });

  test('but a property of a repository may be called so, whoever has it', () => {
    for (const pattern of ['*repository_owner:octo', '*y_owner:octo:environment:a'])
      expect(who(pattern)).toMatchObject({ reach: 'any account', exact: true });
  });
});

test('a claim that is named behind a wildcard is what the token has beside it', () => {
  const admitted = who('job_work*f:*', { StringEquals: { [`${hub}:repository_id`]: '7' } });
  const { sub, job_workflow_ref: workflow } = admitted?.witness?.claims ?? {};
  const [, said] = /(?:^|:)job_workflow_ref:([^:]*)/.exec(String(sub)) ?? [];
  expect(admitted).toMatchObject({ owners: ['repository @7'], exact: true });
  expect(said ?? workflow).toBe(workflow);
});

test('a claim that is no text of a boolean meets none', () => {
  expect(who('*ent:a%3Ab', { Bool: { [`${hub}:actor`]: 'repo:*' } })).toMatchObject({ reach: 'nobody', exact: true });
});

test('what is given up at an issuer of ours is ours', () => {
  const iss = 'token.actions.octo.ghe.com';
  const sub = `${iss}:sub`;
  const patterns = Array.from({ length: 40 }, (_, index) => `*${'ab'.repeat(index % 7)}*${index}*e?v*${index}*t*`);
  const [admitted] = whoAssumes(
    parseTrustPolicy({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${iss}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringLike: { [sub]: patterns }, StringNotLike: { [sub]: patterns.map((one) => `${one}x`) } },
      },
    }),
    [parseMine(`issuer:https://${iss}`) as Mine],
    now,
  );
  expect(admitted).toMatchObject({ reach: 'only mine', exact: false, isGivenUp: true });
});
