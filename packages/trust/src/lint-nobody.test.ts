import { describe, expect, it } from 'vitest';
import { audit } from './audit/audit.ts';
import { aud, hub, named, policy, provider, statement, sub } from './corpus/sample.corpus.ts';
import { fixTrustDocument } from './fix/fixed-document.ts';
import { JsonDocument } from './json.ts';
import { lintTrustPolicy } from './lint-aws.ts';
import { parseTrustPolicy } from './policy.ts';
import { trustDocumentsIn } from './read/trust-documents.ts';
import { sarif } from './sarif.ts';
import { farthest } from './who/sentence.ts';
import { grantsOfPolicy, whoAssumes } from './who/who.ts';

/** 2026-09-21T14:13:20Z. */
const now = 1_790_000_000;

const past = '2026-09-21T14:13:19Z';
const ahead = '2026-09-21T14:13:21Z';
const rulesOf = (document: object, at?: number) =>
  lintTrustPolicy(document, at)
    .map(({ rule, where }) => `${rule} ${where}`)
    .filter((one) => !/^(mutable-subject|aws\/idle-operator) /.test(one));

const until = (operator: string, key: string, value: string) => ({ [operator]: { [key]: value } });
const ours = { StringEquals: { ...aud, ...sub(named) } };
const byDates = (conditions: object) => policy(statement(hub, { ...ours, ...conditions }));

