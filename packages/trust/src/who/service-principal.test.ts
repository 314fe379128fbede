import { describe, expect, it } from 'vitest';
import { parseTrustPolicy } from '../policy.ts';
import { ownAccount } from '../read/own-account.ts';
import type { Reach } from './admitted.ts';
import { whoIsNew } from './diff.ts';
import { type Mine, parseMine } from './mine.ts';
import { sentenceOf, whomOf } from './sentence.ts';
import { grantsOfPolicy, whoIsGranted } from './who.ts';

const now = Date.parse('2026-11-26') / 1000;
const service = 'lambda.amazonaws.com';
const account = '123456789012';
const other = '210987654321';

const byService = (condition: object = {}, principal: object | '*' = { Service: service }, effect = 'Allow') => ({
  Effect: effect,
  Principal: principal,
  Action: 'sts:AssumeRole',
  Condition: condition,
});
const grants = (...statements: readonly object[]) =>
  grantsOfPolicy(parseTrustPolicy({ Version: '2012-10-17', Statement: statements }), now, account);
const who = (mine: readonly Mine[], ...statements: readonly object[]) =>
  grants(...statements).map((grant) => whoIsGranted(grant, mine, now));

describe('a service of AWS acts', () => {
  it.each<[Reach, string, object]>([
    ['only mine', 'without a condition', {}],
    ['only mine', 'for the account of the role', { StringEquals: { 'aws:SourceAccount': account } }],
    ['named others', 'for another account', { StringEquals: { 'aws:SourceAccount': other } }],
    ['named others', 'for both', { StringEquals: { 'aws:SourceAccount': [account, other] } }],
    ['named others', 'for another where it says so', { StringEqualsIfExists: { 'aws:SourceAccount': other } }],
    ['any account', 'for accounts of which the own is none', { StringLike: { 'aws:SourceAccount': '2*' } }],
    [
      'any account',
      'for all that say so but the own',
      {
        StringNotEquals: { 'aws:SourceAccount': account },
        Null: { 'aws:SourceAccount': 'false' },
      },
    ],
    ['only mine', 'for all but one', { StringNotEquals: { 'aws:SourceAccount': other } }],
    ['only mine', 'for anybody', { StringLike: { 'aws:SourceAccount': '*' } }],
    ['only mine', 'for a function', { ArnLike: { 'aws:SourceArn': `arn:aws:lambda:*:${account}:function:*` } }],
    [
      'named others',
      "for another's function",
      { ArnLike: { 'aws:SourceArn': `arn:aws:lambda:*:${other}:function:*` } },
    ],
    ['only mine', 'for a bucket', { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::octo' } }],
    ['named others', 'for an organization', { StringEquals: { 'aws:SourceOrgID': 'o-abcdef1234' } }],
    [
      'nobody',
      'for nobody there is',
      {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': `arn:aws:lambda:*:${other}:function:x` },
      },
    ],
  ])('%s: %s', (reach, _, condition) => {
    const [admitted] = who([], byService(condition));
    expect(admitted).toMatchObject({ reach, exact: true });
  });

  it('for others by name, until they are ours', () => {
    const condition = { StringEquals: { 'aws:SourceAccount': other } };
    const [admitted] = who([], byService(condition));
    expect(admitted).toMatchObject({ owners: [other], witness: { claims: { 'aws:sourceaccount': other } } });
    const mine = [parseMine(`account:${other}`) as Mine];
    expect(who(mine, byService(condition))).toMatchObject([{ reach: 'only mine' }]);
  });

  it('for nobody where it is denied', () => {
    for (const principal of ['*', { Service: service }] as const)
      expect(who([], byService(), byService({}, principal, 'Deny'))).toMatchObject([{ reach: 'nobody' }]);
    expect(who([], byService(), byService({}, { Service: 'ec2.amazonaws.com' }, 'Deny'))).toMatchObject([
      { reach: 'only mine' },
    ]);
  });

  it('and it is said so', () => {
    const admitted = who([], byService());
    expect(sentenceOf(admitted)).toBe('Only services of AWS that act for the account of the role are allowed.');
    expect(admitted.map(whomOf)).toEqual(['the account of the role']);
    const both = who([], byService(), byService({}, { AWS: other }));
    expect(sentenceOf(both)).toBe(`${other} at AWS is allowed.`);
  });

  // IAM takes none of these but the first; if it did, it would be more than one service that somebody chose.
  it.each([
    ['*', 'Every service of AWS', 'every service of AWS'],
    ['*.amazonaws.com', '*.amazonaws.com', '*.amazonaws.com'],
    ['lambda.amazonaws.co?', 'lambda.amazonaws.co?', 'lambda.amazonaws.co?'],
  ])('but not as %s: that is not ours', (name, subject, whom) => {
    const all = who([], byService({}, { Service: name }));
    expect(all).toMatchObject([{ reach: 'named others', exact: false, owners: [name] }]);
    expect(sentenceOf(all)).toBe(`${subject} is allowed. At most: some of it could not be read.`);
    expect(all.map(whomOf)).toEqual([`at most ${whom}`]);
    const beside = who([], byService({}, { AWS: other }), byService({}, { Service: name }));
    expect(sentenceOf(beside)).toBe(`${other} at AWS, ${whom} are allowed. At most: some of it could not be read.`);
  });

  // Whoever reads a witness would take the number that stands for it for an account.
  it.each([
    ['a service', byService({ StringEquals: { 'aws:SourceAccount': ownAccount } }), 'aws:sourceaccount'],
    ['the account', byService({}, { AWS: `arn:aws:iam::${ownAccount}:root` }), 'aws:principalaccount'],
  ])('for an account of which a template does not tell the number: %s', (_, statement, key) => {
    const policy = parseTrustPolicy({ Version: '2012-10-17', Statement: [statement] });
    for (const more of [[], [parseMine(`account:${other}`) as Mine]]) {
      const [found] = grantsOfPolicy(policy, now, ownAccount).map((grant) => whoIsGranted(grant, more, now));
      expect(found).toMatchObject({ reach: 'only mine', exact: true });
      expect(found?.witness?.claims).toMatchObject({ [key]: '⟨the account of the role⟩' });
      expect(JSON.stringify(found)).not.toContain(ownAccount);
    }
  });

  it('and one that is new is', () => {
    expect(whoIsNew(grants(byService()), grants(byService()), [], now)).toEqual([]);
    expect(whoIsNew([], grants(byService()), [], now)).toMatchObject([{ reach: 'only mine', issuer: service }]);
    const narrow = byService({ StringEquals: { 'aws:SourceAccount': account } });
    const wide = byService({ StringEquals: { 'aws:SourceAccount': [account, other] } });
    expect(whoIsNew(grants(narrow), grants(wide), [], now)).toMatchObject([{ owners: [other] }]);
  });
});
