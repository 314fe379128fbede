import { describe, expect, it } from 'vitest';
import { holds } from './condition.ts';

/** What IAM documents: an operator, what the policy wants of the key `k`, what the request has, and whether it holds. */
type Case = readonly [
  operator: string,
  wanted: string | string[],
  actual: string | string[] | undefined,
  holds: boolean,
];

const missing = undefined;
const arn = 'arn:aws:iam::123456789012:role/deploy';

const cases: Readonly<Record<string, readonly Case[]>> = {
  'String*': [
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', 'a', 'a ', false],
    ['StringEquals', '', '', true],
    ['StringEquals', ['b', 'a'], 'a', true],
    ['StringEquals', [], 'a', false],
    ['StringEquals', 'a*', 'ab', false],
    ['StringEquals', 'a*', 'a*', true],
    ['StringEquals', 'a', missing, false],
    ['StringNotEquals', 'a', 'a', false],
    ['StringNotEquals', 'a', 'b', true],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    ['StringNotEquals', 'a', missing, true],
    ['StringEqualsIgnoreCase', 'a', 'A', true],
    ['StringEqualsIgnoreCase', 'a', 'b', false],
    ['StringNotEqualsIgnoreCase', 'a', 'A', false],
    ['StringNotEqualsIgnoreCase', 'a', missing, true],
    ['StringLike', 'repo:o/*', 'repo:o/r', true],
    ['StringLike', 'repo:o/*', 'repo:o/', true],
    ['StringLike', 'repo:o/?', 'repo:o/rr', false],
    ['StringLike', 'repo:o/?', 'repo:o/', false],
    ['StringLike', 'REPO:o/*', 'repo:o/r', false],
    ['StringLike', '*', '', true],
    ['StringLike', '*', missing, false],
    ['StringLike', 'a**b', 'axxb', true],
    ['StringNotLike', 'repo:o/*', 'repo:p/r', true],
    ['StringNotLike', 'repo:o/*', 'repo:o/r', false],
    ['StringNotLike', 'repo:o/*', missing, true],
  ],
  'Numeric*': [
    ['NumericEquals', '10', '10', true],
    ['NumericEquals', '10', '10.0', true],
    ['NumericEquals', '10', 'ten', false],
    ['NumericEquals', '10', missing, false],
    ['NumericNotEquals', '10', '11', true],
    ['NumericNotEquals', '10', '10', false],
    ['NumericNotEquals', '10', missing, true],
    ['NumericLessThan', '10', '9.5', true],
    ['NumericLessThan', '10', '10', false],
    ['NumericLessThanEquals', '10', '10', true],
    ['NumericGreaterThan', '-1', '0', true],
    ['NumericGreaterThan', '10', '9', false],
    ['NumericGreaterThanEquals', '10', '10', true],
    ['NumericGreaterThanEquals', '10', '1e9', false],
  ],
  'Date*': [
    ['DateEquals', '2026-07-15T00:00:00Z', '2026-07-15T00:00:00.000Z', true],
    ['DateEquals', '2026-07-15T02:00:00+02:00', '2026-07-15T00:00:00Z', true],
    ['DateEquals', '1784073600', '2026-07-15T00:00:00Z', true],
    ['DateNotEquals', '2026-07-15', '2026-07-16', true],
    ['DateNotEquals', '2026-07-15', missing, true],
    ['DateLessThan', '2026-07-15', '2026-07-14T23:59:59Z', true],
    ['DateLessThan', '2026-07-15', '2026-07-15T00:00:00Z', false],
    ['DateLessThanEquals', '2026-07-15', '2026-07-15T00:00:00Z', true],
    ['DateGreaterThan', '2026-07-15', '2026-07-15T00:00:01Z', true],
    ['DateGreaterThanEquals', '2026-07-15', '2026-07-14', false],
    ['DateGreaterThan', '2026-07-15', 'tomorrow', false],
    ['DateGreaterThan', 'today', '2026-07-15', false],
    ['DateLessThan', '2026-07-15', missing, false],
  ],
  Bool: [
    ['Bool', 'true', 'true', true],
    ['Bool', 'TRUE', 'true', true],
    ['Bool', 'false', 'true', false],
    ['Bool', 'yes', 'yes', false],
    ['Bool', 'false', missing, false],
    ['BoolIfExists', 'true', missing, true],
  ],
  Null: [
    ['Null', 'true', missing, true],
    ['Null', 'true', [], true],
    ['Null', 'true', 'a', false],
    ['Null', 'false', 'a', true],
    ['Null', 'false', missing, false],
    ['Null', ['true', 'false'], missing, true],
  ],
  'Arn*': [
    ['ArnEquals', arn, arn, true],
    ['ArnEquals', 'arn:aws:iam::*:role/deploy', arn, true],
    ['ArnLike', 'arn:aws:iam::123456789012:role/*', 'arn:aws:iam::123456789012:role/a/b', true],
    ['ArnLike', 'arn:aws:iam::123456789012:*', arn, true],
    // A wildcard does not span the colons of an ARN.
    ['ArnLike', 'arn:aws:iam::*', arn, false],
    ['ArnLike', 'arn:aws:*:role/deploy', arn, false],
    ['ArnLike', '*', arn, false],
    ['ArnLike', arn, 'deploy', false],
    ['ArnLike', arn, missing, false],
    ['ArnNotEquals', arn, arn, false],
    ['ArnNotLike', 'arn:aws:iam::123456789012:role/*', 'arn:aws:iam::210987654321:role/a', true],
    ['ArnNotLike', arn, missing, true],
  ],
  'IpAddress, BinaryEquals': [
    ['IpAddress', '203.0.113.0/24', '203.0.113.9', true],
    ['IpAddress', '203.0.113.0/24', '203.0.114.9', false],
    ['IpAddress', '203.0.113.9', '203.0.113.9', true],
    ['IpAddress', '2001:db8::/32', '2001:db8:1::1', true],
    ['IpAddress', '2001:db8::/32', '203.0.113.9', false],
    ['IpAddress', '203.0.113.0/33', '203.0.113.0', false],
    ['IpAddress', 'everywhere', '203.0.113.0', false],
    ['NotIpAddress', '203.0.113.0/24', '203.0.114.9', true],
    ['NotIpAddress', '203.0.113.0/24', missing, true],
    ['BinaryEquals', 'QQ==', 'QQ==', true],
    ['BinaryEquals', 'QQ==', 'qq==', false],
  ],
  '…IfExists': [
    ['StringEqualsIfExists', 'a', missing, true],
    ['StringEqualsIfExists', 'a', 'b', false],
    ['StringLikeIfExists', 'a*', 'ab', true],
    ['StringNotEqualsIfExists', 'a', missing, true],
    ['NumericLessThanIfExists', '10', missing, true],
    ['DateLessThanIfExists', '2026-07-15', '2026-08-01', false],
  ],
  'ForAnyValue and ForAllValues': [
    ['ForAnyValue:StringEquals', ['a', 'c'], ['b', 'a'], true],
    ['ForAnyValue:StringEquals', ['a', 'c'], ['b', 'd'], false],
    ['ForAnyValue:StringEquals', 'a', [], false],
    ['ForAnyValue:StringEquals', 'a', missing, false],
    ['ForAnyValue:StringNotEquals', 'a', ['a', 'b'], true],
    ['ForAnyValue:StringNotEquals', 'a', ['a'], false],
    ['ForAnyValue:StringNotEquals', 'a', missing, false],
    ['ForAnyValue:StringLike', 'repo:*', ['x', 'repo:o'], true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['b', 'a'], true],
    ['ForAllValues:StringEquals', ['a'], ['b', 'a'], false],
    // The trap: what is not there fits.
    ['ForAllValues:StringEquals', 'a', [], true],
    ['ForAllValues:StringEquals', 'a', missing, true],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['c', 'd'], true],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['c', 'a'], false],
    ['ForAllValues:StringLike', 'repo:o/*', ['repo:o/r', 'repo:o/s'], true],
    ['ForAllValues:StringEqualsIfExists', 'a', 'b', false],
  ],
  // Without a set operator each value of the request has to fit: the safe reading of what IAM leaves open.
  'multi-valued': [
    ['StringEquals', ['a', 'b'], ['a', 'b'], true],
    ['StringEquals', 'a', ['a', 'b'], false],
    ['StringNotEquals', 'a', ['b', 'c'], true],
    ['StringNotEquals', 'a', ['a', 'c'], false],
  ],
};

