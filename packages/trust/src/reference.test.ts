import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from './condition.ts';

/** Operators, a value that fits `one`, and one that does not. */
const kinds = {
  StringEquals: { fits: 'one', not: 'One' },
  StringEqualsIgnoreCase: { fits: 'ONE', not: 'two' },
  StringLike: { fits: 'o*e', not: 'o?' },
  NumericEquals: { fits: '7', not: '8', of: '7.0' },
  NumericLessThan: { fits: '8', not: '7', of: '7' },
  NumericLessThanEquals: { fits: '7', not: '6.9', of: '7' },
  NumericGreaterThan: { fits: '-7', not: '7', of: '7' },
  NumericGreaterThanEquals: { fits: '7', not: '7.1', of: '7' },
  DateEquals: { fits: '2026-07-15', not: '2026-07-16', of: '1784073600' },
  DateLessThan: { fits: '2026-08', not: '2026-07-15', of: '2026-07-15T00:00:00Z' },
  DateLessThanEquals: { fits: '2026-07-15', not: '2026-07-14', of: '2026-07-15T00:00:00Z' },
  DateGreaterThan: { fits: '2026-07', not: '2026-07-15', of: '2026-07-15T00:00:00.0Z' },
  DateGreaterThanEquals: { fits: '2026-07-15T02:00+02:00', not: '2026-07-15T00:00:01Z', of: '2026-07-15T00:00:00Z' },
  Bool: { fits: 'TRUE', not: 'false', of: 'true' },
  BinaryEquals: { fits: 'QQ==', not: 'Qg==', of: 'QQ' },
  IpAddress: { fits: '203.0.113.0/24', not: '203.0.113.8', of: '203.0.113.9' },
  ArnEquals: { fits: 'arn:aws:iam::*:role/d?ploy', not: 'arn:aws:iam::*', of: 'arn:aws:iam::123456789012:role/deploy' },
  ArnLike: { fits: 'arn:aws:iam::123456789012:*', not: 'arn:*:role/*', of: 'arn:aws:iam::123456789012:role/deploy' },
} as const satisfies Readonly<Record<string, { fits: string; not: string; of?: string }>>;

/** The operators that say the opposite. */
const negations: Readonly<Record<string, string>> = {
  StringEquals: 'StringNotEquals',
  StringEqualsIgnoreCase: 'StringNotEqualsIgnoreCase',
  StringLike: 'StringNotLike',
  NumericEquals: 'NumericNotEquals',
  DateEquals: 'DateNotEquals',
  IpAddress: 'NotIpAddress',
  ArnEquals: 'ArnNotEquals',
  ArnLike: 'ArnNotLike',
};

type Named = keyof typeof kinds;

/**
 * What the IAM User Guide says of any operator ("Condition operators", "Set operators for multivalued keys"), and no more: `fits` says
 * which of the request's values are among those that the policy wants.
 */
function documented(
  set: '' | 'ForAnyValue' | 'ForAllValues',
  isNegated: boolean,
  ifExists: boolean,
  fits: readonly boolean[],
) {
  if (fits.length === 0) return set === 'ForAllValues' || ifExists || (set === '' && isNegated);
  const passes = fits.map((one) => one !== isNegated);
  return set === 'ForAnyValue' ? passes.includes(true) : !passes.includes(false);
}

const sets = ['', 'ForAnyValue', 'ForAllValues'] as const;
const lists = [[], [true], [false], [true, true], [true, false], [false, true], [false, false]] as const;

describe.each(Object.keys(kinds) as Named[])('%s beside what is documented', (name) => {
  const { fits, not, of }: { fits: string; not: string; of: string } = { of: 'one', ...kinds[name] };
  const another = 'nothing of the kind';

  it.each(sets)('with set operator %j', (set) => {
    for (const actual of lists) {
      for (const [isNegated, operator] of [
        [false, name],
        [true, negations[name]],
      ] as const) {
        for (const ifExists of [false, true]) {
          for (const [wanted, isFitting] of [
            [[fits], true],
            [[not], false],
            [[not, fits], true],
            [[fits, not], true],
          ] as const) {
            if (operator === undefined) continue;
            const whole = `${set}${set && ':'}${operator}${ifExists ? 'IfExists' : ''}`;
            const values = actual.map((one) => (one ? of : another));
            const expected = documented(
              set,
              isNegated,
              ifExists,
              actual.map((one) => one && isFitting),
            );
            const context = new Map(actual.length === 0 ? [] : [['k', values]]);
            expect(holds({ operator: whole, key: 'K', values: wanted }, context), `${whole} ${wanted} ${values}`).toBe(
              expected,
            );
          }
        }
      }
    }
  });
});

