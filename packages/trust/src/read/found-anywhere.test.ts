/**
 * Tests as well:
 * - packages/trust/src/read/arm.ts
 * - packages/trust/src/read/cloudformation.ts
 * - packages/trust/src/read/credentials-document.ts
 * - packages/trust/src/read/resemblance.ts
 * - packages/trust/src/read/resolved-length.ts
 * - packages/trust/src/read/rest.ts
 * - packages/trust/src/read/text-in-document.ts
 * - packages/trust/src/read/unresolved.ts
 */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { JsonDocument } from '../json.ts';
import { lintTrustDocument } from './lint-document.ts';
import { trustDocumentsIn } from './trust-documents.ts';

const hub = 'token.actions.githubusercontent.com';
const statement = (subject: string, action = 'sts:AssumeRoleWithWebIdentity') => ({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
  Action: action,
  Condition: { StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${hub}:sub`]: subject } },
});
const policy = (subject: string) => ({ Version: '2012-10-17', Statement: [statement(subject)] });
const credential = (subject: string) => ({
  name: 'deploy',
  issuer: `https://${hub}`,
  subject,
  audiences: ['api://AzureADTokenExchange'],
});
const tight = 'repo:octo@1/app@2:ref:refs/heads/main';
const wide = 'repo:evil@7/app@8:*';

const documentsIn = (value: unknown) => trustDocumentsIn(JsonDocument.parse(JSON.stringify(value, null, 2)));
/** The texts of what was read, and of what was said not to be. */
const read = (value: unknown) => JSON.stringify(documentsIn(value).map((one) => one.policy ?? one.credentials));
const isSaid = (value: unknown) => documentsIn(value).some(({ unresolved }) => unresolved.length > 0);
/** A policy or a credential that has something else in it as well is an error. */
const isMalformed = (value: unknown) =>
  documentsIn(value).some((one) => lintTrustDocument(one).some(({ rule }) => rule.endsWith('/malformed')));

const documents: Readonly<Record<string, unknown>> = {
  'a policy': policy(wide),
  'a policy of one statement': { ...policy(wide), Statement: statement(wide) },
  'a list of statements': [statement(wide)],
  'a statement': statement(wide),
  'a statement by any action': statement(wide, '*'),
  'a statement by a pattern of actions': statement(wide, 'sts:Assume?ole*'),
  'a credential': credential(wide),
  'a list of credentials': [credential(wide)],
  'a credential in properties': { name: 'deploy', properties: credential(wide) },
  'a capitalized one': { Name: 'deploy', Properties: { Issuer: 'https://x', Subject: wide, Audiences: ['a'] } },
};

/** A tight document that is read wherever it stands, in what is recognized as something. */
const decoys: Readonly<Record<string, object>> = {
  'a template of CloudFormation': {
    AWSTemplateFormatVersion: '2010-09-09',
    Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: policy(tight) } } },
  },
  'a template within get-template': {
    TemplateBody: {
      Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: policy(tight) } } },
    },
  },
  'an ARM template': {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    resources: [
      {
        type: 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials',
        name: 'a/deploy',
        properties: credential(tight),
      },
      { type: 'Microsoft.Graph/applications', federatedIdentityCredentials: [credential(tight)] },
    ],
  },
  'a plan': {
    format_version: '1.2',
    terraform_version: '1.9.0',
    planned_values: {
      root_module: {
        resources: [
          { address: 'aws_iam_role.a', values: { assume_role_policy: JSON.stringify(policy(tight)) } },
          {
            address: 'azuread_application_federated_identity_credential.a',
            values: { application_id: '/applications/1', ...credential(tight) },
          },
        ],
      },
    },
  },
  'a state': {
    version: 4,
    terraform_version: '1.9.0',
    resources: [
      { type: 'aws_iam_role', name: 'a', instances: [{ attributes: { assume_role_policy: policy(tight) } }] },
    ],
  },
  'a policy': policy(tight),
  'a policy of permissions': {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*', Sid: tight }],
  },
  'a credential': credential(tight),
  'a page of credentials': { value: [credential(tight)] },
  'an application': { appId: '1', federatedIdentityCredentials: [credential(tight)] },
  'a role': { RoleName: 'a', AssumeRolePolicyDocument: policy(tight) },
  nothing: {},
};

type Place = readonly (string | number)[];

