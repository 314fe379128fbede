import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from './condition.ts';
import { operators } from './operators.ts';

const arnPart = fc.constantFrom('arn', 'aws', 'iam', '', '*', 'a*', '?', 'role/x', 'a');
const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  String: fc
    .array(fc.constantFrom('a', 'A', 'b', '*', '?', '${k}', '${one}', '${*}'), { maxLength: 4 })
    .map((all) => all.join('')),
  Arn: fc.array(arnPart, { minLength: 4, maxLength: 8 }).map((all) => all.join(':')),
  Numeric: fc.constantFrom('1', '1.0', '-1', '2', '10', 'x', '', '0', '-0'),
  Date: fc.constantFrom('2026-01-01', '2026-01-01T00:00:00Z', '1767225600', '2027-01-01', 'x', '2026-02-30'),
  Bool: fc.constantFrom('true', 'TRUE', 'false', 'x', ''),
  Binary: fc.constantFrom('QUJD', 'QUJD ', 'QQ==', '!', ''),
  Ip: fc.constantFrom(
    '10.0.0.1',
    '10.0.0.0/8',
    '10.0.0.0/33',
    '0.0.0.0/0',
    '::1',
    '::/0',
    '10.0.0.1/x',
    '2001:db8::/32',
    '2001:db8::7',
  ),
};
const familyOf = (name: string) =>
  Object.keys(values).find((family) => name.replace(/^Not/, '').startsWith(family)) ?? '';

describe('Several values are as each pair of them is', () => {
  it.each([...operators.keys()])('%s', (name) => {
    const value = values[familyOf(name)] ?? fc.string();
    const list = fc.array(value, { minLength: 1, maxLength: 5 });
    const negated = operators.get(name)?.negated ?? false;
    fc.assert(
      fc.property(list, list, (wanted, actual) => {
        const context = new Map([
          ['key', actual],
          ['one', ['a']],
        ]);
        const pair = (one: string, other: string) =>
          holds({ operator: name, key: 'key', values: [other] }, new Map([...context, ['key', [one]]])) !== negated;
        const each = actual.map((one) => wanted.some((other) => pair(one, other)) !== negated);
        // Of values that are all empty a set operator says something else.
        if (actual.every((one) => one === '')) return;
        const ask = (set: string) => holds({ operator: `${set}:${name}`, key: 'key', values: wanted }, context);
        expect(ask('ForAllValues')).toBe(each.every(Boolean));
        expect(ask('ForAnyValue')).toBe(each.some(Boolean));
      }),
      { seed: 15, numRuns: 300 },
    );
  });
});

it('variables make of a policy what IAM would look at, and no more', () => {
  const context = new Map([
    ['long', ['a'.repeat(50_000)]],
    ['key', ['a'.repeat(100_000)]],
  ]);
  const like = (values: readonly string[]) => () => holds({ operator: 'StringLike', key: 'key', values }, context);
  expect(like(['${long}${long}'])()).toBe(true);
  expect(like(['${long}*${long}', '${long}?'])()).toBe(true);
  // Longer than what it is compared with: it equals nothing, and is not made.
  expect(like(['${long}'.repeat(10_000)])()).toBe(false);
  expect(like(Array.from({ length: 10_000 }, (_, index) => `*\${long}${index}*`))).toThrow(
    'its variables stand for more than IAM would look at',
  );
});