describe.each(Object.entries(cases))('%s', (_family, all) => {
  it.each(all)('%s %j with %j: %s', (operator, values, actual, expected) => {
    const context = new Map(actual === undefined ? [] : [['k', [actual].flat()]]);
    expect(holds({ operator, key: 'K', values: [values].flat() }, context)).toBe(expected);
  });
});

describe('variables', () => {
  const context = new Map([
    ['k', ['repo:octo/app']],
    ['aws:principaltag/team', ['octo/app']],
    ['star', ['*']],
    ['two', ['a', 'b']],
  ]);
  it.each([
    ['StringEquals', 'repo:${aws:PrincipalTag/team}', true],
    ['StringEquals', 'repo:${AWS:principaltag/TEAM}', true],
    ['StringEquals', 'repo:${aws:PrincipalTag/other}', false],
    ['StringNotEquals', 'repo:${aws:PrincipalTag/other}', true],
    ['StringEquals', "repo:${aws:PrincipalTag/other, 'octo/app'}", true],
    ['StringLike', 'repo:${aws:PrincipalTag/team}*', true],
    // A value that holds a wildcard is not one.
    ['StringLike', 'repo:${star}', false],
    ['StringLike', 'repo:octo/${*}', false],
    // Of several values none is the value.
    ['StringEquals', '${two}', false],
  ])('%s %s: %s', (operator, value, expected) => {
    expect(holds({ operator, key: 'k', values: [value] }, context)).toBe(expected);
  });

  it.each(['*', '?', '$'])('${%s} is the character itself', (character) => {
    const literal = new Map([['k', [`a${character}b`]]]);
    for (const operator of ['StringEquals', 'StringLike']) {
      expect(holds({ operator, key: 'k', values: [`a\${${character}}b`] }, literal)).toBe(true);
    }
    expect(holds({ operator: 'StringLike', key: 'k', values: [`a\${${character}}b`] }, new Map([['k', ['axb']]]))).toBe(
      false,
    );
  });
});

it.each(['StringMatches', 'NullIfExists', 'ForAnyValue:Null', 'constructor', 'ForSomeValues:StringEquals', ''])(
  'there is no operator %s',
  (operator) => {
    expect(() => holds({ operator, key: 'k', values: ['a'] }, new Map())).toThrow(
      expect.objectContaining({ name: 'MalformedPolicyError' }),
    );
  },
);
