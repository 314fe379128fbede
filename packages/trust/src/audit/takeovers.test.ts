/**
 * Tests as well:
 * - packages/trust/src/audit/policy-worth.ts
 * - packages/trust/src/audit/permission-policy.ts
 * - packages/trust/src/audit/role-trust.ts
 * - packages/trust/src/audit/access-levels.ts
 */

import { describe, expect, it } from 'vitest';
import { JsonDocument } from '../json.ts';
import { takingSources } from './escalations.ts';
import { permissionsIn } from './permissions.ts';

const account = '123456789012';
const arn = (name: string, of = account) => `arn:aws:iam::${of}:${name}`;
const session = (name: string, of = account) => `arn:aws:sts::${of}:${name}`;
const policy = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements });
const may = (actions: string | readonly string[], resource = '*') =>
  policy({ Effect: 'Allow', Action: actions, Resource: resource });
const by = (principal: unknown, more: object = {}) =>
  policy({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...more });
const inline = (policies: readonly object[]) => policies.map((one) => ({ PolicyDocument: one }));

const role = (
  name: string,
  policies: readonly object[],
  trust: unknown = by({ AWS: arn('role/nobody') }),
  more = {},
) => ({
  ...{ Arn: arn(`role/${name}`), AssumeRolePolicyDocument: trust },
  ...{ RolePolicyList: inline(policies), AttachedManagedPolicies: [], ...more },
});
const user = (name: string, policies: readonly object[] = [], more: object = {}) => ({
  ...{ Arn: arn(`user/${name}`), UserPolicyList: inline(policies) },
  ...{ AttachedManagedPolicies: [], GroupList: [], ...more },
});
const group = (name: string, policies: readonly object[], more: object = {}) => ({
  ...{ Arn: arn(`group/${name}`), GroupPolicyList: inline(policies), AttachedManagedPolicies: [], ...more },
});

interface Export {
  readonly roles: readonly object[];
  readonly users?: readonly object[];
  readonly groups?: readonly object[];
  readonly policies?: readonly object[];
}

/** What the role `ci` is worth. */
function worth({ roles, users = [], groups = [], policies = [] }: Export, ...files: readonly object[]) {
  const details = { RoleDetailList: roles, UserDetailList: users, GroupDetailList: groups, Policies: policies };
  const sources = [details, ...files].map((one) => JsonDocument.parse(JSON.stringify(one)));
  return permissionsIn(sources).get(arn('role/ci'))?.access;
}

const all = may('*');
const reads = role('ci', [may('s3:Get*')]);

describe('a role whose trust policy names sessions of a role', () => {
  const top = (trust: object, of = account) => ({ ...role('top', [all], trust), Arn: arn('role/top', of) });
  const named = (name: string) => by({ AWS: session(`assumed-role/${name}`) });

  it.each<[string, string, object]>([
    ['admin', 'is its', top(named('ci/GitHubActions'))],
    ['admin', 'is its, whatever the case', top(named('CI/x'))],
    ['admin', 'names it beside another', top(by({ AWS: [arn('role/x'), session('assumed-role/ci/x')] }))],
    ['read', 'names those of another role', top(named('ci2/x'))],
    ['read', 'is of another account', top(by({ AWS: session('assumed-role/ci/x', '210987654321') }))],
    ['read', 'is of another account itself: a permission is needed', top(named('ci/x'), '210987654321')],
  ])('%s: %s', (access, _, one) => expect(worth({ roles: [reads, one] })).toBe(access));

  it('is followed by what may be assumed, and by a path', () => {
    const assumes = role('ci', [may('sts:AssumeRole', arn('role/top', '210987654321'))]);
    expect(worth({ roles: [assumes, top(named('ci/x'), '210987654321')] })).toBe('admin');
    const inPath = { ...reads, Arn: arn('role/teams/web/ci') };
    const found = permissionsIn([JsonDocument.parse(JSON.stringify({ RoleDetailList: [inPath, top(named('ci/x'))] }))]);
    expect(found.get(arn('role/teams/web/ci'))?.access).toBe('admin');
  });

  it('is not kept from by a boundary, nor by a denial of all but them or of one', () => {
    const limit = { PermissionsBoundary: { PermissionsBoundaryArn: arn('policy/b') } };
    const policies = [
      { Arn: arn('policy/b'), PolicyVersionList: [{ IsDefaultVersion: true, Document: may('s3:Get*') }] },
    ];
    const limited = role('ci', [may('s3:Get*')], undefined, limit);
    expect(worth({ roles: [limited, top(named('ci/x'))], policies })).toBe('admin');
    const deny = (principal: object) =>
      policy(...named('ci/x').Statement, { Effect: 'Deny', Action: 'sts:*', ...principal });
    const others = { NotPrincipal: { AWS: [session('assumed-role/ci/x'), arn('root')] } };
    expect(worth({ roles: [reads, top(deny(others))] })).toBe('admin');
    expect(worth({ roles: [reads, top(deny({ Principal: { AWS: session('assumed-role/ci/y') } }))] })).toBe('admin');
    expect(worth({ roles: [reads, top(deny({ Principal: { AWS: arn('role/ci') } }))] })).toBe('read');
  });
});

