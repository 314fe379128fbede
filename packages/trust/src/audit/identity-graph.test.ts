import { describe, expect, it } from 'vitest';
import { JsonDocument } from '../json.ts';
import type { Access } from './access.ts';
import { type KnownIdentity, worthOfRoles } from './identity-graph.ts';
import { permissionsIn } from './permissions.ts';

const account = '123456789012';
const arnOf = (name: string, of = account) => `arn:aws:iam::${of}:role/${name}`;
const own = `arn:aws:iam::${account}:policy/own`;
const policy = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });
const may = (action: string | string[], resource: string | string[] = '*') => ({
  ...{ Effect: 'Allow', Action: action, Resource: resource },
});
const by = (principal: object | string, more: object = {}) =>
  policy({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...more });
const lambda = by({ Service: 'lambda.amazonaws.com' });
const root = by({ AWS: `arn:aws:iam::${account}:root` });
const jobs = by({ AWS: arnOf('elsewhere') });

interface Described {
  readonly trust?: object;
  readonly may?: readonly object[];
  readonly attached?: readonly string[];
  readonly boundary?: readonly object[];
  readonly account?: string;
}

/** What the role `ci` is worth in an export with it and others. */
function accessOfCi(roles: Readonly<Record<string, Described>>): Access | undefined {
  const all = Object.entries(roles);
  const managed = (name: string, document: object) => ({
    ...{ PolicyName: name, Arn: `arn:aws:iam::${account}:policy/${name}` },
    PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document: document }],
  });
  const details = {
    RoleDetailList: all.map(([name, { trust = jobs, may: inline = [], attached = [], boundary, account: of }]) => ({
      ...{ Arn: arnOf(name, of), AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)) },
      RolePolicyList: inline.length === 0 ? [] : [{ PolicyName: 'p', PolicyDocument: policy(...inline) }],
      AttachedManagedPolicies: attached.map((arn) => ({ PolicyName: arn, PolicyArn: arn })),
      ...(boundary
        ? { PermissionsBoundary: { PermissionsBoundaryArn: `arn:aws:iam::${account}:policy/b-${name}` } }
        : {}),
    })),
    Policies: [
      managed('own', policy(may('s3:GetObject'))),
      ...all.flatMap(([name, { boundary }]) => (boundary ? [managed(`b-${name}`, policy(...boundary))] : [])),
    ],
  };
  return permissionsIn([JsonDocument.parse(JSON.stringify(details))]).get(arnOf('ci'))?.access;
}

const admin = { may: [may('*')] };
const hand = (name: string, ...makers: string[]) => [
  may('iam:PassRole', arnOf(name)),
  may(makers.length > 0 ? makers : 'lambda:CreateFunction'),
];

describe('a role that may be handed over by its name is worth what that is worth', () => {
  it.each<[Access, string, Readonly<Record<string, Described>>]>([
    ['admin', 'to a function', { ci: { may: hand('top') }, top: { ...admin, trust: lambda } }],
    ['admin', 'by a pattern', { ci: { may: hand('to*') }, top: { ...admin, trust: lambda } }],
    [
      'admin',
      'by a pattern, wherever it stands among others',
      {
        ...{ 'zone-a': {}, 'app-b': {}, 'top-z': {}, ci: { may: hand('to*') }, 'web-c': {}, 'aux-d': {} },
        ...{ 'top-m': { ...admin, trust: lambda }, 'sub-e': {}, 'top-a': {}, 'bin-f': {} },
      },
    ],
    [
      'admin',
      'by the role after it',
      { ci: { may: hand('a') }, a: { trust: lambda, may: hand('top') }, top: { ...admin, trust: lambda } },
    ],
    [
      'unknown',
      'of which something is missing',
      { ci: { may: hand('top') }, top: { attached: [`${own}-x`], trust: lambda } },
    ],
    ['write', 'and reads', { ci: { may: hand('top') }, top: { may: [may('s3:Get*')], trust: lambda } }],
    [
      'write',
      'to nothing that acts as it',
      { ci: { may: hand('top', 's3:PutObject') }, top: { ...admin, trust: lambda } },
    ],
    ['write', 'though no service may take it', { ci: { may: hand('top') }, top: { ...admin, trust: root } }],
    ['write', 'and is in no file', { ci: { may: hand('top') } }],
    ['write', 'by another name', { ci: { may: hand('Top') }, top: { ...admin, trust: lambda } }],
    [
      'write',
      'of another account',
      {
        ci: { may: [may('iam:PassRole', arnOf('top', '210987654321')), may('lambda:*')] },
        top: { ...admin, trust: lambda, account: '210987654321' },
      },
    ],
    [
      'write',
      'but for a boundary',
      { ci: { may: hand('top'), boundary: [may(['lambda:*', 's3:*'])] }, top: { ...admin, trust: lambda } },
    ],
    [
      'write',
      'but for a boundary of other roles',
      {
        ci: { may: hand('top'), boundary: [may('iam:PassRole', arnOf('x')), may('lambda:*')] },
        top: { ...admin, trust: lambda },
      },
    ],
    ['write', 'in a circle', { ci: { may: hand('a'), trust: lambda }, a: { may: hand('ci'), trust: lambda } }],
  ])('%s: %s', (access, _, roles) => expect(accessOfCi(roles)).toBe(access));
});

