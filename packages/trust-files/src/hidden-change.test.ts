/**
 * Tests as well:
 * - packages/trust/src/read/origin.ts
 */

import { describe, expect, it } from 'vitest';
import { accessChange } from './access-change.ts';
import { documentsIn } from './documents.ts';

const hub = 'token.actions.githubusercontent.com';
const options = { mine: [], now: 1_790_000_000 };
const trust = (subject: unknown) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${hub}:sub`]: subject } },
    },
  ],
});
const role = (document: unknown) => ({ Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: document } });
const stack = (document: unknown, more: object = {}, resources: object = {}) => ({
  ...more,
  Resources: { Role: role(document), ...resources },
});
const arm = (subject: string, more: object) => ({
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  ...more,
  resources: [
    {
      type: 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials',
      name: 'a/b',
      properties: { issuer: `https://${hub}`, subject, audiences: ['api://AzureADTokenExchange'] },
    },
  ],
});
const parameter = (Default: string) => ({
  Parameters: { Org: { Type: 'String', Default }, Other: { Type: 'String' } },
});
const mapping = (name: string) => ({ Mappings: { Orgs: { eu: { name }, us: { name } } } });
const find = { 'Fn::FindInMap': ['Orgs', { Ref: 'AWS::Region' }, 'name'] };
const custom = (Name: string) => ({ Lookup: { Type: 'Custom::Lookup', Properties: { Name } } });

const state = async (value: unknown) =>
  documentsIn([{ name: 'a.json', text: JSON.stringify(value), isOfFolder: false }]);

/** How often something is newly allowed or cannot be compared. */
async function toldOf(before: unknown, after: unknown): Promise<number> {
  const { gained, notCompared } = accessChange(await state(before), await state(after), options);
  return gained.length + notCompared.length;
}

describe('What a template hides and a change alters is compared, or said not to be', () => {
  it.each<[string, unknown, unknown]>([
    [
      'in what hangs on a condition',
      stack(trust({ 'Fn::If': ['A', { 'Fn::Sub': 'repo:octo/app:*' }, { Ref: 'B' }] })),
      stack(trust({ 'Fn::If': ['A', { 'Fn::Sub': 'repo:evil/app:*' }, { Ref: 'B' }] })),
    ],
    [
      'in a policy that does',
      stack({ 'Fn::If': ['A', trust('repo:octo/a:*'), {}] }),
      stack({ 'Fn::If': ['A', trust('*'), {}] }),
    ],
    ['in a default', stack(trust({ Ref: 'Org' }), parameter('octo')), stack(trust({ Ref: 'Org' }), parameter('evil'))],
    [
      'in a default that a text has',
      stack(trust({ 'Fn::Sub': `x\${Org}` }), parameter('octo')),
      stack(trust({ 'Fn::Sub': `x\${Org}` }), parameter('evil')),
    ],
    ['in a mapping', stack(trust(find), mapping('octo')), stack(trust(find), mapping('evil'))],
    [
      'in a condition',
      stack(trust({ 'Fn::If': ['A', 'x', 'y'] }), { Conditions: { A: { 'Fn::Equals': [1, 1] } } }),
      stack(trust({ 'Fn::If': ['A', 'x', 'y'] }), { Conditions: { A: { 'Fn::Equals': [1, 2] } } }),
    ],
    [
      'in a resource that gives a value',
      stack(trust({ 'Fn::GetAtt': 'Lookup.Name' }), {}, custom('octo')),
      stack(trust({ 'Fn::GetAtt': 'Lookup.Name' }), {}, custom('evil')),
    ],
    [
      'in a loop',
      { Resources: { 'Fn::ForEach::R': ['N', ['a'], { R: role(trust('repo:octo/a:*')) }] } },
      { Resources: { 'Fn::ForEach::R': ['N', ['a'], { R: role(trust('*')) }] } },
    ],
    [
      'in what a template includes',
      stack(trust('x'), { Transform: { Name: 'AWS::Include', Parameters: { Location: 's3://a/b' } } }),
      stack(trust('x'), { Transform: { Name: 'AWS::Include', Parameters: { Location: 's3://evil/b' } } }),
    ],
    [
      'in a parameter of ARM',
      arm("[parameters('a-b')]", { parameters: { 'a-b': { defaultValue: 'repo:octo/a:x' } } }),
      arm("[parameters('a-b')]", { parameters: { 'a-b': { defaultValue: 'repo:evil/a:x' } } }),
    ],
    [
      'in a variable of a variable of ARM',
      arm("[variables('a')]", { variables: { a: "[variables('b')]", b: "[concat('octo')]" } }),
      arm("[variables('a')]", { variables: { a: "[variables('b')]", b: "[concat('evil')]" } }),
    ],
    [
      'in a form that is not read',
      { principals: ['a'], actions: ['sts:AssumeRole'] },
      { principals: ['*'], actions: ['sts:AssumeRole'] },
    ],
    [
      'in a text that is not read',
      { a: 'Principal: a\nAction: sts:AssumeRole\n x: [' },
      { a: 'Principal: *\nAction: sts:AssumeRole\n x: [' },
    ],
  ])('%s', async (_title, before, after) => {
    expect(await toldOf(before, after)).toBeGreaterThan(0);
    expect(await toldOf(before, before)).toBe(0);
  });

  it('and a change of something else is none', async () => {
    const account = { 'Fn::Sub': `repo:octo/app:\${AWS::AccountId}` };
    const bucket = (Name: string) => ({ Bucket: { Type: 'AWS::S3::Bucket', Properties: { Name } } });
    expect(await toldOf(stack(trust(account), {}, bucket('a')), stack(trust(account), {}, bucket('b')))).toBe(0);
    const other = (Default: string) => ({ Parameters: { Other: { Type: 'String', Default } } });
    expect(await toldOf(stack(trust(account), other('a')), stack(trust(account), other('b')))).toBe(0);
  });

  it('nor is what is nested too deep ever taken for the same', async () => {
    const deep = `{"AssumeRolePolicyDocument": {"Statement": ${'['.repeat(20_000)}${']'.repeat(20_000)}}}`;
    const read = await documentsIn([{ name: 'a.json', text: deep, isOfFolder: false }]);
    expect(accessChange(read, read, options).notCompared).not.toEqual([]);
  });
});

