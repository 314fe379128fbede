import { describe, expect, test } from 'vitest';
import { holds, operatorOf } from '../condition.ts';
import { parseTrustPolicy } from '../policy.ts';
import { policyVerdict } from '../verdict.ts';
import { Alphabet } from './alphabet.ts';
import { cutsOfText } from './language.ts';
import { type Mine, parseMine } from './mine.ts';
import { machineOfNumbers } from './numbers.ts';
import { whoAssumes } from './who.ts';

const bounds = [
  ['0'],
  ['7'],
  ['9', '100'],
  ['10'],
  ['99'],
  ['100', '250'],
  ['-3'],
  ['6.5'],
  ['99.5', '7'],
  ['x'],
  ['007'],
];
const texts = [
  ...Array.from({ length: 1_100 }, (_, one) => String(one)),
  ...['100000', '99999999999999999999', '00', '007', '0100', '000000000099'],
];
const comparisons = ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'];

describe('numbers as texts of digits', () => {
  test.each(comparisons.flatMap((one) => bounds.map((values) => [`Numeric${one}`, values] as const)))(
    '%s %j are told as the evaluator tells them',
    (operator, values) => {
      const machine = machineOfNumbers({ operator, key: 'a:n', values }, new Alphabet(cutsOfText('0123456789')));
      const { negated } = operatorOf(operator);
      for (const text of texts) {
        const isTold = machine?.accepts(machine.run(machine.start, text)) !== negated;
        expect([text, isTold]).toEqual([text, holds({ operator, key: 'a:n', values }, new Map([['a:n', [text]]]))]);
      }
      for (const none of ['', 'x7']) expect(machine?.accepts(machine.run(machine.start, none))).toBe(false);
    },
  );

  test('are not told where a number does not hold the value exactly', () => {
    const condition = { operator: 'NumericEquals', key: 'a:n', values: ['12345678901234567'] };
    expect(machineOfNumbers(condition, new Alphabet([]))).toBeUndefined();
  });
});

const now = 1_790_000_000;
const hub = 'token.actions.githubusercontent.com';

