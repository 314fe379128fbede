import { describe, expect, test } from 'vitest';
import { parseTrustPolicy } from '../policy.ts';
import { type Mine, parseMine } from './mine.ts';
import { whoAssumes } from './who.ts';

const now = 1_790_000_000;
const organization = 'o-abcdefghij';

const toldOf = (Principal: unknown, Condition: object, mine: readonly string[] = []) =>
  whoAssumes(
    parseTrustPolicy({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', Condition }],
    }),
    mine.map((one) => parseMine(one) as Mine),
    now,
  );

describe.each([
  ['an AWS principal', { AWS: '*' }, 'aws:PrincipalOrg'],
  ['a service', { Service: 'lambda.amazonaws.com' }, 'aws:SourceOrg'],
])('the path in an organization, of %s', (_, principal, key) => {
  const told = (values: Readonly<Record<string, object>>, mine?: readonly string[]) =>
    toldOf(
      principal,
      Object.fromEntries(
        Object.entries(values).map(([operator, one]) => [
          operator,
          Object.fromEntries(Object.entries(one).map(([name, value]) => [key + name, value])),
        ]),
      ),
      mine,
    );
  const under = { 'ForAnyValue:StringLike': { Paths: `${organization}/*` } };
  const belowUnit = { 'ForAnyValue:StringLike': { Paths: `${organization}/r-ab12/ou-ab12-11111111/*` } };
  const exactly = { 'ForAnyValue:StringEquals': { Paths: `${organization}/r-ab12/` } };

  test.each([under, belowUnit, exactly])('begins with its id: %j', (condition) => {
    expect(told(condition)).toMatchObject([{ reach: 'named others', exact: true, owners: [organization] }]);
    expect(told(condition, [`aws-organization:${organization}`])).toMatchObject([{ reach: 'only mine', exact: true }]);
    expect(told(condition, ['aws-organization:o-klmnopqrst'])).toMatchObject([{ reach: 'named others', exact: true }]);
  });

  test('is of no other organization', () => {
    expect(told({ ...under, StringEquals: { ID: 'o-klmnopqrst' } })).toMatchObject([{ reach: 'nobody' }]);
    expect(told({ 'ForAnyValue:StringLike': { Paths: 'r-ab12/*' } })).toMatchObject([{ reach: 'nobody' }]);
  });

  test('is there with the id alone', () => {
    expect(told({ Null: { Paths: 'false', ID: 'true' } })).toMatchObject([{ reach: 'nobody' }]);
    expect(told({ Null: { Paths: 'true', ID: 'false' } })).toMatchObject([{ reach: 'nobody' }]);
  });
});

test('whoever is in no organization has no path to be compared', () => {
  const path = { 'aws:PrincipalOrgPaths': `${organization}/*` };
  for (const operator of ['ForAllValues:StringLike', 'ForAnyValue:StringLikeIfExists', 'ForAnyValue:StringNotLike'])
    expect(toldOf({ AWS: '*' }, { [operator]: path })).toMatchObject([{ reach: 'any account', exact: true }]);
});
