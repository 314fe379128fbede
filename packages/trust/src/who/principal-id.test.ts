import { expect, test } from 'vitest';
import { lintTrustPolicy } from '../lint-aws.ts';
import { parseTrustPolicy } from '../policy.ts';
import { whoAssumes } from './who.ts';

const role = 'AROAEXAMPLEEXAMPLE123';
const user = 'AIDAEXAMPLEEXAMPLE123';

const policyWith = (Condition: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole', Condition }],
});

test.each([
  ['every session of a role', { StringLike: { 'aws:userid': `${role}:*` } }, [role]],
  ['one session of a role', { StringEquals: { 'aws:userId': `${role}:deploy` } }, [role]],
  ['a user', { StringEquals: { 'aws:userid': user } }, [user]],
  ['a role and a user', { StringLike: { 'aws:userid': [`${role}:*`, user] } }, [role, user]],
])('the unique id of a principal names one, of whatever account: %s', (_, condition, owners) => {
  const policy = policyWith(condition);
  expect(whoAssumes(parseTrustPolicy(policy), [], 0)).toMatchObject([{ reach: 'named others', exact: true, owners }]);
  expect(lintTrustPolicy(policy)).toEqual([]);
});

test.each([
  ['every role', { StringLike: { 'aws:userid': 'AROA*' } }],
  ['whoever chose a name for his session', { StringLike: { 'aws:userid': '*:deploy' } }],
  ['whoever is not one', { StringNotLike: { 'aws:userid': `${role}:*` } }],
])('which a pattern over ids does not: %s', (_, condition) => {
  const policy = policyWith(condition);
  expect(whoAssumes(parseTrustPolicy(policy), [], 0)).toMatchObject([{ reach: 'any account', exact: true }]);
  expect(lintTrustPolicy(policy).map(({ rule }) => rule)).toEqual(['aws/any-account']);
});

test('what is no id is nobody', () => {
  const policy = parseTrustPolicy(policyWith({ StringEquals: { 'aws:userid': 'deploy' } }));
  expect(whoAssumes(policy, [], 0)).toMatchObject([{ reach: 'nobody' }]);
});
