import { describe, expect, it } from 'vitest';
import { JsonDocument } from '../json.ts';
import { accessOf, givenBy } from './access.ts';
import { permissionsIn } from './permissions.ts';

const allow = (action: string, resource = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
});
const account = '123456789012';
const files = (...all: readonly (readonly [roles: readonly object[], policies?: readonly object[]])[]) =>
  permissionsIn(
    all.map(([roles, policies = []]) =>
      JsonDocument.parse(JSON.stringify({ RoleDetailList: roles, Policies: policies })),
    ),
  ).get(`arn:aws:iam::${account}:role/ci`)?.access;
const ci = (inline: object | undefined, more: object = {}) => ({
  ...{ Arn: `arn:aws:iam::${account}:role/ci`, AttachedManagedPolicies: [], ...more },
  RolePolicyList: inline ? [{ PolicyName: 'p', PolicyDocument: inline }] : [],
});
const managed = (name: string, document: object) => ({
  Arn: `arn:aws:iam::${account}:policy/${name}`,
  PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document: document }],
});
const attached = (arn: string) => ({ AttachedManagedPolicies: [{ PolicyArn: arn }] });
const limitedBy = (arn: string) => ({ PermissionsBoundary: { PermissionsBoundaryArn: arn } });
const own = `arn:aws:iam::${account}:policy/b`;

describe('what stands in several files', () => {
  const [all, some] = [allow('*'), allow('s3:Get*')];

  it.each([
    ['a role', [[ci(all)]], [[ci(some)]]],
    ['a policy', [[ci(undefined, attached(own))], [managed('b', all)]], [[], [managed('b', some)]]],
  ] as const)('%s is worth the most of it, whichever comes first', (_, one, other) => {
    expect([files(one, other), files(other, one)]).toEqual(['admin', 'admin']);
  });
});

describe('what is about every identity is so however its wildcards are written', () => {
  const kinds = [
    '*',
    'arn:*',
    'arn:aws:*',
    'arn:aws:i*',
    'arn:aws:iam:*',
    'arn:aws:iam::*',
    'arn:aws-cn:iam::*',
    '*:role/*',
  ];
  const ofAccount = [account, '*', '1*'].flatMap((one) =>
    ['*', '*/*', 'r*', 'role/*', 'role/**', 'role/?*', 'rol?/???*'].map((name) => `arn:aws:iam::${one}:${name}`),
  );

  it.each([...kinds, ...ofAccount])('%s', (resource) => {
    for (const action of ['sts:AssumeRole', 'iam:CreateAccessKey', 'iam:*'])
      expect(accessOf([givenBy(allow(action, resource))])).toBe('admin');
  });

  it.each([`arn:aws:iam::${account}:role/ci-*`, 'arn:aws:iam::*:role/ci/*', 'arn:aws:s3:::*', 'arn:aws:iam::*:mfa/*'])(
    'and %s is not',
    (resource) => expect(accessOf([givenBy(allow('iam:CreateAccessKey', resource))])).toBe('write'),
  );
});

describe('a permissions boundary', () => {
  const rewrites = allow('iam:PutRolePolicy', `arn:aws:iam::${account}:role/ci`);
  const bounded = (may: object, boundary: object) => files([[ci(may, limitedBy(own))], [managed('b', boundary)]]);
  const and = (action: string, resource = '*') => ({
    Statement: [...allow('s3:*').Statement, ...allow(action, resource).Statement],
  });

  it('of all there is leaves all there is, also where no file has it', () => {
    for (const name of ['AdministratorAccess', 'IAMFullAccess'])
      expect(files([[ci(rewrites, limitedBy(`arn:aws:iam::aws:policy/${name}`))]])).toBe('admin');
  });

  it.each([
    ['taken away', and('iam:DeleteRolePermissionsBoundary')],
    ['put in the place of another', and('iam:PutRolePermissionsBoundary', 'arn:aws:iam::*:role/c*')],
    ['written anew', and('iam:CreatePolicyVersion', own)],
    ['set back', and('iam:SetDefaultPolicyVersion', own)],
  ])('that may be %s by its role is none', (_, boundary) => {
    expect(bounded(allow('*'), boundary)).toBe('admin');
    // What the boundary lets it do its policies must allow as well.
    expect(bounded(allow('s3:*'), boundary)).toBe('write');
  });

  it('that another role may be freed of, or that has another policy in its place, is one', () => {
    const boundary = and('iam:DeleteRolePermissionsBoundary', 'arn:aws:iam::*:role/other');
    expect(bounded(allow('*'), boundary)).toBe('write');
    expect(bounded(allow('*'), and('iam:CreatePolicyVersion', `${own}2`))).toBe('write');
  });
});