it('Null asks whether a key is there, and nothing else', () => {
  for (const [values, isMissing, isThere] of [
    [['true'], true, false],
    [['FALSE'], false, true],
    [['true', 'false'], true, true],
  ] as const) {
    expect(holds({ operator: 'Null', key: 'k', values }, new Map())).toBe(isMissing);
    expect(holds({ operator: 'Null', key: 'k', values }, new Map([['k', ['']]]))).toBe(isThere);
  }
});

it('to a set operator values that are all empty are none', () => {
  const ask = (operator: string, values: string[]) =>
    holds({ operator, key: 'k', values: [''] }, new Map([['k', values]]));
  expect(ask('StringEquals', [''])).toBe(true);
  expect(ask('ForAnyValue:StringEquals', ['', ''])).toBe(false);
  expect(ask('ForAllValues:StringNotEquals', [''])).toBe(true);
  expect(ask('ForAnyValue:StringEquals', ['a', ''])).toBe(true);
});

it('an operator and its negation are never the same, where no set operator stands before them', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', ':', '1', '.'), maxLength: 6 });
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.entries(negations)),
      fc.array(text, { minLength: 1, maxLength: 3 }),
      text,
      ([plain, negated], values, actual) => {
        const context = new Map([['k', [actual]]]);
        const [one, other] = [plain, negated].map((operator) => holds({ operator, key: 'k', values }, context, false));
        expect(one).toBe(!other);
      },
    ),
    { numRuns: 2000 },
  );
});

describe('variables', () => {
  const context = new Map([
    ['k', ['7']],
    ['seven', ['7']],
    ['true', ['true']],
  ]);
  it.each(['NumericEquals', 'DateEquals', 'IpAddress', 'BinaryEquals', 'Bool'])('have no meaning to %s', (operator) => {
    expect(holds({ operator, key: operator === 'Bool' ? 'true' : 'k', values: ['${seven}', '${true}'] }, context)).toBe(
      false,
    );
  });

  it('are texts in an older version', () => {
    for (const operator of ['StringEquals', 'StringLike']) {
      expect(holds({ operator, key: 'k', values: ['${seven}'] }, context, true)).toBe(true);
      expect(holds({ operator, key: 'k', values: ['${seven}'] }, context, false)).toBe(false);
      expect(holds({ operator, key: 'k', values: ['${seven}'] }, new Map([['k', ['${seven}']]]), false)).toBe(true);
    }
  });

  it.each([
    ['${seven', '${seven'],
    ['$${seven}', '$7'],
    ["${ seven , '8' }", '7'],
    ["${none, '8'}", '8'],
    ["${none, ''}", ''],
    ["${none,'a,b'}", 'a,b'],
    ['{seven}', '{seven}'],
    ['${*}${?}${$}', '*?$'],
  ])('%s is %j', (value, text) => {
    for (const operator of ['StringEquals', 'StringLike']) {
      expect(holds({ operator, key: 'k', values: [value] }, new Map([...context, ['k', [text]]]))).toBe(true);
    }
  });

  it.each(['${none}', "${none, '8}", '${none, 8}', "${none, '}", '${}', '${${seven}}'])('%s is nothing', (value) => {
    const asked = (text: string) =>
      holds({ operator: 'StringLike', key: 'k', values: [value] }, new Map([...context, ['k', [text]]]));
    expect([value, '', '7', '8'].some(asked)).toBe(false);
  });
});

it.each(['2026-02-30', '2026-13', '2026-7-1', '2026-07-15T00:00', '2026-07-15 00:00:00Z', '12345678901234', '-1'])(
  '%s is no date',
  (text) => {
    for (const operator of ['DateLessThanEquals', 'DateGreaterThanEquals'])
      expect(holds({ operator, key: 'k', values: [text] }, new Map([['k', ['2026-02-28']]]))).toBe(false);
  },
);