describe('what is not known of a trust policy', () => {
  it.each<[string, unknown]>([
    ['that is not there', undefined],
    ['that is no JSON', '%7B"Statement'],
    ['that IAM rejects', { ...by('x'), Nope: 1 }],
    ['of which members stand twice', '{"Version":"2012-10-17","Statement":[],"Statement":[]}'],
    [
      'with a variable',
      by({ AWS: arn('root') }, { Condition: { ArnLike: { 'aws:PrincipalArn': arn('role/${aws:PrincipalTag/x}') } } }),
    ],
  ])('%s may allow whoever may assume it', (_, trust) => {
    const top = { ...role('top', [all], trust), AssumeRolePolicyDocument: trust };
    expect(worth({ roles: [role('ci', [may('sts:AssumeRole', arn('role/top'))]), top] })).toBe('admin');
  });
});

describe('a user', () => {
  const ends = [user('root-ish', [all]), user('reader', [may('s3:Get*')])];
  it.each<[string, string, string, string]>([
    ...['CreateAccessKey', 'CreateLoginProfile', 'UpdateLoginProfile', 'CreateServiceSpecificCredential'].flatMap(
      (action): [string, string, string, string][] => [
        ['admin', 'an admin', `iam:${action}`, arn('user/root-ish')],
        ['admin', 'admins by a pattern', `iam:${action}`, arn('user/root*')],
        ['write', 'a reader', `iam:${action}`, arn('user/reader')],
        ['write', 'nobody', `iam:${action}`, arn('user/gone')],
      ],
    ),
    ['write', 'an admin in another way', 'iam:UpdateUser', arn('user/root-ish')],
    ['write', 'an admin whom it cannot become', 'iam:PutUserPolicy', arn('user/root-ish')],
  ])('%s: %s by %s of %s', (access, _, action, resource) => {
    expect(worth({ roles: [role('ci', [may(action, resource)])], users: ends })).toBe(access);
  });

  it('who may be anybody where no file tells of users', () => {
    expect(worth({ roles: [role('ci', [may('iam:CreateAccessKey', arn('user/x'))])] })).toBe('unknown');
  });

  it.each(['iam:PutUserPolicy', 'iam:AttachUserPolicy', 'iam:*Policy'])('of whom one has keys and %s', (action) => {
    const ci = role('ci', [may([action, 'iam:CreateAccessKey'], arn('user/reader'))]);
    expect(worth({ roles: [ci], users: ends })).toBe('admin');
  });

  it('whom a role names is who may make keys of that user, and so is one of a federated session', () => {
    const ci = role('ci', [may('iam:CreateAccessKey', arn('user/reader'))]);
    const users = [user('reader', [may('sts:GetFederationToken')])];
    for (const principal of [arn('user/reader'), session('federated-user/any')])
      expect(worth({ roles: [ci, role('top', [all], by({ AWS: principal }))], users })).toBe('admin');
    expect(worth({ roles: [ci, role('top', [all], by({ AWS: arn('user/x') }))], users })).toBe('write');
  });

  it('has what groups allow, together with own policies', () => {
    const ci = role('ci', [may('iam:CreateAccessKey', arn('user/reader'))]);
    const member = (more: object = {}) =>
      user('reader', [may('iam:PassRole', arn('role/top'))], { GroupList: ['makers'], ...more });
    const roles = [ci, role('top', [all], by({ Service: 'lambda.amazonaws.com' }))];
    const makers = group('makers', [may('lambda:CreateFunction')]);
    expect(worth({ roles, users: [member()], groups: [makers] })).toBe('admin');
    expect(worth({ roles, users: [member({ GroupList: [] })], groups: [makers] })).toBe('write');
    expect(worth({ roles, users: [member()], groups: [] })).toBe('unknown');
    expect(worth({ roles, users: [member({ GroupList: undefined })], groups: [makers] })).toBe('unknown');
    expect(worth({ roles, users: [member({ GroupList: [], AttachedManagedPolicies: undefined })] })).toBe('unknown');
    // As IAM prints one without inline policies.
    const bare = user('reader', [], { UserPolicyList: undefined });
    expect(worth({ roles: [ci], users: [JSON.parse(JSON.stringify(bare))] })).toBe('write');
  });

  it('may write the policies of a group of which one is a member, and be added to one', () => {
    const own = role('ci', [may(['iam:CreateAccessKey'], arn('user/*r')), may('iam:PutGroupPolicy', arn('group/g'))]);
    expect(worth({ roles: [own], users: [user('reader', [], { GroupList: ['g'] })], groups: [group('g', [])] })).toBe(
      'admin',
    );
    expect(worth({ roles: [own], users: [user('reader')], groups: [group('g', [])] })).toBe('write');
    const adds = role('ci', [may('iam:AddUserToGroup', arn('group/g'))]);
    expect(worth({ roles: [adds], groups: [group('g', [all])] })).toBe('admin');
    expect(worth({ roles: [adds], groups: [group('h', [all])] })).toBe('write');
    expect(worth({ roles: [adds] })).toBe('unknown');
  });

  it('who joins two groups has both together, and who may assume two roles has one at a time', () => {
    const [passes, makes] = [[may('iam:PassRole', arn('role/top'))], [may('lambda:CreateFunction')]];
    const top = role('top', [all], by({ Service: 'lambda.amazonaws.com' }));
    const joins = role('ci', [may('iam:AddUserToGroup', arn('group/*'))]);
    expect(worth({ roles: [joins, top], groups: [group('a', passes), group('b', makes)] })).toBe('admin');
    const assumes = role('ci', [may('sts:AssumeRole', arn('role/as-*'))]);
    const trust = by({ AWS: arn('role/ci') });
    expect(worth({ roles: [assumes, top, role('as-a', passes, trust), role('as-b', makes, trust)] })).toBe('write');
  });

  it('may make keys of its own and of nobody else', () => {
    const self = may('iam:CreateAccessKey', 'arn:aws:iam::*:user/${aws:username}');
    const ci = role('ci', [self, may('iam:CreateAccessKey', arn('user/reader'))]);
    const users = [user('reader', [self]), user('root-ish', [all])];
    expect(worth({ roles: [ci], users })).toBe('write');
  });
});

