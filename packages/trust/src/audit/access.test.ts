import { describe, expect, it } from 'vitest';
import { JsonDocument } from '../json.ts';
import { type Access, accessOf, givenBy } from './access.ts';
import { beyondSources, makingActorsSources, rulingSources, takingSources } from './escalations.ts';
import { permissionsIn } from './permissions.ts';

const allow = (action: unknown, resource: unknown = '*', more: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: resource, ...more }],
});
const but = (action: unknown, resource: unknown = '*') => ({
  Statement: { Effect: 'Allow', NotAction: action, Resource: resource },
});

describe('what a policy of permissions allows, in one word', () => {
  it.each<[Access, string, object]>([
    ['admin', 'everything', allow('*')],
    ['admin', 'everything, in a list, in the form with a colon', allow(['*:*'])],
    ['admin', 'all of IAM, whatever its case', allow('IAM:*')],
    ['admin', 'to become any role', allow('sts:AssumeRole')],
    ['admin', 'all of STS', allow(['s3:GetObject', 'sts:*'])],
    ['admin', 'to become any role of an account', allow('sts:AssumeRole', 'arn:aws:iam::123456789012:role/*')],
    ['admin', 'to become any role, of all accounts', allow('sts:Assume*', ['arn:aws:s3:::x', 'arn:aws:iam::*:role/*'])],
    ['admin', 'to give itself another policy', allow('iam:PutRolePolicy')],
    ['admin', 'any role but some', allow('sts:AssumeRole', undefined, { Resource: undefined, NotResource: 'x' })],
    ['admin', 'everything but IAM: to become any role is left', but(['iam:*', 'organizations:*'])],
    ['admin', 'everything but one action of IAM', but('iam:CreateUser')],
    ['unknown', 'everything but IAM and STS: what leads to roles of other accounts is left', but(['iam:*', 'sts:*'])],
    [
      'write',
      'everything but what leads to roles',
      but(['iam:*', 'sts:*', 'sso*', 'identitystore:*', 'cognito-*', 'datazone:*', 'ssm:*']),
    ],
    ['unknown', 'to get keys of roles that no export has', allow('sso:GetRoleCredentials')],
    ['unknown', 'the same by a pattern', allow('cognito-identity:Get*')],
    [
      'read',
      'the same on a bucket alone, which has no such keys',
      allow('sso:GetRoleCredentials', 'arn:aws:s3:::octo'),
    ],
    ['admin', 'everything on all, beside a bucket', allow('*', ['arn:aws:s3:::octo', '*'])],
    [
      'admin',
      'all of IAM on a role, and on what a template names',
      allow('iam:*', ['arn:aws:iam::123456789012:role/ci', { Ref: 'Role' }]),
    ],
    [
      'write',
      'what is named as if it read, and does not by its access level',
      allow('redshift:GetClusterCredentials*'),
    ],
    ['write', 'the same by a pattern', allow('redshift:Get*')],
    ['write', 'to get a token of something else', allow('codeconnections:GetConnectionToken')],
    ['write', 'to connect to a database', allow('rds-db:connect')],
    ['write', 'what reads by its access level, and has no such name', allow('eks:AccessKubernetesApi')],
    ['read', 'a token of the same identity', allow(['ecr:GetAuthorizationToken', 'sts:GetSessionToken'])],
    ['read', 'secrets', allow('secretsmanager:GetSecretValue')],
    ['admin', 'roles of any name', allow('sts:AssumeRole', 'arn:aws:iam::123456789012:role/${aws:PrincipalTag/team}')],
    ['write', 'keys of its own', allow('iam:CreateAccessKey', 'arn:aws:iam::*:user/${aws:username}')],
    ['unknown', 'no resource', { Statement: [{ Effect: 'Allow', Action: 's3:GetObject' }] }],
    ['unknown', 'a principal', allow('s3:GetObject', '*', { Principal: '*' })],
    ['unknown', 'a version that is none', { ...allow('s3:GetObject'), Version: '2020-01-01' }],
    ['unknown', 'one statement of two is none', { Statement: [allow('s3:Get*').Statement[0], { Effect: 'allow' }] }],
    ['unknown', 'a denial that IAM rejects', { Statement: { Effect: 'Deny', Action: '*', Resource: '*', Nope: 1 } }],
    ['write', 'everything on one bucket', allow('*', 'arn:aws:s3:::octo/*')],
    ['write', 'to become one role', allow('sts:AssumeRole', 'arn:aws:iam::123456789012:role/cdk')],
    ['write', 'to become roles of a name in any account', allow('sts:AssumeRole', 'arn:aws:iam::*:role/cdk-*')],
    ['write', 'one that writes among those that read', allow(['s3:GetObject', 's3:ListBucket', 's3:PutObject'])],
    ['write', 'a wildcard before the end of the word', allow('s3:*Object')],
    ['write', 'what may be to get and to generate', allow('iam:Ge*')],
    [
      'read',
      'to read',
      allow(['s3:Get*', 'ec2:DescribeInstances', 'dynamodb:BatchGetItem', 's3:List*', 'aws-portal:ViewUsage']),
    ],
    ['read', 'to read, whatever its case', allow('S3:getobject')],
    [
      'read',
      'to read, and nothing else by a denial',
      { Statement: [...allow('s3:Get*').Statement, { Effect: 'Deny', Action: 's3:*', Resource: 'x' }] },
    ],
    ['nothing', 'a denial alone', { Statement: { Effect: 'Deny', Action: '*', Resource: '*' } }],
    ['nothing', 'everything but everything', but('*')],
    ['unknown', 'no statement', { Version: '2012-10-17' }],
    ['unknown', 'a statement of no effect', { Statement: [{ Action: 's3:GetObject', Resource: '*' }] }],
    ['unknown', 'an action that is no text', allow([7])],
  ])('%s: %s', (access, _, policy) => {
    expect(accessOf([givenBy(policy)])).toBe(access);
  });
});