/** Every object and list in a value. */
function* placesIn(value: unknown, path: Place = []): Generator<Place> {
  if (typeof value !== 'object' || value === null) return;
  yield path;
  const own = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [step, inner] of own) yield* placesIn(inner, [...path, step]);
}

/** A value with something more at a place: a member of an object, an item of a list. */
function withMore(value: unknown, [step, ...rest]: Place, name: string, more: unknown): unknown {
  if (Array.isArray(value)) {
    if (step === undefined) return [...value, more];
    return value.map((item, index) => (index === step ? withMore(item, rest, name, more) : item));
  }
  const members = value as Readonly<Record<string, unknown>>;
  if (step === undefined) return { ...members, [name]: more };
  return { ...members, [step]: withMore(members[step], rest, name, more) };
}

/** Where a value of a document stands, which nobody takes for another document. */
const isValue = (path: Place) => path.includes('Condition') || path.at(-1) === 'audiences';

const carriers: Readonly<Record<string, (value: unknown) => unknown>> = {
  'as it is': (value) => value,
  'by a name of its own': (value) => ({ deploy: value }),
  'in lists': (value) => [[[value]]],
  'in a text of JSON': (value) => JSON.stringify(value),
  'in a text of JSON in one': (value) => JSON.stringify(JSON.stringify({ deploy: value })),
  'in a text of a URL': (value) => encodeURIComponent(JSON.stringify(value)),
  'in the template of a stack set': (value) => ({
    TemplateBody: JSON.stringify({
      Resources: { Set: { Type: 'AWS::CloudFormation::StackSet', Properties: { TemplateBody: { x: value } } } },
    }),
  }),
};

describe('A wide document is read, or said not to be, beside a tight one and wherever it stands', () => {
  const all = Object.keys(decoys).flatMap((decoy) =>
    Object.keys(documents).map((document) => [decoy, document] as const),
  );
  it.each(all)('%s, %s', (decoy, document) => {
    for (const path of placesIn(decoys[decoy])) {
      if (isValue(path)) continue;
      for (const [how, carry] of Object.entries(carriers)) {
        for (const name of ['trust_policy', 'Metadata', 'variables', 'parameters', 'outputs', 'properties2']) {
          const value = withMore(decoys[decoy], path, name, carry(documents[document]));
          const shown = `${name} at /${path.join('/')} ${how}`;
          expect(read(value).includes(wide) || isSaid(value) || isMalformed(value), shown).toBe(true);
        }
      }
    }
  });
});

it('what is in no spelling that is read is said to be there', () => {
  const odd = [
    {
      data: {
        aws_iam_policy_document: {
          a: { statement: [{ actions: ['sts:AssumeRole'], principals: [{ type: 'AWS', identifiers: ['*'] }] }] },
        },
      },
    },
    { roles: [{ effect: 'allow', principals: ['*'], actions: 'sts:AssumeRole' }] },
    { roles: { a: { not_principals: ['x'], not_actions: ['s3:*'] } } },
    { a: { issuer: { url: 'https://x' }, subject: 'y', audiences: ['z'] } },
    { a: { Issuer: 'https://x', Subject: 'y', AUDIENCES: 'z' } },
    { a: { issuer: 7, claims_matching_expression: 'y', audience: ['z'] } },
    {
      script: `aws iam create-role --assume-role-policy-document '{"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"'`,
    },
    { values: 'issuer = "https://x"\nsubject = "y"\naudiences = ["z"]\n' },
  ];
  for (const value of odd) {
    const findings = documentsIn(value).flatMap((one) => lintTrustDocument(one));
    expect(
      findings.map(({ rule }) => rule),
      JSON.stringify(value),
    ).toEqual(['read/not-looked-at']);
  }
});

it('what is about something else is not', () => {
  const others = [
    {
      repositoryText: JSON.stringify({
        Version: '2008-10-17',
        Statement: [{ Effect: 'Allow', Principal: '*', Action: ['ecr:BatchGetImage'] }],
      }),
    },
    { policy: { Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] } },
    { key: { statements: [{ effect: 'Allow', principals: ['*'], actions: ['kms:*'] }] } },
    { certificate: { issuer: 'CN=x', subject: 'CN=y' } },
    { token: { iss: 'https://x', sub: 'y', aud: 'z' } },
    { identities: [{ issuer: 'https://x', subject: 'y' }] },
    { description: 'The principal of a role says who may call sts:AssumeRole.' },
    { provider: { issuer_uri: 'https://x', allowed_audiences: ['y'] } },
  ];
  for (const value of others) expect(documentsIn(value), JSON.stringify(value)).toEqual([]);
});

