import { expect, it } from 'vitest';
import { hub, immutable, keys, policy, statement } from '../corpus/sample.corpus.ts';
import { parseTrustPolicy } from '../policy.ts';
import type { Mine } from './mine.ts';
import { sentenceOf, whomOf } from './sentence.ts';
import { grantsOfPolicy, whoIsGranted } from './who.ts';

const now = Date.parse('2026-11-26') / 1000;
const own = '123456789012';
const other = '210987654321';
const octo: Mine = { kind: 'github', name: 'octo' };
const ofAccount = (name: string): Mine => ({ kind: 'account', name });

const assumedBy = (principal: object, condition: object = {}) => ({
  Effect: 'Allow',
  Principal: principal,
  Action: 'sts:AssumeRole',
  Condition: condition,
});
const account = assumedBy({ AWS: own });
const role = assumedBy({ AWS: `arn:aws:iam::${own}:role/deploy` });
const service = assumedBy({ Service: 'lambda.amazonaws.com' });
const sources = (...accounts: readonly string[]) =>
  assumedBy({ Service: 'sns.amazonaws.com' }, { StringEquals: { 'aws:SourceAccount': accounts } });
const job = statement(hub, { StringEquals: keys(hub, { aud: 'sts.amazonaws.com', sub: immutable }) });

it.each<[string, readonly string[], readonly Mine[], readonly object[]]>([
  ['the account of the role is', ['the account of the role'], [], [account]],
  ['the account of the role is', ['the account of the role'], [], [role]],
  // Who is ours elsewhere was not named for it.
  ['the account of the role is', ['the account of the role'], [octo], [account]],
  ['what you named as yours is', ['only mine'], [ofAccount(own)], [role]],
  ['what you named as yours is', ['only mine'], [ofAccount(other)], [assumedBy({ AWS: [own, other] })]],
  ['what you named as yours is', ['only mine'], [octo], [job]],
  ['services of AWS that act for the account of the role are', ['the account of the role'], [], [service]],
  ['services of AWS that act for the account of the role are', ['the account of the role'], [], [sources(own)]],
  ['services of AWS that act for the account of the role are', ['the account of the role'], [octo], [sources(own)]],
  ['what you named as yours is', ['only mine'], [ofAccount(other)], [sources(own, other)]],
  [
    'the account of the role and services of AWS that act for it are',
    ['the account of the role', 'the account of the role'],
    [],
    [account, service],
  ],
  [
    'what you named as yours and the account of the role are',
    ['only mine', 'the account of the role'],
    [octo],
    [job, account],
  ],
  [
    'what you named as yours and services of AWS that act for the account of the role are',
    ['only mine', 'the account of the role'],
    [octo],
    [job, sources(own)],
  ],
])('Only %s allowed', (whom, each, mine, statements) => {
  const grants = grantsOfPolicy(parseTrustPolicy(policy(...statements)), now, own);
  const all = grants.map((grant) => whoIsGranted(grant, mine, now));
  expect(all.map(({ reach, exact }) => [reach, exact])).toEqual(statements.map(() => ['only mine', true]));
  expect(sentenceOf(all)).toBe(`Only ${whom} allowed.`);
  expect(all.map(whomOf)).toEqual(each);
});

it('of a role whose account is not known all accounts are others', () => {
  for (const statement of [account, role, sources(own)]) {
    const [grant] = grantsOfPolicy(parseTrustPolicy(policy(statement)), now);
    expect(grant && sentenceOf([whoIsGranted(grant, [], now)])).toMatch(/^123456789012 at \S+ is allowed\.$/);
  }
});
