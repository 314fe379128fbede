/**
 * Tests as well:
 * - packages/trust/src/read/own-account.ts
 * - packages/trust/src/read/with-texts.ts
 */

import { FedbridgeError } from '@fedbridge/core/error';
import { lintTrustDocument, parseTrustPolicy, policyVerdict, whoIsGranted } from '@fedbridge/trust';
import { describe, expect, it } from 'vitest';
import { accessChange } from './access-change.ts';
import { type DocumentInFile, grantsIn, resolvedDocument } from './document-in-file.ts';
import { documentsIn } from './documents.ts';

const hub = 'token.actions.githubusercontent.com';
const claims = { iss: `https://${hub}`, aud: 'sts.amazonaws.com', sub: 'repo:octo/app:ref:refs/heads/main' };
const policy = (principal: unknown) => ({
  Version: '2012-10-17',
  Statement: [
    {
      ...{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRoleWithWebIdentity' },
      Condition: { StringEquals: { [`${hub}:aud`]: claims.aud, [`${hub}:sub`]: claims.sub } },
    },
  ],
});
const template = (federated: unknown, others: object = {}) => ({
  Resources: {
    ...others,
    Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: policy({ Federated: federated }) } },
  },
});
const terraform = (federated: string) => ({
  resource: { aws_iam_role: { deploy: { assume_role_policy: JSON.stringify(policy({ Federated: federated })) } } },
});
const provider = (Type: string) => ({ Provider: { Type, Properties: { Url: `https://${hub}` } } });
const account = { Ref: 'AWS::AccountId' };
const of = `oidc-provider/${hub}`;

/** How documents name the account, and what hides whose the provider is but not who signs. */
const forms: Readonly<Record<string, unknown>> = {
  'Fn::Sub': template({ 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:${of}` }),
  'Fn::Sub of the partition too': template({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:${of}` }),
  'Fn::Sub with names of its own': template({ 'Fn::Sub': [`arn:aws:iam::\${A}:${of}`, { A: account }] }),
  'Fn::Sub of a parameter': template({ 'Fn::Sub': `arn:aws:iam::\${Account}:${of}` }),
  'Fn::Join': template({ 'Fn::Join': ['', ['arn:aws:iam::', account, `:${of}`]] }),
  'Fn::Join by colons': template({ 'Fn::Join': [':', ['arn:aws:iam:', account, of]] }),
  'Fn::Join, as the CDK makes it': template({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', account, `:${of}`]],
  }),
  'a list': template([{ 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:${of}` }]),
  'Ref of the provider': template({ Ref: 'Provider' }, provider('AWS::IAM::OIDCProvider')),
  "Fn::GetAtt of the provider's ARN": template(
    { 'Fn::GetAtt': ['Provider', 'Arn'] },
    provider('AWS::IAM::OIDCProvider'),
  ),
  "Ref of the CDK's provider": template({ Ref: 'Provider' }, provider('Custom::AWSCDKOpenIdConnectProvider')),
  'Fn::FindInMap': template({
    'Fn::Sub': [`arn:aws:iam::\${A}:${of}`, { A: { 'Fn::FindInMap': ['Map', account, 'id'] } }],
  }),
  "Terraform's data source": terraform(`arn:aws:iam::\${data.aws_caller_identity.current.account_id}:${of}`),
  "Terraform's partition too": terraform(`arn:\${data.aws_partition.current.partition}:iam::\${local.account}:${of}`),
  'a policy that a program fills': policy({ Federated: `arn:aws:iam::\${account_id}:${of}` }),
  'the account itself': policy({ Federated: `arn:aws:iam::123456789012:${of}` }),
};

/** What hides who signs, or which account is allowed. */
const hiding: Readonly<Record<string, unknown>> = {
  'a parameter': template({ Ref: 'ProviderArn' }),
  'Fn::ImportValue': template({ 'Fn::ImportValue': 'provider' }),
  'a part of the issuer': template({ 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:oidc-provider/\${Issuer}` }),
  "Terraform's resource": terraform(`\${aws_iam_openid_connect_provider.github.arn}`),
  "Terraform's part of the issuer": terraform(`arn:aws:iam::123456789012:oidc-provider/\${var.issuer}`),
  'a program': policy({ Federated: `\${provider}` }),
  'the account that is allowed': policy({ AWS: `arn:aws:iam::\${account}:root` }),
};

async function read(value: unknown): Promise<DocumentInFile> {
  const { documents } = await documentsIn([{ name: 'file.json', text: JSON.stringify(value), isOfFolder: false }]);
  const [one, another] = documents;
  expect(another).toBeUndefined();
  return one as DocumentInFile;
}

describe('Whose an OIDC provider is makes no difference to who is allowed', () => {
  it.each(Object.entries(forms))('%s', async (_, value) => {
    const one = await read(value);
    const [admitted, another] = grantsIn(one, 0).map((grant) => whoIsGranted(grant, [], 0));
    expect(another).toBeUndefined();
    expect(admitted).toMatchObject({ reach: 'named others', exact: true, witness: { claims: { sub: claims.sub } } });
    expect(lintTrustDocument(one.document).map(({ rule }) => rule)).toEqual(['mutable-subject']);
    const presented = { now: 0, clientIds: undefined, isWhole: false };
    const { policy: tested } = resolvedDocument(one);
    expect(policyVerdict(parseTrustPolicy(tested), claims, presented).allowed).toBe(true);
    const deployed = await read(forms['the account itself']);
    const states = [one, deployed].map((document) => ({ documents: [document], placeOf: () => '' }));
    const [old, fresh] = states as [(typeof states)[number], (typeof states)[number]];
    expect(accessChange(old, fresh, { mine: [], now: 0 })).toEqual({ gained: [], lost: [], notCompared: [] });
  });
});

describe('Who signs makes all of it', () => {
  it.each(Object.entries(hiding))('%s', async (_, value) => {
    const one = await read(value);
    for (const ask of [() => grantsIn(one, 0), () => resolvedDocument(one)]) {
      expect(ask).toThrow(FedbridgeError);
      expect(ask).toThrow('the file does not tell what');
    }
    const rules = lintTrustDocument(one.document).map(({ rule }) => rule);
    expect(rules.filter((rule) => rule !== 'aws/wrong-action')).toEqual(['read/unresolved']);
  });
});

const allowing = (principal: unknown, condition: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', Condition: condition }],
});
const role = (principal: unknown, condition: object = {}) => ({
  Resources: {
    Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: allowing(principal, condition) } },
  },
});
const caller = `\${data.aws_caller_identity.current.account_id}`;
const byTerraform = (arn: string) => ({
  resource: { aws_iam_role: { deploy: { assume_role_policy: JSON.stringify(allowing({ AWS: arn })) } } },
});
const root = { 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:root` };

/** How documents name the account that the role itself is in. */
const own: Readonly<Record<string, unknown>> = {
  'Fn::Sub': role({ AWS: root }),
  'Fn::Sub in a list': role({ AWS: [root] }),
  'Fn::Sub with names of its own': role({ AWS: { 'Fn::Sub': [`arn:aws:iam::\${A}:root`, { A: account }] } }),
  'Fn::Sub of the partition too': role({ AWS: { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:root` } }),
  'Fn::Join, as the CDK makes it': role({
    AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', account, ':root']] },
  }),
  'a role': role({ AWS: { 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:role/deploy` } }),
  'the account alone': role({ AWS: account }),
  "Terraform's data source": byTerraform(`arn:aws:iam::${caller}:root`),
  "Terraform's partition too": byTerraform(`arn:\${data.aws_partition.current.partition}:iam::${caller}:root`),
  "Terraform's account alone": byTerraform(caller),
  'a policy that a program fills': allowing({ AWS: `arn:aws:iam::\${AWS::AccountId}:root` }),
  'everybody, by the account': role({ AWS: '*' }, { StringEquals: { 'aws:PrincipalAccount': account } }),
  'everybody, by the ARN': role(
    { AWS: '*' },
    { ArnLike: { 'aws:PrincipalArn': { 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:role/*` } } },
  ),
  "a role's own, which is known": {
    Role: { Arn: 'arn:aws:iam::123456789012:role/deploy', AssumeRolePolicyDocument: allowing({ AWS: '123456789012' }) },
  },
  'a service for the account': role(
    { Service: 'sns.amazonaws.com' },
    { StringEquals: { 'aws:SourceAccount': account } },
  ),
};

