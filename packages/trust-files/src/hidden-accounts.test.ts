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