describe('a condition on a claim', () => {
  const ask = (issuer: string, condition: object, mine?: string) => {
    const Federated = issuer.startsWith('accounts') ? issuer : `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
    const policy = parseTrustPolicy({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition },
      ],
    });
    const [found] = whoAssumes(policy, mine === undefined ? [] : [parseMine(mine) as Mine], now);
    const { witness } = found ?? {};
    if (witness)
      expect(policyVerdict(policy, witness.claims, { now, isWhole: true }, witness.request).allowed).toBe(true);
    return found;
  };

  test.each<[string, object, string, string]>([
    [
      'one owner by a number',
      { NumericEquals: { [`${hub}:repository_owner_id`]: '65001' } },
      'github:@65001',
      'only mine',
    ],
    ['another', { NumericEquals: { [`${hub}:repository_owner_id`]: '65002' } }, 'github:@65001', 'named others'],
    ['a range', { NumericLessThanEquals: { [`${hub}:repository_owner_id`]: '65001' } }, 'github:@65001', 'any account'],
    ['a negative number', { NumericLessThan: { [`${hub}:repository_id`]: '0' } }, 'github:octo', 'nobody'],
    ['a subject as a number', { NumericEquals: { [`${hub}:sub`]: '7' } }, 'github:octo', 'nobody'],
    ['a subject as a time', { DateLessThan: { [`${hub}:sub`]: '2030-01-01T00:00:00Z' } }, 'github:octo', 'nobody'],
    ['a subject as an address', { IpAddress: { [`${hub}:sub`]: '0.0.0.0/0' } }, 'github:octo', 'nobody'],
    ['a subject as no address', { NotIpAddress: { [`${hub}:sub`]: '10.0.0.0/8' } }, 'github:octo', 'any account'],
  ])('compares %s', (_, condition, mine, reach) => {
    expect(ask(hub, condition, mine)).toMatchObject({ reach, exact: true, unread: [] });
  });

  test("compares the number of Google's organization", () => {
    const key = 'accounts.google.com:google/organization_number';
    expect(ask('accounts.google.com', { NumericEquals: { [key]: '7' } }, 'google:@7')).toMatchObject({ exact: true });
    expect(ask('accounts.google.com', { NumericEquals: { [key]: '8' } }, 'google:@7')).toMatchObject({
      reach: 'named others',
      exact: true,
    });
  });
});

describe('the number of an account, which may begin with zeros', () => {
  const ask = (principal: object, condition: object, mine: string) => {
    const policy = parseTrustPolicy({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', Condition: condition }],
    });
    return whoAssumes(policy, [parseMine(mine) as Mine], now)[0];
  };
  const forms = ['aws:PrincipalAccount', 'aws:SourceAccount'] as const;
  const of = (key: string) => (key === forms[0] ? { AWS: '*' } : { Service: 's3.amazonaws.com' });

  test.each(
    forms.flatMap((key) => ['12345678901', '012345678901', '0012345678901'].map((value) => [key, value] as const)),
  )('%s is compared with %s as the evaluator compares it', (key, value) => {
    const condition = { NumericEquals: { [key]: value } };
    expect(ask(of(key), condition, 'account:012345678901')).toMatchObject({ reach: 'only mine', exact: true });
    const others = ask(of(key), condition, 'account:112345678901');
    expect(others).toMatchObject({ reach: 'named others', owners: ['012345678901'] });
  });

  test('has twelve digits', () => {
    const condition = { NumericLessThan: { 'aws:PrincipalAccount': '2' } };
    expect(ask({ AWS: '*' }, condition, 'account:000000000000')).toMatchObject({
      reach: 'named others',
      owners: ['000000000001'],
    });
    expect(ask({ AWS: '*' }, { StringLike: { 'aws:PrincipalAccount': '1234*9' } }, 'account:123456789012')?.reach).toBe(
      'any account',
    );
    expect(ask({ AWS: '*' }, { StringEquals: { 'aws:PrincipalAccount': '1234' } }, 'account:123456789012')?.reach).toBe(
      'nobody',
    );
  });
});

describe('how long a session shall live is a number that STS takes', () => {
  const ask = (condition: object, key = 'sts:DurationSeconds') => {
    const policy = parseTrustPolicy({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: '210987654321' }, Action: 'sts:AssumeRole', Condition: condition },
      ],
    });
    const [admitted] = whoAssumes(policy, [], now);
    return { reach: admitted?.reach, exact: admitted?.exact, duration: admitted?.witness?.request[key] };
  };

  test.each([
    [{ NumericLessThanEquals: { 'sts:DurationSeconds': '3600' } }, '3600'],
    [{ NumericLessThan: { 'sts:DurationSeconds': '901' } }, '900'],
    [{ NumericGreaterThan: { 'sts:DurationSeconds': '43199' } }, '43200'],
    [
      { NumericLessThan: { 'sts:DurationSeconds': '1000.5' }, NumericGreaterThan: { 'sts:DurationSeconds': '999' } },
      '1000',
    ],
    [{ NumericNotEquals: { 'sts:DurationSeconds': '900' }, Null: { 'sts:DurationSeconds': 'false' } }, '901'],
    [{ StringLike: { 'sts:DurationSeconds': '36*' } }, expect.stringMatching(/^36/)],
  ])('%j', (condition, duration) => {
    expect(ask(condition)).toEqual({ reach: 'named others', exact: true, duration });
  });

  test('as the policy writes the key', () => {
    const condition = { NumericLessThanEquals: { 'sts:durationSeconds': '7200' } };
    expect(ask(condition, 'sts:durationSeconds').duration).toBe('7200');
  });

  test.each([
    { NumericLessThan: { 'sts:DurationSeconds': '900' } },
    { NumericGreaterThan: { 'sts:DurationSeconds': '43200' } },
  ])('nobody asks for less or for more: %j', (condition) => {
    expect(ask(condition)).toEqual({ reach: 'nobody', exact: true, duration: undefined });
  });

  test('and whoever asks for nothing is allowed where that passes', () => {
    const condition = { NumericLessThanIfExists: { 'sts:DurationSeconds': '900' } };
    expect(ask(condition)).toEqual({ reach: 'named others', exact: true, duration: undefined });
  });
});
