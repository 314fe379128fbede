import { describe, expect, test } from 'vitest';
import { parseTrustPolicy } from '../policy.ts';
import { whoAssumes } from './who.ts';

const now = 1_790_000_000;
const hub = 'token.actions.githubusercontent.com';
const statement = (Condition: object, Effect = 'Allow') => ({
  ...{ Effect, Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` }, Condition },
  Action: 'sts:AssumeRoleWithWebIdentity',
});
const whoOf = (...Statement: readonly object[]) =>
  whoAssumes(parseTrustPolicy({ Version: '2012-10-17', Statement }), [], now);

const ofKey = (key: string, operators: readonly string[], values: readonly string[]) =>
  operators.flatMap((operator) => values.map((value): [string, string, string] => [operator, key, value]));
const dates = ['DateLessThan', 'DateGreaterThan', 'DateEquals', 'DateNotEquals', 'DateLessThanIfExists'];
const numbers = ['NumericLessThan', 'NumericGreaterThanEquals', 'NumericEquals', 'NumericNotEquals'];
const addresses = ['IpAddress', 'NotIpAddress', 'IpAddressIfExists'];

/** Of none of these it is documented how IAM reads it. */
const unread = [
  ...ofKey('aws:CurrentTime', dates, [
    ...['2099', '1970', '01/01/2099', '2099-1-1', '2099-02-30', '2099-01-01 00:00:00Z', '2099-01-01T00:00:00'],
    ...['2099-01-01T00Z', '20990101T000000Z', '4070908800000', '-1', '1e10', '4070908800.5', 'now', ''],
  ]),
  ...ofKey('aws:EpochTime', numbers, [
    '9e99',
    '0x10',
    ' 5',
    '5 ',
    '+5',
    '.5',
    '5.',
    '1,000',
    '1_000',
    'Infinity',
    'NaN',
    '',
  ]),
  ...ofKey('aws:SourceIp', addresses, [
    ...[
      '010.0.0.0/8',
      ' 10.0.0.0/8',
      '10.0.0.0/8 ',
      '10.0.0.0/255.0.0.0',
      '10.0.0/8',
      '10/8',
      '10.0.0.0/08',
      '10.0.0.0/33',
    ],
    ...[
      '10.0.0.0/',
      '10.0.0.0-10.0.0.9',
      '10.0.0.*',
      '2001:db8::1',
      '::ffff:10.0.0.0/104',
      'fe80::1%eth0/64',
      '0x0a.0.0.0/8',
      '',
    ],
  ]),
  ...ofKey('aws:SecureTransport', ['Bool', 'BoolIfExists'], ['1', '0', 'yes', 'on', ' true', 'true ', 't', 'null', '']),
];

const arns = ['ArnLike', 'ArnEquals', 'ArnNotLike', 'ArnNotEquals', 'ArnLikeIfExists'];
const incomplete = [
  '*',
  '**',
  'arn:*',
  'arn:aws',
  'arn:aws:iam',
  'arn:aws:iam::*',
  'arn:aws:iam::123456789012',
  'a?n:*',
];
const everybody = (Condition: object, Effect = 'Allow') => ({
  ...{ Effect, Principal: { AWS: '*' }, Action: 'sts:AssumeRole', Condition },
});

describe('an ARN of fewer than six parts', () => {
  const ofPrincipals = [...ofKey('aws:PrincipalArn', arns, incomplete), ...ofKey('aws:SourceArn', arns, incomplete)];

  test.each(ofPrincipals)('%s of %s with %j may allow, and the answer says at most', (operator, key, value) => {
    for (const values of [[value], [value, 'arn:aws:iam::123456789012:role/ci']])
      expect(whoOf(everybody({ [operator]: { [key]: values } }))).toMatchObject([
        { reach: 'any account', exact: false, unread: [{ key, values }] },
      ]);
  });

  test.each(ofPrincipals)('%s of %s with %j may deny nobody', (operator, key, value) => {
    expect(whoOf(everybody({}), everybody({ [operator]: { [key]: value } }, 'Deny'))).toMatchObject([
      { reach: 'any account', exact: false },
    ]);
  });

  test.each(ofKey(`${hub}:sub`, arns, ['arn:*', '*']))('nor of a claim: %s of %s with %j', (operator, key, value) => {
    expect(whoOf(statement({ [operator]: { [key]: value } }))).toMatchObject([{ reach: 'any account', exact: false }]);
  });

  test.each([
    ['ArnLike', 'nobody'],
    ['ArnEquals', 'nobody'],
    ['ArnNotLike', 'any account'],
  ])('is of no matter where the key is missing: %s', (operator, reach) => {
    expect(whoOf(statement({ [operator]: { 'aws:PrincipalArn': '*' } }))).toMatchObject([{ reach, exact: true }]);
  });

  test.each([
    ['arn:aws:iam::123456789012:*', 'named others'],
    ['arn:aws:iam::123456789012:role/ci', 'named others'],
    ['arn:*:iam::*:role/*', 'any account'],
    ['*:*:*:*:*:*', 'any account'],
    ['arn:aws:s3:::*', 'nobody'],
    ['repo:octo/app:*', 'nobody'],
    ['', 'nobody'],
  ])('and of six, or like no ARN, %s is read', (value, reach) => {
    expect(whoOf(everybody({ ArnLike: { 'aws:PrincipalArn': value } }))).toMatchObject([{ reach, exact: true }]);
  });
});

describe('what IAM reads in a way that is not documented', () => {
  test.each(unread)('%s of %s with %j may allow, and the answer says at most', (operator, key, value) => {
    expect(whoOf(statement({ [operator]: { [key]: value } }))).toMatchObject([
      { reach: 'any account', exact: false, unread: [{ key, values: [value] }] },
    ]);
  });

  test.each(unread)('%s of %s with %j may deny nobody', (operator, key, value) => {
    expect(whoOf(statement({}), statement({ [operator]: { [key]: value } }, 'Deny'))).toMatchObject([
      { reach: 'any account' },
    ]);
  });

  test.each([
    ...ofKey('aws:CurrentTime', ['DateLessThan'], ['2020-01-01', '2020-01', '2020-01-01T00:00Z', '1500000000']),
    ...ofKey('aws:EpochTime', ['NumericLessThan'], ['5', '5.0', '-5', '05']),
    ...ofKey('aws:SecureTransport', ['Bool'], ['false']),
  ])('but %s of %s with %j allows nobody', (operator, key, value) => {
    expect(whoOf(statement({ [operator]: { [key]: value } }))).toMatchObject([{ reach: 'nobody', exact: true }]);
  });

  test.each(['10.0.0.0/8', '10.0.0.1', '2001:db8::/32', '0.0.0.0/0', '::/0'])('and a range is read: %s', (range) => {
    expect(whoOf(statement({ IpAddress: { 'aws:SourceIp': range } }))).toMatchObject([{ exact: true, unread: [] }]);
  });
});
