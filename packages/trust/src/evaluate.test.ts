import { describe, expect, it } from 'vitest';
import { evaluateTrustPolicy } from './evaluate.ts';
import { matchFederatedCredential } from './federated-credential.ts';
import { parseTrustPolicy } from './policy.ts';

const provider = 'arn:aws:iam::123456789012:oidc-provider/idp.example.com';
const action = 'sts:AssumeRoleWithWebIdentity';
const allow = (Condition?: object) => ({
  Effect: 'Allow',
  Principal: { Federated: provider },
  Action: action,
  ...(Condition ? { Condition } : {}),
});
const evaluate = (statement: unknown, context: Record<string, string | string[]>) =>
  evaluateTrustPolicy(parseTrustPolicy({ Version: '2012-10-17', Statement: statement }), {
    principal: { provider },
    action,
    context,
  });

describe('evaluateTrustPolicy', () => {
  const sub = 'idp.example.com:sub';
  it.each([
    ['StringEquals', { [sub]: 'a' }, 'a', true],
    ['StringEquals', { [sub]: 'a' }, 'A', false],
    ['StringEquals', { [sub]: ['b', 'a'] }, 'a', true],
    ['StringEquals', { 'IDP.example.com:SUB': 'a' }, 'a', true],
    ['StringEquals', { [sub]: 'a' }, undefined, false],
    ['StringEqualsIfExists', { [sub]: 'a' }, undefined, true],
    ['StringNotEquals', { [sub]: 'a' }, 'a', false],
    ['StringNotEquals', { [sub]: 'a' }, 'b', true],
    ['StringNotEquals', { [sub]: 'a' }, undefined, true],
    ['StringEqualsIgnoreCase', { [sub]: 'a' }, 'A', true],
    ['StringNotEqualsIgnoreCase', { [sub]: 'a' }, 'A', false],
    ['StringLike', { [sub]: 'repo:o/*' }, 'repo:o/r', true],
    ['StringLike', { [sub]: 'repo:o/?' }, 'repo:o/rr', false],
    ['StringNotLike', { [sub]: 'repo:o/*' }, 'repo:p/r', true],
    ['ForAnyValue:StringEquals', { [sub]: 'a' }, ['b', 'a'], true],
    ['ForAnyValue:StringEquals', { [sub]: 'a' }, undefined, false],
    ['ForAllValues:StringEquals', { [sub]: 'a' }, ['b', 'a'], false],
    ['ForAllValues:StringEquals', { [sub]: 'a' }, undefined, true],
    ['Null', { [sub]: 'true' }, undefined, true],
    ['Null', { [sub]: 'false' }, undefined, false],
    ['Null', { [sub]: false }, 'a', true],
    ['Bool', { [sub]: 'true' }, 'true', true],
  ] as const)('%s %o with %j: %s', (operator, keys, value, allowed) => {
    const context = value === undefined ? {} : { [sub]: typeof value === 'string' ? value : [...value] };
    expect(evaluate(allow({ [operator]: keys }), context).allowed).toBe(allowed);
  });

  it('all conditions of a statement must hold, one statement is enough, and a denial wins', () => {
    const both = allow({ StringEquals: { [sub]: 'a', 'idp.example.com:aud': 'x' } });
    expect(evaluate(both, { [sub]: 'a' })).toEqual({
      allowed: false,
      why: 'no statement',
      failed: [{ statement: 0, part: { operator: 'StringEquals', key: 'idp.example.com:aud', values: ['x'] } }],
    });
    expect(evaluate([both, allow()], { [sub]: 'a' })).toEqual({ allowed: true, statement: 1 });
    expect(evaluate([allow(), { ...allow(), Effect: 'Deny' }], {})).toEqual({
      allowed: false,
      why: 'denied',
      statement: 1,
    });
  });

  it.each([
    ['another principal', { Principal: { Federated: `${provider}.evil` } }, 'principal'],
    ['a service principal', { Principal: { Service: 'ec2.amazonaws.com' } }, 'principal'],
    ['another action', { Action: 'sts:AssumeRole' }, 'action'],
  ])('%s does not let in', (_title, change, part) => {
    expect(evaluate({ ...allow(), ...change }, {})).toMatchObject({ failed: [{ part }] });
  });

  it.each([
    ['an operator that is not known', [allow({ StringMatches: { [sub]: 'a' } })]],
    ['no Effect', [{ ...allow(), Effect: undefined }]],
    ['a member that trust policies do not have', [{ ...allow(), Resource: '*' }]],
    ['no statement', []],
    ['a text for a statement', 'Allow'],
  ])('%s is malformed, not ignored', (_title, statements) => {
    expect(() => evaluate(statements, { [sub]: 'a' })).toThrow(
      expect.objectContaining({ name: 'MalformedPolicyError' }),
    );
  });
});

describe('matchFederatedCredential', () => {
  const credential = { name: 'main', issuer: 'https://i', subject: 'repo:o/r', audiences: ['api://a'] };
  it.each([
    [{ issuer: 'https://i', subject: 'repo:o/r', audience: 'api://a' }, { matched: credential }],
    [{ issuer: 'https://i/', subject: 'repo:o/r', audience: 'api://a' }, { differs: 'issuer' }],
    [{ issuer: 'https://i', subject: 'repo:o/R', audience: 'api://a' }, { differs: 'subject case' }],
    [{ issuer: 'https://i', subject: 'repo:o/rr', audience: 'api://a' }, { differs: 'subject' }],
    [{ issuer: 'https://i', subject: 'repo:o/r', audience: 'api://A' }, { differs: 'audience' }],
  ])('%o', (assertion, match) => expect(matchFederatedCredential([credential], assertion)).toEqual(match));

  it('without any credential there is nothing to match', () => {
    expect(matchFederatedCredential([], { issuer: '', subject: '', audience: '' })).toEqual({ differs: 'none' });
  });
});
