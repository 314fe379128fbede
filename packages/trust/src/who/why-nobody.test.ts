import { describe, expect, it } from 'vitest';
import { aud, hub, policy, statement } from '../corpus/sample.corpus.ts';
import { parseTrustPolicy } from '../policy.ts';
import { grantsOfPolicy } from './who.ts';
import { contradictionIn, whyNobody } from './why-nobody.ts';

const now = 1_790_000_000;
const key = (claim: string) => `${hub}:${claim}`;
const subject = (value: string) => ({ [key('sub')]: value });

function contradiction(condition: object, ...denied: readonly object[]) {
  const denials = denied.map((Condition) => ({
    ...{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' },
    Condition,
  }));
  const [grant] = grantsOfPolicy(parseTrustPolicy(policy(statement(hub, condition), ...denials)), now);
  return grant && contradictionIn(grant, { now });
}

describe('the least by which nobody is allowed', () => {
  const main = subject('repo:octo/app:ref:refs/heads/main');
  const ours = { StringEquals: { ...aud, ...main } };

  it('has neither what is not needed for it nor what is needed and stands elsewhere', () => {
    const found = contradiction(
      ours,
      { StringLike: subject('repo:octo/other:*') },
      { StringLike: subject('repo:octo/app:*') },
    );
    expect(found?.conditions.map((one) => one.key)).toEqual([key('sub')]);
    expect(found?.denials).toHaveLength(1);
    const both = contradiction({ ...ours, StringLike: subject('repo:octo/other:*') });
    expect(both?.conditions.map((one) => one.operator)).toEqual(['StringEquals', 'StringLike']);
    expect(both?.denials).toEqual([]);
  });

  it('is one condition where that is enough, and nothing where somebody is allowed', () => {
    const only = contradiction({ StringEquals: aud, StringLike: { ...subject('nobody-signs-this') } });
    expect(only?.conditions.map((one) => one.key)).toEqual([key('sub')]);
    expect(contradiction(ours)).toBeUndefined();
    expect(contradiction(ours, { StringLike: subject('repo:octo/other:*') })).toBeUndefined();
  });

  it('is said in a sentence', () => {
    const [grant] = grantsOfPolicy(
      parseTrustPolicy(policy(statement(hub, { StringEquals: { ...aud, ...subject('x') } }))),
      now,
    );
    expect(grant && whyNobody(grant, { now })).toMatch(/sub/);
  });
});