it('every action that leads to more is there once, with the address of the document that says so', () => {
  const all = [...rulingSources, ...makingActorsSources, ...beyondSources];
  // What hands a role over to something may be enough where that has one already.
  for (const { source } of [...all, ...takingSources]) expect(new URL(source).protocol).toBe('https:');
  const actions = all.flatMap((one) => one.actions);
  expect(actions).toEqual([...new Set(actions)].map((one) => one.toLowerCase()));
  for (const one of rulingSources.flatMap((ruling) => ruling.actions))
    expect(accessOf([givenBy(allow(one))])).toBe('admin');
  for (const one of beyondSources.flatMap(({ actions: leading }) => leading))
    expect(accessOf([givenBy(allow(one))])).toBe('unknown');
});

describe('a role that is handed to what acts as it', () => {
  const some = 'arn:aws:iam::123456789012:role/lambda-*';
  it.each(
    makingActorsSources
      .flatMap(({ actions }) => actions)
      .flatMap((maker) => [
        ['admin', `any role, to ${maker}`, [allow(['iam:PassRole', maker])]] as const,
        ['admin', `any role, by another policy than ${maker}`, [allow('iam:Pass*'), allow(maker, 'x')]] as const,
        ['write', `some roles, to ${maker}`, [allow('iam:PassRole', some), allow(maker)]] as const,
        ['write', `none, to ${maker}`, [allow(maker)]] as const,
      ]),
  )('%s: %s', (access, _, policies) => {
    expect(accessOf(policies.map(givenBy))).toBe(access);
  });

  it('to nothing is to write', () => {
    expect(accessOf([givenBy(allow(['iam:PassRole', 's3:PutObject']))])).toBe('write');
    expect(accessOf([givenBy(allow('iam:PassRole')), givenBy(but(['iam:*', 'sts:*']))])).toBe('admin');
    expect(
      permissions({ ...inline(allow(['iam:PassRole', 'lambda:*'])), ...boundary('b') }, managed('b', allow('lambda:*')))
        ?.access,
    ).toBe('write');
  });
});

const arn = (name: string) => `arn:aws:iam::123456789012:policy/${name}`;
const managed = (name: string, ...documents: readonly unknown[]) => ({
  PolicyName: name,
  Arn: arn(name),
  PolicyVersionList: documents.map((document, index) => ({
    VersionId: `v${index + 1}`,
    Document: document,
    IsDefaultVersion: index === documents.length - 1,
  })),
});

/** What a role with these members is said to allow. */
function permissions(role: object, ...policies: readonly object[]) {
  const whole = { Arn: 'arn:aws:iam::123456789012:role/r', ...inline(), ...attached(), ...role };
  const details = { RoleDetailList: [whole], Policies: policies };
  return permissionsIn([JsonDocument.parse(JSON.stringify(details))]).get('arn:aws:iam::123456789012:role/r');
}
const inline = (...documents: readonly unknown[]) => ({
  RolePolicyList: documents.map((document) => ({ PolicyName: 'p', PolicyDocument: document })),
});
const attached = (...arns: readonly string[]) => ({
  AttachedManagedPolicies: arns.map((one) => ({ PolicyName: one, PolicyArn: one })),
});
const boundary = (name: string) => ({ PermissionsBoundary: { PermissionsBoundaryArn: arn(name) } });