describe('A text in a file is read', () => {
  const lines = (subject: string) => `Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Federated: "arn:aws:iam::123456789012:oidc-provider/${hub}"}
            Action: sts:AssumeRoleWithWebIdentity
            Condition: {StringLike: {"${hub}:sub": "${subject}"}}
`;
  const set = (TemplateBody: string) => ({
    Resources: { Set: { Type: 'AWS::CloudFormation::StackSet', Properties: { TemplateBody } } },
  });

  it('as YAML: the template of a stack set', async () => {
    const { documents, faults } = await state(set(lines('repo:octo/app:*')));
    expect(faults).toEqual([]);
    expect(documents.map(({ document }) => [document.address, JSON.stringify(document.policy)])).toEqual([
      ['/Resources/Set/Properties/TemplateBody Resources.Role', expect.stringContaining('repo:octo/app:*')],
    ]);
    const text = `Resources:\n  Set:\n    Type: AWS::CloudFormation::StackSet\n    Properties:\n      TemplateBody: |\n${lines('repo:octo/app:*').replaceAll(/^/gm, '        ')}`;
    const inYaml = await documentsIn([{ name: 'a.yaml', text, isOfFolder: true }]);
    expect(inYaml.documents.map(({ document }) => document.address)).toEqual([
      '/Resources/Set/Properties/TemplateBody Resources.Role',
    ]);
  });

  it('or is said not to be, where there are too many or they are too long', async () => {
    const many = await state(Array.from({ length: 30 }, (_, at) => set(lines(`repo:octo/app${at}:*`))));
    expect(many.documents).toHaveLength(30);
    expect(many.documents.filter(({ document }) => document.resembles)).toHaveLength(10);
    const long = await state(set(`${lines('x')}#${'x'.repeat(1024 * 1024)}`));
    expect(long.documents.map(({ document }) => document.resembles)).toEqual(['a trust policy']);
  });
});