/** What holds no more at `now`, and what does. */
const windows: readonly (readonly [isOver: boolean, conditions: object])[] = [
  [true, until('DateLessThan', 'aws:CurrentTime', past)],
  [true, until('DateLessThanEquals', 'aws:CurrentTime', past)],
  [true, until('DateEquals', 'aws:CurrentTime', past)],
  [true, until('DateLessThan', 'AWS:currenttime', '2026-09')],
  [true, until('DateLessThanIfExists', 'aws:CurrentTime', past)],
  [true, until('NumericLessThan', 'aws:EpochTime', `${now - 1}`)],
  [true, until('DateLessThan', 'aws:EpochTime', `${now - 1}`)],
  [true, { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01' }, DateLessThan: { 'aws:CurrentTime': '2026-02-01' } }],
  [false, until('DateLessThan', 'aws:CurrentTime', ahead)],
  [false, until('DateGreaterThan', 'aws:CurrentTime', past)],
  [false, until('DateGreaterThan', 'aws:CurrentTime', '2030-01-01')],
  [false, until('DateNotEquals', 'aws:CurrentTime', past)],
  [false, until('NumericGreaterThan', 'aws:EpochTime', `${now - 1}`)],
];

describe.each(windows)('dates that have passed: %s by %j', (isOver, conditions) => {
  const open = statement(hub, { StringEquals: aud, StringLike: sub('repo:octo@65001/app@724113:*') });
  const denial = (more: object = {}) => ({
    ...{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' },
    Condition: { StringLike: sub('*:pull_request'), ...conditions, ...more },
  });

  it('of a statement that allows', () => {
    expect(rulesOf(byDates(conditions), now)).toEqual(isOver ? ['aws/expired Statement[0]'] : []);
    expect(rulesOf(byDates(conditions))).toEqual([]);
    expect(farthest(whoAssumes(parseTrustPolicy(byDates(conditions)), [], now)) === 'nobody').toBe(isOver);
  });

  it('of a denial, which keeps nobody out then', () => {
    const found = rulesOf(policy(open, denial()), now);
    expect(found.includes('aws/expired-denial Statement[1]')).toBe(isOver);
    expect(rulesOf(policy(open, denial()))).not.toContain('aws/expired-denial Statement[1]');
  });

  it('of a principal of AWS, and of a denial of its', () => {
    const account = { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' };
    const denied = {
      ...account,
      Effect: 'Deny',
      Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' }, ...conditions },
    };
    expect(rulesOf(policy({ ...account, Condition: conditions }), now)).toEqual(
      isOver ? ['aws/expired Statement[0]'] : [],
    );
    expect(rulesOf(policy(account, denied), now)).toEqual(isOver ? ['aws/expired-denial Statement[1]'] : []);
  });
});

describe('a statement that has expired', () => {
  const expired = byDates(until('DateLessThan', 'aws:CurrentTime', past));

  it('says by which condition, and stands at it', () => {
    expect(lintTrustPolicy(expired, now)).toEqual([
      {
        ...{ rule: 'aws/expired', severity: 'note', where: 'Statement[0]' },
        at: ['Condition', 'DateLessThan', 'aws:CurrentTime'],
        message: `No token of GitHub Actions meets DateLessThan on aws:CurrentTime (${past}).`,
      },
    ]);
  });

  it('is not said to be too wide: nobody is allowed by it', () => {
    const wide = until('DateLessThan', 'aws:CurrentTime', past);
    const anybody = policy(statement(hub, { StringEquals: aud, StringLike: sub('repo:*'), ...wide }));
    expect(rulesOf(anybody, now - 10)).toContain('aws/wildcard-owner Statement[0]');
    expect(rulesOf(anybody, now)).toEqual(['aws/expired Statement[0]']);
    const every = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole', Condition: wide };
    expect(rulesOf(policy(every), now - 10)).toEqual(['aws/any-account Statement[0]']);
    expect(rulesOf(policy(every), now)).toEqual(['aws/expired Statement[0]']);
    const google = { ...statement('', {}), Principal: { Federated: 'accounts.google.com' }, Condition: wide };
    expect(rulesOf(policy(google), now - 10)).toContain('aws/any-owner Statement[0]');
    expect(rulesOf(policy(google), now)).toEqual(['aws/expired Statement[0]']);
  });

  it('never allowed anybody, where that is so at any time', () => {
    const never = byDates({
      DateLessThan: { 'aws:CurrentTime': '2025-01-01' },
      DateGreaterThan: { 'aws:CurrentTime': '2025-02-01' },
    });
    for (const at of [undefined, now]) expect(rulesOf(never, at)).toEqual(['allows-nobody Statement[0]']);
  });

  it('is one that a denial keeps out from a day on', () => {
    const ends = {
      Effect: 'Deny',
      Principal: '*',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: until('DateGreaterThan', 'aws:CurrentTime', past),
    };
    const document = policy(statement(hub, ours), ends);
    expect(rulesOf(document, now)).toEqual(['aws/expired Statement[0]']);
    expect(rulesOf(document)).toEqual([]);
  });

  it('is what a denial was of that has expired: who is allowed since is found', () => {
    const wide = statement(hub, { StringEquals: aud, StringLike: sub('repo:octo@65001/app@724113:*') });
    const ended = {
      ...{ Effect: 'Deny', Principal: { Federated: provider(hub) }, Action: 'sts:AssumeRoleWithWebIdentity' },
      Condition: { StringNotLike: sub('*:ref:refs/heads/*'), ...until('DateLessThan', 'aws:CurrentTime', past) },
    };
    expect(rulesOf(policy(wide, ended), now)).toEqual([
      'aws/whole-repository Statement[0]',
      'aws/expired-denial Statement[1]',
    ]);
  });

  it('is reported by the audit, by what is left of a fix, and with help in SARIF', () => {
    const source = JsonDocument.parse(JSON.stringify(expired));
    const [document] = trustDocumentsIn(source);
    if (!document) throw new Error('The policy is not found.');
    const auditing = {
      sources: [source],
      mine: [],
      now,
      grantsOf: () => grantsOfPolicy(parseTrustPolicy(expired), now),
    };
    expect(audit([{ file: 'a.json', document }], auditing).findings.map(({ rule }) => rule)).toContain('aws/expired');
    expect(fixTrustDocument(document, now)?.left.map(({ rule }) => rule)).toContain('aws/expired');
    const place = { file: 'a.json', document: '', line: 1, column: 1 };
    const log = JSON.stringify(sarif(lintTrustPolicy(expired, now).map((one) => ({ ...one, ...place }))));
    expect(log).toContain('It allows nobody any more. Remove it, or change its dates.');
  });
});