describe('The account of a template is the account of its roles', () => {
  it.each(Object.entries(own))('%s', async (_, value) => {
    const one = await read(value);
    const [admitted, another] = grantsIn(one, 0).map((grant) => whoIsGranted(grant, [], 0));
    expect(another).toBeUndefined();
    expect(admitted).toMatchObject({ reach: 'only mine', exact: true, unread: [], owners: [] });
    expect(lintTrustDocument(one.document)).toEqual([]);
  });

  it.each([
    ['another account', role({ AWS: [root, 'arn:aws:iam::999999999999:root'] }), 'named others', ['999999999999']],
    [
      'another account by the partition',
      role({ AWS: { 'Fn::Sub': `arn:\${AWS::Partition}:iam::999999999999:root` } }),
      'named others',
      ['999999999999'],
    ],
    ['everybody', role({ AWS: [root, '*'] }), 'any account', []],
  ])('which keeps out nobody else: %s', async (_, value, reach, owners) => {
    const [admitted] = grantsIn(await read(value), 0).map((grant) => whoIsGranted(grant, [], 0));
    expect(admitted).toMatchObject({ reach, owners });
  });

  it.each([
    ['a parameter', role({ AWS: { 'Fn::Sub': `arn:aws:iam::\${Account}:root` } })],
    [
      'a mapping',
      role({ AWS: { 'Fn::Join': ['', ['arn:aws:iam::', { 'Fn::FindInMap': ['Map', account, 'id'] }, ':root']] } }),
    ],
    ['a part of a name', role({ AWS: { 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:role/\${Name}` } })],
    ['the account as a part of another text', role({ AWS: { 'Fn::Sub': `arn:aws:iam::1\${AWS::AccountId}:root` } })],
    [
      'a source that may be of another provider',
      byTerraform(`arn:aws:iam::\${data.aws_caller_identity.peer.account_id}:root`),
    ],
  ])('which is not %s', async (_, value) => {
    const one = await read(value);
    expect(() => grantsIn(one, 0)).toThrow('the file does not tell what');
    expect(lintTrustDocument(one.document).map(({ rule }) => rule)).toEqual(['read/unresolved']);
  });
});