it.each<[string, object]>([
  ['resources', { resources: "[parameters('resources')]" }],
  ['a resource', { resources: ["[parameters('resource')]"] }],
  ['a resource by name', { resources: { a: "[variables('resource')]" } }],
  ['the type of a resource', { resources: [{ type: "[parameters('type')]", properties: {} }] }],
  ['resources of an identity', { resources: [{ type: 'x/userAssignedIdentities', resources: "[variables('r')]" }] }],
  ['resources of another one', { resources: [{ type: 'x/y', resources: ["[variables('r')]"] }] }],
  [
    'the template of a deployment',
    { resources: [{ type: 'Microsoft.Resources/deployments', properties: { template: "[variables('t')]" } }] },
  ],
  ['a deployment', { resources: [{ type: 'Microsoft.Resources/deployments', properties: "[variables('t')]" }] }],
  [
    'the credentials of an application',
    { resources: [{ type: 'Microsoft.Graph/applications@v1.0', federatedIdentityCredentials: "[variables('f')]" }] },
  ],
  ['an application', { resources: [{ type: 'Microsoft.Graph/applications@v1.0', properties: "[variables('f')]" }] }],
])('an expression of ARM in the place of %s is not known', (_title, more) => {
  const $schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
  const findings = documentsIn({ $schema, ...more }).flatMap((one) => lintTrustDocument(one));
  expect(findings.map(({ rule }) => rule)).toEqual(['read/not-checked']);
});

it.each<[unknown, boolean]>([
  [{ Name: 'AWS::Include', Parameters: { Location: 's3://a/b' } }, true],
  [['AWS::Serverless-2016-10-31', { Name: 'AWS::Include' }], true],
  ['OurMacro', true],
  [{ Ref: 'Macro' }, true],
  ['AWS::Serverless-2016-10-31', false],
  [['AWS::LanguageExtensions', 'AWS::SecretsManager-2020-07-23'], false],
])('the transform %j of a template: what it puts there is not known: %s', (Transform, isHidden) => {
  for (const Resources of [{}, { A: { Type: 'AWS::SNS::Topic' } }])
    expect(isSaid({ AWSTemplateFormatVersion: '2010-09-09', Transform, Resources })).toBe(isHidden);
});

it.each<[string, (value: unknown) => unknown]>([
  ['a condition', (value) => ({ 'Fn::If': ['A', value, { Ref: 'AWS::NoValue' }] })],
  ['a condition in one', (value) => ({ 'Fn::If': ['A', {}, { 'Fn::If': ['B', { deploy: value }, {}] }] })],
  ['a choice', (value) => ({ 'Fn::Select': [{ Ref: 'N' }, [{}, value]] })],
  ['a loop', (value) => ({ 'Fn::ForEach::R': ['N', ['a'], { R: value }] })],
  ['a function that is not known', (value) => ({ 'Fn::Invented': { x: value } })],
])('what hangs on %s is read as well', (_title, around) => {
  for (const value of Object.values(documents)) {
    for (const place of ['Metadata', 'Mappings', 'OurOwn'])
      expect(read({ ...decoys['a template of CloudFormation'], [place]: { x: around(value) } })).toContain(wide);
    const resource = { Type: 'Custom::Role', Properties: { Trust: around(value) } };
    expect(read({ Resources: { Role: resource } })).toContain(wide);
  }
});

it('a template that is one macro as a whole is not known', () => {
  expect(documentsIn({ 'Fn::Transform': { Name: 'AWS::Include' } })).toHaveLength(1);
});

const folder = fileURLToPath(new URL('../../../../test/documents', import.meta.url));
it.each(readdirSync(folder).filter((name) => !name.endsWith('.template')))('%s has each document once', (name) => {
  const found = trustDocumentsIn(JsonDocument.parseAll(readFileSync(`${folder}/${name}`, 'utf8'))[0] as JsonDocument);
  expect(found.filter(({ resembles }) => resembles !== undefined)).toEqual([]);
  const contents = found.map((one) => JSON.stringify([one.address, one.policy, one.credentials]));
  expect(new Set(contents).size).toBe(contents.length);
});
