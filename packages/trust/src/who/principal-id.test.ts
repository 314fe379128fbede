import { expect, test } from 'vitest';
import { lintTrustPolicy } from '../lint-aws.ts';
import { parseTrustPolicy } from '../policy.ts';
import { sentenceOf } from './sentence.ts';
import { grantsOfPolicy, whoAssumes, whoIsGranted } from './who.ts';

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

const account = '123456789012';
const root = `arn:aws:iam::${account}:root`;
const assumedBy = (...principals: readonly object[]) => ({
  Version: '2012-10-17',
  Statement: principals.map((one) => ({ Action: 'sts:AssumeRole', Effect: 'Allow', ...one })),
});
const whoOf = (policy: object, of?: string) =>
  grantsOfPolicy(parseTrustPolicy(policy), 0, of).map((grant) => whoIsGranted(grant, [], 0));

// IAM puts the ARN of somebody who is there in the place of an id that is written.
test.each([role, user])('an id as a principal may be of somebody who is there: %s', (id) => {
  const all = whoOf(assumedBy({ Principal: { AWS: id } }));
  expect(all).toMatchObject([{ reach: 'named others', exact: false, owners: [id] }]);
  expect(sentenceOf(all)).toMatch(`${id} at AWS is allowed. At most`);
});

test('beside others it is another way in', () => {
  const both = assumedBy({ Principal: { AWS: [root, role] } });
  expect(whoOf(both)).toMatchObject([
    { reach: 'named others', exact: true, owners: [account] },
    { reach: 'named others', exact: false, owners: [role] },
  ]);
});

test('in what IAM printed it is of nobody any more', () => {
  const all = whoOf(assumedBy({ Principal: { AWS: [user, role] } }), account);
  expect(all).toMatchObject([{ reach: 'nobody', exact: true, why: expect.stringContaining('was deleted') }]);
});

test('whom a denial leaves out by an id it does not keep out', () => {
  const others = { Effect: 'Deny', NotPrincipal: { AWS: [root, role] } };
  const only = { Effect: 'Deny', NotPrincipal: { AWS: [role] } };
  for (const denial of [others, only]) {
    const [all] = whoOf(assumedBy({ Principal: '*' }, denial));
    expect(all).toMatchObject({ reach: denial === only ? 'named others' : 'any account' });
    if (denial === only) expect(all).toMatchObject({ exact: false, owners: [role] });
  }
  const denied = { Effect: 'Deny', Principal: { AWS: role } };
  expect(whoOf(assumedBy({ Principal: '*' }, denied))).toMatchObject([{ reach: 'any account', exact: true }]);
});

// IAM takes none of these; if it did they would be anybody.
test.each(['1234*', '*:root', '*:iam::123456789012:role/x', 'arn:*', 'arn:aws:iam::*:root'])(
  'a principal with a wildcard is nobody of whom it is known who he is: %s',
  (AWS) => {
    expect(whoOf(assumedBy({ Principal: { AWS } }))).toMatchObject([{ reach: 'any account', exact: false }]);
  },
);
