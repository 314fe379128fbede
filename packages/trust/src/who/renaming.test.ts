import type { TokenShape } from '@fedbridge/issuers';
import { describe, expect, test } from 'vitest';
import { sampled } from '../../../../test/harness/sampled.ts';
import { of } from '../corpus/sample.corpus.ts';
import { trustPolicies } from '../lint.corpus.ts';
import { parseTrustPolicy, type TrustPolicy } from '../policy.ts';
import { type Mine, parseMine } from './mine.ts';
import { Asked, type Question } from './question.ts';
import { renamed } from './renaming.ts';
import { type Grant, grantsOfPolicy, whoAssumes, whoIsGranted } from './who.ts';

const now = 1_790_000_000;
const hub = 'token.actions.githubusercontent.com';
const ours = ['github:octo@65001', 'account:123456789012'].map((text) => parseMine(text) as Mine);

function policyOf(condition: object): TrustPolicy {
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: condition,
  };
  return parseTrustPolicy({ Version: '2012-10-17', Statement: [statement] });
}

const equal = (...subjects: readonly string[]) => ({ StringEquals: { [`${hub}:sub`]: subjects } });
const like = (...subjects: readonly string[]) => ({ StringLike: { [`${hub}:sub`]: subjects } });

function questionOf(condition: object): Question {
  const [grant] = grantsOfPolicy(policyOf(condition), now);
  if (!grant) throw new Error('no way in');
  return { ...grant, mine: ours, now };
}

const keyOf = (condition: object) => renamed(questionOf(condition))?.key;
const subjectsOf = (condition: object) => renamed(questionOf(condition))?.allow[0]?.values ?? [];

describe('questions that differ in names alone', () => {
  test.each([
    ['a repository', equal('repo:octo/shop:ref:refs/heads/main'), equal('repo:octo/wiki:ref:refs/heads/main')],
    ['a branch', equal('repo:octo/shop:ref:refs/heads/topic'), equal('repo:octo/shop:ref:refs/heads/hotfix')],
    ['an owner', like('repo:somebody/shop:*'), like('repo:nobodyhere/shop:*')],
    ['an id', equal('repo:octo@65001/shop@724113:pull_request'), equal('repo:octo@65001/shop@724114:pull_request')],
    [
      'what stands before a wildcard',
      like('repo:octo/shop:ref:refs/heads/topic/*'),
      like('repo:octo/x:ref:refs/heads/y/*'),
    ],
    ['which of two', equal('repo:o/shop:x', 'repo:o/wiki:x'), equal('repo:o/wiki:x', 'repo:o/shop:x')],
    ['an escaped colon', equal('repo:o/shop:environment:on%3Ashop'), equal('repo:o/wiki:environment:on%3Awiki')],
  ])('are one: %s', (_, one, other) => {
    expect(keyOf(one)).toBe(keyOf(other));
    expect(keyOf(one)).toBeDefined();
  });

  test.each([
    ['one of ours and another', equal('repo:octo/shop:x'), equal('repo:stranger2x/shop:x')],
    ['the same twice and two', equal('repo:o/shop:environment:shop'), equal('repo:o/shop:environment:wiki')],
    ['numbers of other lengths', equal('repo:o@1000/shop@200:x'), equal('repo:o@100/shop@200:x')],
    ['what an issuer has words for', equal('repo:o/shop:environment:shop'), equal('repo:o/shop:actor:shop')],
    ['a part of a name before a wildcard', like('repo:octo/shop*'), like('repo:octo/wiki*')],
    ['names with that part in them', like('repo:octo/sh*', 'repo:x/shop:*'), like('repo:octo/sh*', 'repo:x/wiki:*')],
    ['what may be a commit', equal('repo:o/s:job_workflow_ref:x@abc'), equal('repo:o/s:job_workflow_ref:x@abcd')],
    ['another case', equal('repo:o/Shop:x'), equal('repo:o/shop:x')],
  ])('are more than one: %s', (_, one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other));
  });

  test.each([
    ['single letters', like('repo:octo/sh?p:*')],
    ['variables', equal(`repo:\${aws:username}/shop:x`)],
    ['the case of letters', { StringEqualsIgnoreCase: { [`${hub}:sub`]: 'repo:octo/shop:x' } }],
    ['numbers', { NumericLessThan: { [`${hub}:repository_id`]: '724113' } }],
    ['ARNs', { ArnLike: { [`${hub}:sub`]: 'arn:aws:iam::123456789012:role/shop' } }],
    ['the end of what may be an escaped colon', like('repo:o/shop:environment:*Azq')],
  ])('are asked as they are where it is about %s', (_, condition) => {
    expect(keyOf(condition)).toBeUndefined();
  });

  test('keep the words of the issuer, of an operator and of who is ours', () => {
    const condition = { ...like('repo:octo/shop:environment:topic:*'), Null: { [`${hub}:workflow`]: 'false' } };
    expect(subjectsOf(condition)).toEqual([expect.stringMatching(/^repo:octo\/zq\w+:environment:zq\w+:\*$/)]);
  });

  test('have their names back in the answer', () => {
    const [one] = whoAssumes(policyOf(equal('repo:somebody/shop:environment:staging')), ours, now);
    const [other] = whoAssumes(policyOf(equal('repo:zqa0x/zqb0x:environment:somebody')), ours, now);
    expect(one).toMatchObject({ reach: 'named others', exact: true, owners: ['somebody'] });
    expect(one?.witness?.claims).toMatchObject({ repository: 'somebody/shop', environment: 'staging' });
    expect(other).toMatchObject({ reach: 'named others', exact: true, owners: ['zqa0x'] });
    expect(other?.witness?.claims).toMatchObject({ repository: 'zqa0x/zqb0x', environment: 'somebody' });
  });

  test('are given the same tokens, all through the corpus', () => {
    const policies = sampled(trustPolicies);
    let count = 0;
    for (const { title, document } of policies) {
      for (const question of questionsIn(document)) {
        const named = renamed(question);
        if (!named) continue;
        count += 1;
        expect(shapesWith({ ...question, ...named }), title).toEqual(shapesWith(question));
      }
    }
    expect(count).toBeGreaterThan(policies.length / 5);
  });
});