describe('what acts as a role already', () => {
  it.each(
    takingSources.flatMap(({ actions, services }) => actions.map((action) => [action, services[0] ?? ''] as const)),
  )('does what %s says, as a role of %s…', (action, service) => {
    const takes = (name: string, statement = may(action)) => [
      role('ci', [statement]),
      role('top', [all], by({ Service: `${name}amazonaws.com` })),
    ];
    expect(worth({ roles: takes(service) })).toBe('admin');
    expect(worth({ roles: takes('other.') })).toBe('write');
    expect(worth({ roles: takes(service, may(action, 'arn:aws:s3:::x')) })).toBe('write');
  });

  it.each(['*', '*.amazonaws.com'])('is of any service where the principal is %s', (Service) => {
    const top = role('top', [all], by({ Service }));
    expect(worth({ roles: [role('ci', [may('lambda:UpdateFunctionCode')]), top] })).toBe('admin');
  });

  it('is not of another account, and not beyond a boundary', () => {
    const top = role('top', [all], by({ Service: 'lambda.amazonaws.com' }));
    const ci = role('ci', [may('lambda:*')]);
    expect(worth({ roles: [ci, { ...top, Arn: arn('role/top', '210987654321') }] })).toBe('write');
    const limited = { ...ci, PermissionsBoundary: { PermissionsBoundaryArn: arn('policy/b') } };
    const policies = [{ Arn: arn('policy/b'), PolicyVersionList: [{ IsDefaultVersion: true, Document: may('s3:*') }] }];
    expect(worth({ roles: [limited, top], policies })).toBe('write');
  });
});