describe('what the policies of a role allow together', () => {
  const read = allow('s3:Get*');
  const write = allow('s3:PutObject');
  it.each<[Access, string, object, readonly object[]]>([
    ['write', 'the widest counts', { ...inline(read), ...attached(arn('w')) }, [managed('w', write)]],
    ['read', 'the default version of a policy counts', attached(arn('w')), [managed('w', allow('*'), read)]],
    ['admin', 'AWS names it', attached('arn:aws-cn:iam::aws:policy/AdministratorAccess'), []],
    ['unknown', 'one of its own by the same name', attached(arn('AdministratorAccess')), []],
    [
      'unknown',
      'a policy is in no file',
      { ...inline(write), ...attached('arn:aws:iam::aws:policy/ReadOnlyAccess') },
      [],
    ],
    ['admin', 'what is known is all there is', { ...inline(allow('*')), ...attached(arn('x')) }, []],
    ['read', 'URL-encoded, as the API has it', inline(encodeURIComponent(JSON.stringify(read))), []],
    ['unknown', 'it is no policy', inline('%7Bnonsense'), []],
    ['nothing', 'there are none', { ...inline(), ...attached() }, []],
    [
      'nothing',
      'one denies everything',
      { ...inline(allow('*')), ...attached(arn('d')) },
      [managed('d', { Statement: [{ Effect: 'Deny', Action: ['*'], Resource: ['*'] }] })],
    ],
    [
      'admin',
      'one denies everything at times',
      { ...inline(allow('*')), ...attached(arn('d')) },
      [
        managed('d', {
          Statement: [{ Effect: 'Deny', Action: ['*'], Resource: ['*'], Condition: { Bool: { a: 'b' } } }],
        }),
      ],
    ],
    ['read', 'a boundary limits them', { ...inline(allow('*')), ...boundary('b') }, [managed('b', read)]],
    ['read', 'a boundary gives nothing', { ...inline(read), ...boundary('b') }, [managed('b', allow('*'))]],
    ['admin', 'a boundary is in no file', { ...inline(allow('*')), ...boundary('b') }, []],
  ])('%s: %s', (access, _, role, policies) => {
    expect(permissions(role, ...policies)?.access).toBe(access);
  });

  it('names what is missing', () => {
    expect(permissions(attached(arn('x'), 'arn:aws:iam::aws:policy/AdministratorAccess'))?.missing).toEqual([arn('x')]);
    expect(permissions(attached(arn('x')))).toMatchObject({
      access: 'unknown',
      unknown: [`In no file is ${arn('x')}.`],
    });
  });

  it.each([
    ['inline ones', { RolePolicyList: undefined }],
    ['attached ones', { AttachedManagedPolicies: undefined }],
    ['all of them', { RolePolicyList: undefined, AttachedManagedPolicies: undefined }],
    ['a list that is none', { RolePolicyList: 'x' }],
    ['an inline one without its document', { RolePolicyList: [{ PolicyName: 'p' }] }],
    ['an inline one that is none', { RolePolicyList: [7] }],
    ['an attached one without its name', { AttachedManagedPolicies: [{}] }],
    ['an attached one that IAM rejects', attached(arn('w'))],
    [
      'members that stand twice',
      inline('{"Statement":[],"Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}'),
    ],
  ])('is not known where the file lacks %s, and says why', (_, role) => {
    const found = permissions({ ...inline(read), ...role }, managed('w', { ...read, Nope: 1 }));
    expect(found?.access).toBe('unknown');
    expect(found?.unknown).toHaveLength(Object.keys(role).length);
    expect(permissions({ ...inline(allow('*')), ...role, ...boundary('b') }, managed('b', read))?.access).toBe('read');
  });

  it('is not known of what stands twice in the file itself', () => {
    const text = JSON.stringify({
      RoleDetailList: [{ Arn: 'arn:aws:iam::123456789012:role/r', ...inline(read), ...attached() }],
    });
    const twice = text.replace('"Action":', '"Action":"*","Action":');
    expect(permissionsIn([JsonDocument.parse(twice)]).get('arn:aws:iam::123456789012:role/r')?.access).toBe('unknown');
  });
});
