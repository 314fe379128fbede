import { describe, expect, it } from 'vitest';
import { account, policy, provider } from './corpus/sample.corpus.ts';
import { lintTrustPolicy } from './lint-aws.ts';

const actions = ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML'];
const said = (Effect: string, principal: object, Action: string) =>
  lintTrustPolicy(policy({ Effect, ...principal, Action })).map(({ rule, message, at }) => ({ rule, message, at }));

/** Source: IAM User Guide, "AWS JSON policy elements: Principal": no wildcard for a part of a name. */
describe('a principal with a wildcard in its name', () => {
  const names: readonly (readonly [kind: string, name: string])[] = [
    ['AWS', `arn:aws:iam::${account}:role/*`],
    ['AWS', `arn:aws:iam::${account}:user/dev-?`],
    ['AWS', 'arn:aws:iam::*:root'],
    ['AWS', '1234*'],
    ['Federated', provider('*')],
    ['Federated', provider('*.example.com')],
    ['Federated', '*.amazonaws.com'],
    ['Federated', `arn:aws:iam::${account}:saml-provider/*`],
    ['Service', '*.amazonaws.com'],
    ['Service', 'ec2*.amazonaws.com'],
    ['CanonicalUser', '79a5*'],
  ];

  it.each(names)('%s %s', (kind, name) => {
    const message = `The principal is ${name}: IAM takes no wildcard in a name.`;
    for (const value of [name, [name]])
      for (const action of actions)
        for (const [effect, member] of [
          ['Allow', 'Principal'],
          ['Deny', 'Principal'],
          ['Deny', 'NotPrincipal'],
        ] as const) {
          const found = said(effect, { [member]: { [kind]: value } }, action);
          const at = [member, ...(['AWS', 'Federated'].includes(kind) ? [kind] : [])];
          expect(found).toContainEqual({ rule: 'aws/malformed', message, at });
        }
  });

  it('is none where it is * alone', () => {
    for (const kind of ['AWS', 'Federated', 'Service'])
      for (const action of actions)
        expect(said('Allow', { Principal: { [kind]: '*' } }, action).map(({ rule }) => rule)).not.toContain(
          'aws/malformed',
        );
  });
});

describe('every service of AWS', () => {
  const found = (effect: string, principal: object, action: string) =>
    said(effect, principal, action).filter(({ rule }) => rule === 'aws/any-service');

  it.each([['*'], [['*']], [['lambda.amazonaws.com', '*']]])(
    'is an error as %j, whatever stands beside it',
    (Service) => {
      for (const beside of [{}, { AWS: account }])
        expect(found('Allow', { Principal: { Service, ...beside } }, 'sts:AssumeRole')).toHaveLength(1);
    },
  );

  it('is none in a denial, or by an action with which no service takes a role', () => {
    expect(found('Deny', { Principal: { Service: '*' } }, 'sts:AssumeRole')).toEqual([]);
    expect(said('Allow', { Principal: { Service: '*' } }, 'sts:AssumeRoleWithSAML')).toMatchObject([
      { rule: 'aws/wrong-action' },
    ]);
    expect(found('Allow', { Principal: { Service: 'lambda.amazonaws.com' } }, 'sts:AssumeRole')).toEqual([]);
  });
});

describe('a variable without a name', () => {
  const hub = 'token.actions.githubusercontent.com';
  it.each(['${}', '${ }', '${\t}', 'repo:${}:x', 'repo:octo/app:ref:refs/heads/main${}'])('%j', (value) => {
    for (const operator of ['StringEquals', 'StringLike', 'StringNotEquals', 'StringLikeIfExists', 'ArnLike']) {
      const conditions = { Condition: { [operator]: { [`${hub}:sub`]: value } } };
      const principal = { Principal: { Federated: provider(hub) }, ...conditions };
      const all = said('Allow', principal, 'sts:AssumeRoleWithWebIdentity');
      expect(all).toContainEqual({
        rule: 'never-matches',
        message: `In ${JSON.stringify(value)} a variable has no name: it equals nothing.`,
        at: ['Condition', operator, `${hub}:sub`, 0],
      });
      expect(all.map(({ rule }) => rule)).not.toContain('aws/foreign-key');
    }
  });

  it.each(['', ' '])('and a key without one is told as it is written: %j', (key) => {
    const principal = {
      Principal: { Federated: provider(hub) },
      Condition: { StringEquals: { [key]: 'x' } },
    };
    const [first] = said('Allow', principal, 'sts:AssumeRoleWithWebIdentity');
    expect(first?.message).toMatch(/^" *" is no key of this provider/);
  });
});