describe('a role that may be assumed by its name is worth what that is worth', () => {
  const ci = { may: [may('sts:AssumeRole', arnOf('top'))] };
  const other = '210987654321';
  it.each<[Access, string, Readonly<Record<string, Described>>]>([
    ['admin', 'where it trusts the account', { ci, top: { ...admin, trust: root } }],
    ['admin', 'where it trusts the role', { ci, top: { ...admin, trust: by({ AWS: arnOf('ci') }) } }],
    [
      'admin',
      'where it trusts the role by a condition',
      {
        ci,
        top: { ...admin, trust: by({ AWS: '*' }, { Condition: { ArnLike: { 'aws:PrincipalArn': arnOf('c*') } } }) },
      },
    ],
    [
      'admin',
      'under a condition that may hold',
      {
        ci,
        top: {
          ...admin,
          trust: by({ AWS: account }, { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
        },
      },
    ],
    [
      'admin',
      'in another account of the files',
      { ci: { may: [may('sts:AssumeRole', arnOf('top', other))] }, top: { ...admin, trust: root, account: other } },
    ],
    ['write', 'where it trusts another role', { ci, top: { ...admin, trust: jobs } }],
    [
      'write',
      'where another is meant by a condition',
      {
        ci,
        top: {
          ...admin,
          trust: by({ AWS: account }, { Condition: { ArnEquals: { 'aws:PrincipalArn': arnOf('x') } } }),
        },
      },
    ],
    [
      'write',
      'where it is denied',
      {
        ci,
        top: {
          ...admin,
          trust: policy(...root.Statement, { Effect: 'Deny', Principal: { AWS: arnOf('ci') }, Action: 'sts:*' }),
        },
      },
    ],
    ['admin', 'where that is no policy, and so unknown', { ci, top: { ...admin, trust: policy() } }],
  ])('%s: %s', (access, _, roles) => expect(accessOfCi(roles)).toBe(access));
});

describe('a role of the same account that names a role may be assumed by it without a permission', () => {
  const reads = { may: [may('s3:Get*')] };
  const top = { ...admin, trust: by({ AWS: arnOf('ci') }) };
  it.each<[Access, string, Readonly<Record<string, Described>>]>([
    ['admin', 'by its ARN', { ci: reads, top }],
    ['admin', 'within a boundary', { ci: { ...reads, boundary: [may(['s3:Get*', 'sts:AssumeRole'])] }, top }],
    ['read', 'but for a boundary', { ci: { ...reads, boundary: [may('s3:Get*')] }, top }],
    ['read', 'and not as one of the account', { ci: reads, top: { ...top, trust: root } }],
    ['admin', 'as everybody', { ci: reads, top: { ...top, trust: by('*') } }],
    [
      'admin',
      'as everybody of a name',
      {
        ci: reads,
        top: { ...top, trust: by({ AWS: '*' }, { Condition: { ArnLike: { 'aws:PrincipalArn': arnOf('c*') } } }) },
      },
    ],
    [
      'read',
      'and not as everybody of another name',
      {
        ci: reads,
        top: { ...top, trust: by({ AWS: '*' }, { Condition: { ArnLike: { 'aws:PrincipalArn': arnOf('d*') } } }) },
      },
    ],
    [
      'read',
      'and not as everybody in another account',
      { ci: reads, top: { ...top, trust: by('*'), account: '210987654321' } },
    ],
    ['read', 'and not in another account', { ci: reads, top: { ...top, account: '210987654321' } }],
    [
      'read',
      'unless it is denied',
      {
        ci: { ...reads, may: [...reads.may, { ...may('*'), Effect: 'Deny', Condition: {} }] },
        top: {
          ...top,
          trust: policy(...top.trust.Statement, { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' }),
        },
      },
    ],
  ])('%s: %s', (access, _, roles) => expect(accessOfCi(roles)).toBe(access));
});

describe('what may be written by its name', () => {
  const top = { ...admin, trust: jobs };
  const weak = { may: [may('s3:Get*')], trust: jobs };
  it.each<[Access, string, Readonly<Record<string, Described>>]>([
    ['admin', "an admin's trust", { ci: { may: [may('iam:UpdateAssumeRolePolicy', arnOf('top'))] }, top }],
    [
      'admin',
      'trust and policies of a role',
      { ci: { may: [may(['iam:UpdateAssumeRolePolicy', 'iam:PutRolePolicy'], arnOf('weak'))] }, weak },
    ],
    [
      'admin',
      'policies of a role that may be assumed',
      { ci: { may: [may(['sts:AssumeRole', 'iam:AttachRolePolicy'], arnOf('weak'))] }, weak: { ...weak, trust: root } },
    ],
    ['admin', 'its own policies', { ci: { may: [may('iam:AttachRolePolicy', arnOf('ci'))] } }],
    ['admin', 'a policy of its own', { ci: { may: [may('iam:CreatePolicyVersion', own)], attached: [own] } }],
    [
      'admin',
      'a policy of a role that it may assume',
      {
        ci: { may: [may('iam:CreatePolicyVersion', own), may('sts:AssumeRole', arnOf('weak'))] },
        weak: { ...weak, attached: [own], trust: root },
      },
    ],
    ['write', 'a policy that it does not have', { ci: { may: [may('iam:CreatePolicyVersion', own)] } }],
    ['write', "a weak role's trust", { ci: { may: [may('iam:UpdateAssumeRolePolicy', arnOf('weak'))] }, weak }],
    [
      'write',
      'policies of a role that it cannot become',
      { ci: { may: [may('iam:AttachRolePolicy', arnOf('weak'))] }, weak },
    ],
    [
      'write',
      'its own policies, but for a boundary',
      { ci: { may: [may('iam:AttachRolePolicy', arnOf('ci'))], boundary: [may('s3:*')] } },
    ],
  ])('%s: %s', (access, _, roles) => expect(accessOfCi(roles)).toBe(access));
});

it('more steps than are left are unknown, never less, and thousands of roles are no more work than their edges', () => {
  const roles = Array.from({ length: 3000 }, (_, index): KnownIdentity => {
    const named = [
      { power: 'assume', resources: [arnOf(`r${index + 1}`), `arn:aws:iam::${account}:role/x-${index}*`] },
    ] as const;
    return {
      ...{ arn: arnOf(`r${index}`), access: index === 2999 ? 'admin' : 'read', named, makesActors: false },
      ...{ attached: [], groups: [], mayAssume: [], takes: [], unknown: [], isDenied: false, trust: () => root },
    };
  });
  const found = worthOfRoles(roles);
  expect(found.get(arnOf('r2999'))?.access).toBe('admin');
  for (const { access } of found.values()) expect(['admin', 'unknown']).toContain(access);
  expect(worthOfRoles(roles.slice(2990)).get(arnOf('r2990'))?.access).toBe('admin');
  expect(worthOfRoles(roles.slice(0, 20), 10).get(arnOf('r0'))?.access).toBe('unknown');
});
