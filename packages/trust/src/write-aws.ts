import { FedbridgeError } from '@fedbridge/core/error';
import { inertJson } from '@fedbridge/core/inert';
import { conditionPrefix, loginPrincipal } from '@fedbridge/issuers';
import { Expression, hclBlock, jsonencode } from './hcl.ts';
import { federatedPrincipal, type TrustedJob } from './job.ts';
import { command, commented } from './shell.ts';
import { unsayable } from './unsayable.ts';

/** Where the documents of AWS go. */
export interface AwsPlace {
  /** Twelve digits. */
  readonly account: string;
  readonly partition: string;
  readonly role: string;
}

/** An OIDC provider and a trust policy, as IAM takes them. */
export interface AwsTrust {
  /** Undefined for an issuer that IAM knows by itself. A provider needs no thumbprints since July 2024. */
  readonly provider?: { readonly Url: string; readonly ClientIDList: readonly string[] };
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

/** The OIDC provider and the trust policy that allow a job, and as few others as can be. */
export function awsTrust(job: TrustedJob, { account, partition }: Omit<AwsPlace, 'role'>): AwsTrust {
  const { issuer, subject, pieces, claims = {}, wider } = job;
  const name = conditionPrefix(issuer);
  const tested = Object.entries(claims).map(([claim, value]) => [`${name}:${claim}`, literal(value)]);
  const equal = {
    ...audienceKeys(job),
    ...(pieces ? {} : { [`${name}:sub`]: literal(subject) }),
    ...Object.fromEntries(tested),
  };
  return {
    ...(loginPrincipal(issuer) ? {} : { provider: { Url: issuer, ClientIDList: [job.azp ?? job.audience] } }),
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: wider ? 'WiderThanOneKindOfJob' : 'Fedbridge',
          Effect: 'Allow',
          Principal: { Federated: federatedPrincipal(issuer, account, partition) },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: equal,
            ...(pieces ? { StringLike: { [`${name}:sub`]: pieces.map(literalInPattern).join('*') } } : {}),
          },
        },
      ],
    },
  };
}

/** What looks like a variable is not one. Source: IAM User Guide, "Policy variables", special characters. */
const literal = (text: string) => text.replaceAll(/\$(?=\{)/g, '$${$$}');
const literalInPattern = (text: string) => text.replaceAll(/\$(?=\{)|[*?]/g, (one) => `\${${one}}`);

/** The audience as condition keys: where a token has `azp`, `aud` is that, and `oaud` its audience. */
export function audienceKeys({ issuer, audience, azp }: TrustedJob): Readonly<Record<string, string>> {
  const name = conditionPrefix(issuer);
  return azp === undefined ? { [`${name}:aud`]: audience } : { [`${name}:aud`]: azp, [`${name}:oaud`]: audience };
}

/** Source: IAM API Reference, "CreateRole". @throws FedbridgeError `INPUT_INVALID` */
export function parseRoleName(text: string): string {
  if (/^[\w+=,.@-]{1,64}$/.test(text)) return text;
  throw new FedbridgeError('INPUT_INVALID', 'The name of a role has 1 to 64 letters, digits and +=,.@-_');
}

/** What the documents of AWS are written as. */
export type AwsFormat = 'json' | 'aws' | 'terraform' | 'cloudformation';

/** The documents as a text. @throws FedbridgeError `INPUT_INVALID` for a value that the format cannot hold as what it is */
export function formatAwsTrust(trust: AwsTrust, { role }: AwsPlace, format: AwsFormat): string {
  switch (format) {
    case 'json':
      return inertJson(trust, 2);
    case 'aws':
      return commands(trust, role);
    case 'terraform':
      return terraform(trust, role);
    case 'cloudformation':
      return template(trust, role);
  }
}

/** What creates both and, as comments, what changes those that are there: a role has one trust policy, which is replaced as a whole. */
function commands({ provider, trustPolicy }: AwsTrust, role: string): string {
  const [{ Principal }] = trustPolicy.Statement;
  const ofIssuer = 'The issuer or an audience cannot be written as a command';
  const ofRole = 'The name of the role or a claim cannot be written as a command';
  const added = provider?.ClientIDList.map((id) => addClientId(Principal.Federated, id) ?? unsayable(ofIssuer));
  const document = inertJson(trustPolicy);
  return [
    ...(provider
      ? [
          command('aws', 'iam create-open-id-connect-provider', {
            ...{ url: provider.Url, 'client-id-list': inertJson(provider.ClientIDList) },
          }) ?? unsayable(ofIssuer),
        ]
      : []),
    command('aws', 'iam create-role', { 'role-name': role, 'assume-role-policy-document': document }) ??
      unsayable(ofRole),
    ...(added ? [commented('Where the provider is there already, in the place of the first:', added)] : []),
    commented(
      'Where the role is there already: this replaces its whole trust policy. To keep what that has, add the statement to it instead.',
      [
        command('aws', 'iam update-assume-role-policy', { 'role-name': role, 'policy-document': document }) ??
          unsayable(ofRole),
      ],
    ),
  ].join('\n');
}

/**
 * The command that adds an audience to a provider. One that is an address is in JSON, since version 1 of the AWS CLI would read what is
 * there; undefined where it cannot be written.
 */
export function addClientId(arn: string, id: string): string | undefined {
  const words = 'iam add-client-id-to-open-id-connect-provider';
  return (
    command('aws', words, { 'open-id-connect-provider-arn': arn, 'client-id': id }) ??
    command('aws', words, { 'cli-input-json': inertJson({ OpenIDConnectProviderArn: arn, ClientID: id }) })
  );
}

function terraform({ provider, trustPolicy }: AwsTrust, role: string): string {
  return [
    ...(provider
      ? [
          hclBlock('resource "aws_iam_openid_connect_provider" "fedbridge"', {
            url: provider.Url,
            client_id_list: provider.ClientIDList,
          }),
          '',
        ]
      : []),
    hclBlock('resource "aws_iam_role" "fedbridge"', {
      name: role,
      assume_role_policy: jsonencode({
        ...trustPolicy,
        Statement: trustPolicy.Statement.map((one) => ({ ...one })),
      }),
      ...(provider ? { depends_on: [new Expression('aws_iam_openid_connect_provider.fedbridge')] } : {}),
    }),
  ].join('\n');
}

/** Source: AWS CloudFormation User Guide, "Get values stored in other services using dynamic references". */
function template({ provider, trustPolicy }: AwsTrust, role: string): string {
  const text = inertJson(
    {
      AWSTemplateFormatVersion: '2010-09-09',
      Resources: {
        ...(provider
          ? {
              Provider: {
                Type: 'AWS::IAM::OIDCProvider',
                Properties: { Url: provider.Url, ClientIdList: provider.ClientIDList },
              },
            }
          : {}),
        Role: {
          Type: 'AWS::IAM::Role',
          ...(provider ? { DependsOn: 'Provider' } : {}),
          Properties: { RoleName: role, AssumeRolePolicyDocument: trustPolicy },
        },
      },
    },
    2,
  );
  if (!/\{\{\s*resolve\s*:/i.test(text)) return text;
  return unsayable('CloudFormation would put a secret in the place of {{resolve:…}}');
}
