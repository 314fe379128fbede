import { inertJson } from '@fedbridge/core';
import { conditionPrefix } from '@fedbridge/issuers';
import { Expression, hclBlock, jsonencode } from './hcl.ts';
import { providerArn, type TrustedJob } from './job.ts';
import { command } from './shell.ts';
import { unsayable } from './unsayable.ts';

/** Where the documents of AWS go. */
export interface AwsPlace {
  /** Twelve digits. */
  readonly account: string;
  readonly partition: string;
  readonly role: string;
}

export interface AwsTrust {
  readonly provider: { readonly Url: string; readonly ClientIDList: readonly string[] };
  readonly trustPolicy: {
    readonly Version: '2012-10-17';
    readonly Statement: readonly [AwsTrustStatement];
  };
}

interface AwsTrustStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: { readonly Federated: string };
  readonly Action: 'sts:AssumeRoleWithWebIdentity';
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The OIDC provider and the trust policy that let a job in, and as few others as can be. */
export function awsTrust(job: TrustedJob, { account, partition }: Omit<AwsPlace, 'role'>): AwsTrust {
  const name = conditionPrefix(job.issuer);
  // A literal that looks like a variable is not one.
  const literal = (text: string) => text.replaceAll(/\$(?=\{)/g, '$${$$}');
  const claims = Object.entries(job.claims ?? {}).map(([claim, value]) => [`${name}:${claim}`, literal(value)]);
  const equal = {
    ...audienceKeys(job),
    ...(job.wider ? {} : { [`${name}:sub`]: literal(job.subject) }),
    ...Object.fromEntries(claims),
  };
  return {
    provider: { Url: job.issuer, ClientIDList: [job.azp ?? job.audience] },
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: job.wider ? 'WiderThanOneKindOfJob' : 'Fedbridge',
          Effect: 'Allow',
          Principal: { Federated: providerArn(job.issuer, account, partition) },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: equal,
            ...(job.wider ? { StringLike: { [`${name}:sub`]: literal(job.subject) } } : {}),
          },
        },
      ],
    },
  };
}

/** The audience as condition keys: where a token has `azp`, `aud` is that, and `oaud` its audience. */
export function audienceKeys({ issuer, audience, azp }: TrustedJob): Readonly<Record<string, string>> {
  const name = conditionPrefix(issuer);
  return azp === undefined ? { [`${name}:aud`]: audience } : { [`${name}:aud`]: azp, [`${name}:oaud`]: audience };
}

export type AwsFormat = 'json' | 'aws' | 'terraform' | 'cloudformation';

/** The documents as a text. */
export function formatAwsTrust(trust: AwsTrust, { role }: AwsPlace, format: AwsFormat): string {
  const { provider, trustPolicy } = trust;
  switch (format) {
    case 'json':
      return inertJson(trust, 2);
    case 'aws':
      return [
        command('aws', 'iam create-open-id-connect-provider', {
          url: provider.Url,
          'client-id-list': inertJson(provider.ClientIDList),
        }) ?? unsayable('The issuer cannot be written as a command'),
        command('aws', 'iam create-role', {
          'role-name': role,
          'assume-role-policy-document': inertJson(trustPolicy),
        }) ?? unsayable('The name of the role cannot be written as a command'),
      ].join('\n');
    case 'terraform':
      return [
        hclBlock('resource "aws_iam_openid_connect_provider" "fedbridge"', {
          url: provider.Url,
          client_id_list: provider.ClientIDList,
        }),
        '',
        hclBlock('resource "aws_iam_role" "fedbridge"', {
          name: role,
          assume_role_policy: jsonencode({
            ...trustPolicy,
            Statement: trustPolicy.Statement.map((one) => ({ ...one })),
          }),
          depends_on: [new Expression('aws_iam_openid_connect_provider.fedbridge')],
        }),
      ].join('\n');
    case 'cloudformation':
      return template(provider, role, trustPolicy);
  }
}

/** Source: AWS CloudFormation User Guide, "Get values stored in other services using dynamic references". */
function template(provider: AwsTrust['provider'], role: string, trustPolicy: AwsTrust['trustPolicy']): string {
  const text = inertJson(
    {
      AWSTemplateFormatVersion: '2010-09-09',
      Resources: {
        Provider: {
          Type: 'AWS::IAM::OIDCProvider',
          Properties: { Url: provider.Url, ClientIdList: provider.ClientIDList },
        },
        Role: {
          Type: 'AWS::IAM::Role',
          DependsOn: 'Provider',
          Properties: { RoleName: role, AssumeRolePolicyDocument: trustPolicy },
        },
      },
    },
    2,
  );
  if (!/\{\{\s*resolve\s*:/i.test(text)) return text;
  return unsayable('CloudFormation would put a secret in the place of {{resolve:…}}');
}