function questionsIn(document: unknown): readonly Question[] {
  try {
    return grantsOfPolicy(parseTrustPolicy(document), now).map((grant) => ({ ...grant, mine: ours, now }));
  } catch {
    return [];
  }
}

/** Of each shape whether anybody has such a token, and whether anybody else. */
function shapesWith(question: Question): readonly (boolean | undefined)[] {
  const asked = new Asked(question);
  return question.shapes.flatMap((shape) =>
    [true, false].map((alone) => asked.tokensOf(shape, alone)?.isEmpty ?? true),
  );
}

test('an issuer that is the owner is called as the policy calls it, whatever of its words the conditions have', () => {
  const issuers = [
    ['oidc.vercel.com/acme', 'owner:acme:project:web:environment:production', 'https://vercel.com/acme'],
    [
      'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
      '{1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9}*:*',
      'ari:cloud:bitbucket::workspace/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d',
    ],
  ] as const;
  for (const [issuer, sub, audience] of issuers) {
    const document = of(issuer, audience, {}, { sub });
    expect(whoAssumes(parseTrustPolicy(document), [], now)[0]?.owners).toEqual([`https://${issuer}`]);
  }
});

/** With how often shapes of tokens are read for it. */
function counted(grants: readonly [Grant, Grant]): (grant: Grant) => { owners: readonly string[]; reads: number } {
  let reads = 0;
  const watched: ProxyHandler<TokenShape> = {
    get(shape, name) {
      reads += 1;
      return Reflect.get(shape, name);
    },
  };
  const shapes = grants[0].shapes.map((shape) => new Proxy(shape, watched));
  return (grant) => {
    reads = 0;
    return { owners: whoIsGranted({ ...grant, shapes }, ours, now).owners, reads };
  };
}

function pairOf(...policies: readonly [TrustPolicy, TrustPolicy]): [Grant, Grant] {
  return policies.map((policy) => {
    const [grant] = grantsOfPolicy(policy, now, '210987654321');
    if (!grant) throw new Error('no way in');
    return grant;
  }) as [Grant, Grant];
}

test('what was answered for one document is not worked out again for the next, which differs in names', () => {
  const grants = pairOf(policyOf(like('repo:acme/web:*')), policyOf(like('repo:zebra/shop:*')));
  const answered = counted(grants);
  const worked = answered(grants[0]);
  expect(worked).toMatchObject({ owners: ['acme'] });
  const remembered = answered(grants[1]);
  expect(remembered).toMatchObject({ owners: ['zebra'] });
  expect(10 * remembered.reads).toBeLessThan(worked.reads);
});

test('nor for the next role of an account, which is one of ours to itself', () => {
  const servedFor = (account: string) => {
    const condition = { StringEquals: { 'aws:SourceAccount': account } };
    const principal = { Service: 'sns.amazonaws.com' };
    const statement = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', Condition: condition };
    return parseTrustPolicy({ Version: '2012-10-17', Statement: [statement] });
  };
  const grants = pairOf(servedFor('333344445555'), servedFor('444455556666'));
  const answered = counted(grants);
  const worked = answered(grants[0]);
  const remembered = answered(grants[1]);
  expect([worked.owners, remembered.owners]).toEqual([['333344445555'], ['444455556666']]);
  expect(10 * remembered.reads).toBeLessThan(worked.reads);
});