describe('who signs for a role', () => {
  const saml = arn('saml-provider/okta');
  const top = role(
    'top',
    [all],
    policy({ Effect: 'Allow', Principal: { Federated: saml }, Action: 'sts:AssumeRoleWithSAML' }),
  );
  it.each([
    ['admin', 'iam:UpdateSAMLProvider', saml],
    ['admin', 'iam:CreateSAMLProvider', arn('saml-provider/*')],
    ['write', 'iam:UpdateSAMLProvider', arn('saml-provider/other')],
    ['write', 'iam:DeleteSAMLProvider', saml],
  ])('%s: %s of %s', (access, action, resource) => {
    expect(worth({ roles: [role('ci', [may(action, resource)]), top] })).toBe(access);
  });
});

it('who changes something by its name signs for no role that trusts any provider', () => {
  const any = policy({ Effect: 'Allow', Principal: { Federated: '*' }, Action: 'sts:AssumeRoleWithSAML' });
  const top = role('top', [all], any);
  const groups = [group('g', [])];
  expect(worth({ roles: [role('ci', [may('iam:AddUserToGroup', arn('group/g'))]), top], groups })).toBe('write');
  expect(worth({ roles: [role('ci', [may('iam:UpdateSAMLProvider', arn('saml-provider/x'))]), top] })).toBe('admin');
});

describe('what is made anew and given policies', () => {
  const users = [user('x')];
  it.each([
    ['admin', ['iam:CreateRole', 'iam:AttachRolePolicy'], 'role/app-*'],
    ['admin', ['iam:CreateUser', 'iam:PutUserPolicy', 'iam:CreateAccessKey'], 'user/app-*'],
    ['write', ['iam:CreateUser', 'iam:PutUserPolicy'], 'user/app-*'],
    ['write', ['iam:CreateRole', 'iam:TagRole'], 'role/app-*'],
  ])('%s: %j of %s', (access, actions, of) => {
    expect(worth({ roles: [role('ci', [may(actions, arn(of))])], users })).toBe(access);
  });

  it('is what both are about', () => {
    const apart = [may('iam:CreateRole', arn('role/a-*')), may('iam:AttachRolePolicy', arn('role/b-*'))];
    expect(worth({ roles: [role('ci', apart)] })).toBe('write');
    expect(worth({ roles: [role('ci', [...apart, may('iam:PutRolePolicy', arn('role/*-x'))])] })).toBe('admin');
  });
});

describe('what no file tells of', () => {
  const assumes = (resource: string, more: object = {}) =>
    role('ci', [may('sts:AssumeRole', resource)], undefined, more);
  it.each([
    ['unknown', 'a role of another account', arn('role/x', '210987654321')],
    ['unknown', 'roles of a name in every account', 'arn:aws:iam::*:role/cdk-*'],
    ['write', 'a role that is not there', arn('role/x')],
    ['write', 'no role', 'arn:aws:s3:::x'],
  ])('%s: %s', (access, _, resource) => expect(worth({ roles: [assumes(resource)] })).toBe(access));

  it('is not reached beyond a boundary', () => {
    const limit = { PermissionsBoundary: { PermissionsBoundaryArn: arn('policy/b') } };
    const policies = (resource: string) => [
      {
        Arn: arn('policy/b'),
        PolicyVersionList: [
          {
            IsDefaultVersion: true,
            Document: policy(...may('s3:*').Statement, ...may('sts:AssumeRole', resource).Statement),
          },
        ],
      },
    ];
    const roles = [assumes('arn:aws:iam::*:role/cdk-*', limit)];
    expect(worth({ roles, policies: policies(arn('role/*')) })).toBe('write');
    expect(worth({ roles, policies: policies('*') })).toBe('unknown');
  });

  it('is told by roles without policies, which may be anything', () => {
    const other = { ...role('x', []), Arn: arn('role/x', '210987654321') };
    const bare = { Arn: other.Arn, AssumeRolePolicyDocument: by({ AWS: account }) };
    const ci = assumes(other.Arn);
    expect(worth({ roles: [ci] }, { Roles: [bare] })).toBe('unknown');
    expect(worth({ roles: [ci] }, { Role: bare })).toBe('unknown');
    const trusting = { ...other, AssumeRolePolicyDocument: by({ AWS: account }) };
    expect(worth({ roles: [ci, trusting] }, { Roles: [bare] })).toBe('write');
  });
});
