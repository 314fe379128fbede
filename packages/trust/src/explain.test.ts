import { issuers } from '@fedbridge/issuers';
import { describe, expect, it } from 'vitest';
import { evaluateTrustPolicy } from './evaluate.ts';
import { explainEvaluation, explainMatch } from './explain.ts';
import { matchFederatedCredential } from './federated-credential.ts';
import { likelyCause } from './likely-cause.ts';
import { parseTrustPolicy } from './policy.ts';

const provider = 'arn:aws:iam::123456789012:oidc-provider/h';
const statement = (condition: object, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Federated: provider },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: condition,
  ...more,
});
function explained(statements: object | object[], context: Record<string, string | string[]>) {
  const request = { principal: { provider }, action: 'sts:AssumeRoleWithWebIdentity', context };
  return explainEvaluation(evaluateTrustPolicy(parseTrustPolicy({ Statement: statements }), request), request);
}

describe('how little sets a subject apart', () => {
  const here = 'repo:octo/app:environment:Prod';
  it.each([
    ['repo:octo/app:environment:prod', ': case.'],
    [`${here}/`, ': a slash at the end.'],
    [`${here} `, ': a space at the end or the beginning.'],
    [` ${here}`, ': a space at the end or the beginning.'],
    ['repo:octo@1/app@2:environment:Prod', ': one has ids, the immutable form, and the other has not.'],
    ['repo:octo/app:ref:refs/heads/main', ': `ref:refs/heads/main` in the place of `environment:Prod`.'],
    ['repo:octo/web:environment:Prod', ': another repository.'],
    ['repo:mallory/web:pull_request', '.'],
    ['p://contoso/web/release', '.'],
  ])('%s%s', (subject, end) => {
    const wanted = { StringEquals: { 'h:sub': here } };
    expect(explained(statement(wanted), { 'h:sub': subject })).toEqual([
      `Statement 1 does not allow it: \`h:sub\` is \`${subject}\`, the policy wants \`${here}\` (StringEquals)${end}`,
    ]);
  });

  it('looks at each value that is wanted, and at the key whatever its case', () => {
    const wanted = { StringEquals: { 'H:SUB': ['repo:x/y:pull_request', here] } };
    expect(explained(statement(wanted), { 'h:sub': here.toLowerCase() })).toEqual([
      expect.stringMatching(
        /^Statement 1 .*`repo:x\/y:pull_request` or `repo:octo\/app:environment:Prod` \(StringEquals\): case\.$/,
      ),
    ]);
  });
});

it('tells a missing key, several values, a negation, a principal, an action, a denial and an empty policy', () => {
  const wanted = { StringEquals: { 'h:sub': 'a' } };
  expect(explained(statement(wanted), {})).toEqual([
    'Statement 1 does not allow it: `h:sub` is not there, the policy wants `a` (StringEquals).',
  ]);
  expect(explained(statement({ 'ForAllValues:StringEquals': { 'h:aud': 'a' } }), { 'h:aud': ['A', 'b'] })).toEqual([
    'Statement 1 does not allow it: `h:aud` is `A`, `b`, the policy wants `a` (ForAllValues:StringEquals).',
  ]);
  expect(explained(statement({ StringNotEquals: { 'h:sub': 'a' } }), { 'h:sub': 'a' })).toEqual([
    'Statement 1 does not allow it: `h:sub` is `a`, the policy does not want `a` (StringNotEquals).',
  ]);
  expect(
    explained(
      [statement({}, { Principal: { Federated: `${provider}2` } }), statement({}, { Action: 'sts:AssumeRole' })],
      {},
    ),
  ).toEqual([
    `Statement 1 does not allow it: its principal is not ${provider}.`,
    'Statement 2 does not allow it: it is not about sts:AssumeRoleWithWebIdentity.',
  ]);
  expect(explained([statement({}), statement({}, { Effect: 'Deny' })], {})).toEqual([
    'Statement 2 denies it, whatever others allow.',
  ]);
  expect(explained(statement(wanted, { Effect: 'Deny' }), {})).toEqual(['No statement allows anything.']);
  expect(explained([statement(wanted), statement({})], {})).toEqual(['Statement 2 allows it.']);
});

it('tells of a role that may not assume another', () => {
  const request = {
    principal: { role: 'arn:aws:iam::123456789012:role/a', account: '123456789012' },
    action: 'sts:AssumeRole',
    context: {},
  };
  const evaluate = (principal: unknown) =>
    evaluateTrustPolicy(
      parseTrustPolicy({ Statement: { Effect: 'Allow', Principal: principal, Action: 'sts:*' } }),
      request,
    );
  for (const AWS of ['*', request.principal.role, '123456789012', 'arn:aws:iam::123456789012:root']) {
    expect(evaluate({ AWS }).allowed).toBe(true);
  }
  for (const AWS of ['arn:aws:iam::123456789012:role/b', 'arn:aws:iam::210987654321:root']) {
    expect(explainEvaluation(evaluate({ AWS }), request)).toEqual([
      `Statement 1 does not allow it: its principal is not ${request.principal.role}.`,
    ]);
  }
});

it('tells which part of a federated credential is in the way', () => {
  const credentials = [{ name: 'main', issuer: 'https://i', subject: 's', audiences: ['a'] }];
  const tell = (assertion: { issuer: string; subject: string; audience: string }) =>
    explainMatch(matchFederatedCredential(credentials, assertion), credentials, assertion);
  const fits = { issuer: 'https://i', subject: 's', audience: 'a' };
  expect(tell(fits)).toEqual(['Credential "main" fits.']);
  expect(tell({ ...fits, issuer: 'https://i/' })).toEqual([
    'Credential "main" does not fit: the issuer is `https://i/`, it wants `https://i`: a slash at the end.',
  ]);
  expect(tell({ ...fits, subject: 'S' })).toEqual([
    'Credential "main" does not fit: the subject is `S`, it wants `s`: case.',
  ]);
  expect(tell({ ...fits, audience: 'b' })).toEqual([
    'Credential "main" does not fit: the audience is `b`, it wants `a`.',
  ]);
  expect(explainMatch({ differs: 'none' }, [], fits)).toEqual(['There is no federated credential.']);
});

it.each([
  ['repo:octo@1/app@2:environment:prod', 'immutable subjects'],
  ['repo:octo/app:environment:prod', 'names an environment'],
  ['repo:octo/app:pull_request', 'a pull request'],
  ['repo:octo/app:ref:refs/tags/v1', 'for a tag'],
  ['repo:octo/app:ref:refs/heads/main', 'another branch'],
  ['p://contoso/web/release', 'no service connection'],
  ['sc://contoso/web/azure', 'may have been renamed'],
  ['/eid1/c/pub/t/x', 'on the Entra issuer'],
  ['system:serviceaccount:a:b', 'another service account'],
  ['something else', undefined],
])('the likely cause for %s', (subject, cause) => {
  if (cause === undefined) expect(likelyCause(subject)).toBeUndefined();
  else expect(likelyCause(subject)).toContain(cause);
});

it('a likely cause names a trust policy or a federated credential', () => {
  for (const { exampleSubjects } of issuers)
    for (const subject of exampleSubjects) expect(likelyCause(subject) ?? '').not.toMatch(/\b(a|the) trust (?!polic)/i);
});
