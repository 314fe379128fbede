import { describe, expect, it } from 'vitest';
import { account, aud, hub, policy, provider, statement, sub } from './corpus/sample.corpus.ts';
import { lintTrustPolicy } from './lint-aws.ts';
import { parseTrustPolicy } from './policy.ts';
import { whoAssumes } from './who/who.ts';

const oidc = { Federated: provider(hub) };
const saml = { Federated: `arn:aws:iam::${account}:saml-provider/Corp` };
const root = { AWS: `arn:aws:iam::${account}:root` };
const service = { Service: 'ec2.amazonaws.com' };
const everybody = { AWS: '*' };

const one = (Principal: object, actions: object, more: object = {}) => ({
  ...{ Effect: 'Allow', Principal, ...actions },
  ...more,
});
const ofActions = (...statements: object[]) =>
  lintTrustPolicy(policy(...statements)).flatMap(({ rule, where, message }) =>
    ['aws/wrong-action', 'aws/idle-denial'].includes(rule) ? [`${rule} ${where}: ${message}`] : [],
  );
const isOfNobody = (...statements: object[]) => whoAssumes(parseTrustPolicy(policy(...statements)), [], 0).length === 0;

describe('an Allow without the action by which its principals take the role', () => {
  const none = [
    ...[
      'sts:TagSession',
      'sts:SetSourceIdentity',
      'sts:SetContext',
      's3:*',
      's3:GetObject',
      'sts:GetCallerIdentity',
    ].map((Action) => ({ Action })),
    ...['*', 'sts:*', 'sts:AssumeRole*'].map((NotAction) => ({ NotAction })),
    { Action: ['sts:TagSession', 'sts:SetSourceIdentity'] },
  ];
  const takes = [
    [oidc, 'sts:AssumeRoleWithWebIdentity'],
    [saml, 'sts:AssumeRoleWithSAML'],
    [root, 'sts:AssumeRole'],
    [service, 'sts:AssumeRole'],
  ] as const;

  it.each(none)('%j allows nobody, and is said to', (actions) => {
    for (const [principal] of takes) {
      expect(isOfNobody(one(principal, actions))).toBe(true);
      expect(ofActions(one(principal, actions))).toEqual([
        expect.stringMatching(/^aws\/wrong-action Statement\[0\]: .+ Nobody is allowed by this statement\.$/),
      ]);
    }
    expect(ofActions(one(everybody, actions))).toHaveLength(1);
  });

  it.each(takes)('%j takes it by %s and by no other', (principal, own) => {
    for (const [, Action] of takes) {
      const isOwn = Action === own;
      const here = one(principal, { Action });
      expect([isOfNobody(here), ofActions(here).length]).toEqual([!isOwn, isOwn ? 0 : 1]);
    }
    expect(ofActions(one(principal, { Action: [own, 'sts:TagSession'] }))).toEqual([]);
    expect(ofActions(one(principal, { NotAction: 'sts:TagSession' }))).toEqual([]);
    expect(ofActions(one(principal, { Action: 'sts:Assume*' }))).toEqual([]);
  });

  it('is right beside one that has it', () => {
    const tags = one(oidc, { Action: 'sts:TagSession' });
    const web = statement(hub, { StringEquals: { ...aud, ...sub('repo:octo/app:pull_request') } });
    expect(ofActions(web, tags)).toEqual([]);
    expect(ofActions(tags, one(root, { Action: 'sts:AssumeRole' }))).toHaveLength(1);
    expect(ofActions(one(root, { Action: 'sts:TagSession' }), one(root, { Action: 'sts:AssumeRole' }))).toEqual([]);
    expect(ofActions(web, one(oidc, { Action: 's3:*' }))).toHaveLength(1);
  });

  it('is told of those of its principals who do not take it so', () => {
    expect(ofActions(one({ ...oidc, ...root }, { Action: 'sts:AssumeRole' }))).toEqual([
      `aws/wrong-action Statement[0]: The action is sts:AssumeRole. Nobody of ${provider(hub)} is allowed.`,
    ]);
  });

  // Source: captures of real IAM, test/conformance/provider-controls.ts.
  it.each(['*', 'sts:*', 'STS:AssumeRoleWithWebIdentity', 's3:*'])('%s is rejected beside others too', (Action) => {
    expect(ofActions(one(oidc, { Action: ['sts:AssumeRoleWithWebIdentity', Action] }))).toEqual([
      `aws/wrong-action Statement[0]: IAM rejects ${Action} in a trust policy.`,
    ]);
  });
});

it('an Allow of any provider for sts:AssumeRole is one of nobody', () => {
  const anyProvider = one({ Federated: '*' }, { Action: 'sts:AssumeRole' });
  expect(ofActions(anyProvider)).toEqual([
    'aws/wrong-action Statement[0]: The action is sts:AssumeRole. Nobody is allowed by this statement.',
  ]);
  expect(isOfNobody(anyProvider)).toBe(true);
});

describe('a Deny', () => {
  const request = { StringEquals: sub('repo:octo/app:pull_request') };
  const deny = (principal: object, actions: object, Condition?: object) =>
    one(principal, actions, { Effect: 'Deny', ...(Condition ? { Condition } : {}) });
  const allow = statement(hub, {
    StringEquals: { ...aud, 'token.actions.githubusercontent.com:repository_id': '724113' },
    StringLike: sub('repo:octo/app:*'),
  });
  const rulesOf = (...denials: object[]) => lintTrustPolicy(policy(allow, ...denials)).map(({ rule }) => rule);

  it.each([
    [oidc, { Action: 'sts:TagSession' }],
    [everybody, { Action: 'sts:TagSession' }],
    [oidc, { Action: 'sts:AssumeRole' }],
    [oidc, { NotAction: 'sts:Assume*' }],
  ])('of %j by %j keeps no pull request out, and says so', (principal, actions) => {
    expect(ofActions(allow, deny(principal, actions, request))).toEqual([
      expect.stringMatching(/^aws\/idle-denial Statement\[1\]: The action is /),
    ]);
    expect(rulesOf(deny(principal, actions, request))).toContain('aws/whole-repository');
  });

  it.each([
    [oidc, { Action: 'sts:AssumeRoleWithWebIdentity' }],
    [everybody, { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] }],
    [everybody, { Action: 'sts:Assume*' }],
    [oidc, { NotAction: 'sts:TagSession' }],
  ])('of %j by %j does', (principal, actions) => {
    expect(ofActions(allow, deny(principal, actions, request))).toEqual([]);
  });

  it('of what a session is called or tagged is meant so', () => {
    expect(ofActions(allow, deny(oidc, { Action: 'sts:TagSession' }))).toEqual([]);
    const tagged = { StringNotEquals: { 'aws:RequestTag/team': 'octo' } };
    expect(ofActions(allow, deny(everybody, { Action: 'sts:TagSession' }, tagged))).toEqual([]);
  });
});
