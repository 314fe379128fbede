/**
 * Tests as well:
 * - packages/trust/src/json-nodes.ts
 * - packages/trust/src/read/cloudformation-functions.ts
 * - packages/trust/src/read/policy-document.ts
 * - packages/trust/src/read/trust-document.ts
 */

import { describe, expect, it } from 'vitest';
import { JsonDocument } from '../json.ts';
import { lintTrustDocument } from './lint-document.ts';
import { trustDocumentsIn } from './trust-documents.ts';

const hub = 'token.actions.githubusercontent.com';
const policy = (subject: unknown = 'repo:octo@1/app@2:ref:refs/heads/main', principal?: unknown) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: principal ?? `arn:aws:iam::123456789012:oidc-provider/${hub}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com', [`${hub}:sub`]: subject } },
    },
  ],
});
const credential = {
  name: 'deploy',
  issuer: `https://${hub}`,
  subject: 'repo:octo@1/app@2:ref:refs/heads/main',
  audiences: ['api://AzureADTokenExchange'],
};
const sourceOf = (value: unknown) => JsonDocument.parse(JSON.stringify(value, null, 2));
const found = (value: unknown, parameters?: Record<string, string>) => trustDocumentsIn(sourceOf(value), parameters);
const addresses = (value: unknown) => found(value).map(({ address }) => address);

describe('A policy is found', () => {
  const text = JSON.stringify(policy());
  it.each([
    ['alone', policy(), ''],
    ['its statements alone', policy().Statement, ''],
    ['in a list of policies', [policy()], '/0'],
    ['as a text of JSON', text, ''],
    ['URL-encoded', encodeURIComponent(text), ''],
    ['URL-encoded with blanks before it', encodeURIComponent(`\n ${text}`), ''],
    ['in a role', { Role: { RoleName: 'deploy', AssumeRolePolicyDocument: text } }, 'deploy'],
    [
      'in a role of PowerShell',
      { Arn: 'arn:aws:iam::1:role/x', AssumeRolePolicyDocument: text },
      'arn:aws:iam::1:role/x',
    ],
    ['in an item of AWS Config', { configuration: { arn: 'a', assumeRolePolicyDocument: text } }, 'a'],
    ['in an event of CloudTrail', { requestParameters: { roleName: 'r', assumeRolePolicyDocument: text } }, 'r'],
    ['in a stack of Pulumi', { resources: [{ outputs: { name: 'r', assumeRolePolicy: text } }] }, 'r'],
    ['in a role whose ARN is not told', { Arn: '', RoleName: 'deploy', AssumeRolePolicyDocument: text }, 'deploy'],
    ['without a name', { a: [{ AssumeRolePolicyDocument: policy() }] }, '/a/0/AssumeRolePolicyDocument'],
  ])('%s', (_title, value, address) => {
    const [document, ...more] = found(value);
    expect({ more, address: document?.address, policy: document?.policy }).toEqual({
      more: [],
      address,
      policy: policy(),
    });
  });

  it('but no policy of permissions', () => {
    const permissions = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
    expect(found({ RolePolicyList: [{ PolicyDocument: permissions }], policy: JSON.stringify(permissions) })).toEqual(
      [],
    );
    for (const value of [permissions, permissions.Statement, { ...permissions, Statement: permissions.Statement[0] }])
      expect(found(value)).toEqual([]);
  });

  it('and where it is a broken text, that is said with the place', () => {
    expect(() => found({ Role: { RoleName: 'deploy', AssumeRolePolicyDocument: '{"Version": ' } })).toThrow(
      'line 4, column 5: the policy deploy is not JSON: line 1, column 13 of its text: the text ends too early.',
    );
  });
});

it.each([
  ['%7B%', 'column 4'],
  ['%7B%0A%2', 'column 7'],
  ['%7B%C3%28', 'column 1'],
  ['\n %7Ba%zz', 'line 2, column 6'],
  ['%7Ba%ff', 'column 5'],
])('a policy that is not URL-encoded as it begins is told with its place: %j', (text, place) => {
  expect(() => found({ Role: { RoleName: 'deploy', AssumeRolePolicyDocument: text } })).toThrow(
    expect.objectContaining({
      code: 'INPUT_INVALID',
      position: { line: 4, column: 5 },
      message: expect.stringMatching(new RegExp(`the policy deploy is not URL-encoded: .*${place} of its text`)),
    }),
  );
});

describe('Federated credentials are found', () => {
  const { name, issuer, subject, audiences } = credential;
  it.each([
    ['alone', credential],
    ['in a list', [credential]],
    ['in a list of a page', { '@odata.context': 'c', value: [credential] }],
    ['in an application', { displayName: 'app', federatedIdentityCredentials: [credential] }],
    ['capitalised', [{ Name: name, Issuer: issuer, Subject: subject, Audiences: audiences }]],
    ['capitalised, of Az', { Name: name, Issuer: issuer, Subject: subject, Audience: audiences }],
    ['flattened by PowerShell', { Name: name, Issuer: issuer, Subject: subject, Audience: audiences[0] }],
  ])('%s', (_title, value) => {
    expect(found(value).map(({ credentials }) => credentials)).toEqual([[credential]]);
  });

  it('with what else they have, and in the wrapper of Azure Resource Manager', () => {
    const wrapped = { id: '/x', name, type: 't', properties: { issuer, subject, audiences } };
    expect(found({ value: [wrapped] })[0]?.credentials).toEqual([wrapped]);
    const described = { ...credential, id: '1', description: 'd' };
    expect(found([described])[0]?.credentials?.[0]).toEqual(described);
  });

  it.each([
    ['a list', (list: readonly unknown[]) => list],
    ['a page', (list: readonly unknown[]) => ({ '@odata.context': 'c', value: list })],
    ['an application', (list: readonly unknown[]) => ({ appId: '1', federatedIdentityCredentials: list, web: {} })],
    [
      'a page of one application',
      (list: readonly unknown[]) => ({ value: [{ federatedIdentityCredentials: list }, 7] }),
    ],
    ['a list of one', (list: readonly unknown[]) => [{ __proto__: null, FederatedIdentityCredentials: list }]],
  ])('with another list in the place of theirs: %s', (_title, around) => {
    const capitalised = { Name: name, Issuer: issuer, Subject: subject, Audience: audiences, Id: '1' };
    for (const written of [credential, capitalised]) {
      const [document] = found(around([written]));
      expect(document).toMatchObject({ written: [written] });
      for (const list of [[], [written], [written, credential]])
        expect(document?.enclosing?.(list)).toEqual(around(list));
    }
  });

  it('with another list in the place of one credential, of one application among several, and of what a template makes', () => {
    const [alone] = found(credential);
    expect(alone?.enclosing?.([credential])).toEqual(credential);
    expect(alone?.enclosing?.([credential, 7])).toEqual([credential, 7]);
    const applications = ['a', 'b'].map((appId) => ({ appId, federatedIdentityCredentials: [credential] }));
    const two = found({ value: applications });
    expect(two.map(({ enclosing }) => enclosing?.([]))).toEqual([
      { appId: 'a', federatedIdentityCredentials: [] },
      { appId: 'b', federatedIdentityCredentials: [] },
    ]);
    const type = 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials';
    const resource = { type, name: `id/${name}`, properties: { issuer, subject, audiences } };
    const [made] = found({
      $schema: 'https://schema.management.azure.com/x/deploymentTemplate.json#',
      resources: [resource],
    });
    expect(made?.enclosing?.([7])).toEqual([7]);
  });

  it('flexible ones too', () => {
    const expression = { value: "claims['sub'] eq 'x'", languageVersion: 1 };
    const graph = { name, issuer, subject: null, audiences, claimsMatchingExpression: expression };
    expect(found([graph])[0]?.credentials).toEqual([graph]);
    const capitalised = {
      Name: name,
      Issuer: issuer,
      Audience: audiences,
      ClaimsMatchingExpression: { Value: 'x', LanguageVersion: 1 },
    };
    expect(found(capitalised)[0]?.credentials).toEqual([
      { name, issuer, audiences, claimsMatchingExpression: { value: 'x', languageVersion: 1 } },
    ]);
    const terraform = { display_name: name, issuer, audience: audiences[0], claims_matching_expression: 'x' };
    expect(found(terraform)[0]?.credentials).toEqual([
      { name, issuer, audiences, claimsMatchingExpression: { value: 'x', languageVersion: 1 } },
    ]);
  });

  it('none in an empty list, and one that lacks something beside others', () => {
    for (const value of [[], { value: [] }, { federatedIdentityCredentials: [] }])
      expect(found(value).map(({ credentials }) => credentials)).toEqual([[]]);
    const lacking = { name: 'b', issuer, subject };
    expect(found([credential, lacking, 7])[0]?.credentials).toEqual([credential, lacking, 7]);
    expect(found([lacking])[0]?.credentials).toEqual([lacking]);
  });

  it.each([
    [{}],
    [7],
    ['x'],
    [null],
    [[{ name: 'x' }]],
    [{ issuer: 'CN=x', subject: 'CN=y' }],
    [{ value: [{ a: 1 }] }],
  ])('not in %j', (value) => expect(found(value)).toEqual([]));
});

it('says where each part stands, and what stands twice', () => {
  const text = `{"Roles": [
  {"Arn": "a", "AssumeRolePolicyDocument": {
    "Statement": {"Effect": "Allow", "Condition": {},
      "Condition": {"Bool": {}}}}}]}`;
  const [document] = trustDocumentsIn(JsonDocument.parse(text));
  expect(document?.positionOf([])).toEqual({ line: 2, column: 16 });
  expect(document?.positionOf(['Statement', 'Condition'])).toEqual({ line: 4, column: 7 });
  expect(document?.positionOf(['Statement', 0, 'Nothing'])).toEqual({ line: 3, column: 5 });
  expect(document && lintTrustDocument(document)).toContainEqual({
    ...{ rule: 'read/duplicate-member', severity: 'error', where: 'Statement.Condition' },
    ...{ message: 'It stands at line 3 and line 4.', position: { line: 4, column: 7 } },
  });
  const inText = found({ Role: { Arn: 'a', AssumeRolePolicyDocument: text.slice(text.indexOf('{\n    "S'), -3) } });
  expect(inText[0]?.duplicates.map(({ path }) => path)).toEqual([['Statement', 'Condition']]);
  expect(inText[0]?.positionOf(['Statement'])).toEqual({ line: 4, column: 5 });
});

it('is not led too deep, nor slow in what is broad', () => {
  for (const text of [`${'['.repeat(5000)}${']'.repeat(5000)}`, `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`])
    expect(() => trustDocumentsIn(JsonDocument.parse(text))).toThrow('nested deeper than 200 levels');
  const child = (depth: number): object => (depth === 0 ? {} : { child_modules: [child(depth - 1)] });
  expect(() => found({ format_version: '1.0', values: { root_module: child(500) } })).toThrow('nested deeper');
  expect(found({ Roles: Array.from({ length: 20_000 }, () => ({ Arn: 'a' })) })).toEqual([]);
});

describe('Terraform', () => {
  it('plans: what is planned, and nothing of what was', () => {
    const role = { address: 'aws_iam_role.r', values: { assume_role_policy: JSON.stringify(policy()) } };
    const plan = {
      format_version: '1.2',
      planned_values: { root_module: { child_modules: [{ resources: [role] }] } },
      prior_state: { values: { root_module: { resources: [role] } } },
      resource_changes: [{ address: 'aws_iam_role.r', change: { before: role.values, after: role.values } }],
    };
    expect(addresses(plan)).toEqual(['aws_iam_role.r']);
    expect(found({ format_version: '1.0' })).toEqual([]);
  });

  it('the configuration in JSON: expressions are not read', () => {
    const text = '${data.aws_iam_policy_document.trust.json}';
    const [document] = found({ resource: { aws_iam_role: { r: { assume_role_policy: text } } } });
    expect(document?.unresolved).toEqual([{ path: [], expression: text }]);
    expect(document && lintTrustDocument(document)).toMatchObject([{ rule: 'read/not-checked' }]);
  });
});

describe('CloudFormation', () => {
  const template = (document: unknown, more: object = {}) => ({
    ...more,
    Resources: {
      Hub: { Type: 'AWS::IAM::OIDCProvider', Properties: { Url: `https://${hub}` } },
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: document } },
    },
  });
  const account = { 'AWS::AccountId': '123456789012', 'AWS::Partition': 'aws' };
  const mapped = { Mappings: { Repositories: { eu: { name: 'octo/app' } } } };

  it.each([
    [{ Ref: 'Repository' }, 'octo/app'],
    [{ 'Fn::Sub': 'repo:${Repository}:*' }, 'repo:octo/app:*'],
    [{ 'Fn::Sub': '${!aws:username}' }, '${aws:username}'],
    [{ 'Fn::Sub': ['${A}-${Repository}', { A: { Ref: 'Repository' } }] }, 'octo/app-octo/app'],
    [{ 'Fn::Join': [':', ['repo', { Ref: 'Repository' }, '*']] }, 'repo:octo/app:*'],
    [{ 'Fn::Select': ['1', { 'Fn::Split': ['/', { Ref: 'Repository' }] }] }, 'app'],
    [{ 'Fn::FindInMap': ['Repositories', 'eu', 'name'] }, 'octo/app'],
    [[{ Ref: 'Repository' }, { Ref: 'AWS::NoValue' }], ['octo/app']],
  ])('knows what %j is', (subject, value) => {
    const [document] = found(template(policy(subject), mapped), { Repository: 'octo/app' });
    expect(document).toMatchObject({ policy: policy(value), unresolved: [], address: 'Resources.Role' });
  });

  it.each([
    [{ Ref: 'Repository' }, ['Repository']],
    [{ 'Fn::Sub': 'repo:${Owner}/${Name}:ref:refs/heads/main' }, ['Owner', 'Name']],
    [{ 'Fn::Sub': 'repo:${Other.Arn}' }, ['Other.Arn']],
    [{ 'Fn::ImportValue': 'Subject' }, ['Fn::ImportValue Subject']],
    [{ 'Fn::If': ['IsProduction', 'a', 'b'] }, ['Fn::If IsProduction.a.b']],
    [{ 'Fn::Select': [0, { 'Fn::Split': ['/', { Ref: 'Repository' }] }] }, ['Fn::Select 0']],
    [{ 'Fn::FindInMap': ['Repositories', { Ref: 'AWS::Region' }, 'name'] }, ['Fn::FindInMap Repositories.name']],
    [{ 'Fn::GetAtt': ['Other', 'Subject'] }, ['Fn::GetAtt Other.Subject']],
    [{ 'Fn::Invented': {} }, ['Fn::Invented']],
    [{ Ref: 'toString' }, ['toString']],
  ])('says that it does not know what %j is, whatever the default', (subject, expressions) => {
    const parameters = { Parameters: { Repository: { Type: 'String', Default: 'octo/app' } } };
    const [document] = found(template(policy(subject), { ...mapped, ...parameters }));
    expect(document?.unresolved.map(({ expression }) => expression)).toEqual(expressions);
    expect(document?.unresolved[0]?.path).toEqual(['Statement', 0, 'Condition', 'StringEquals', `${hub}:sub`]);
    const [note, ...others] = document ? lintTrustDocument(document) : [];
    expect({ note, others }).toMatchObject({ note: { rule: 'read/unresolved', severity: 'note' }, others: [] });
  });

  it.each([
    [{ Ref: 'Hub' }],
    [{ 'Fn::GetAtt': ['Hub', 'Arn'] }],
    [{ 'Fn::GetAtt': 'Hub.Arn' }],
    [{ 'Fn::Sub': '${Hub}' }],
    [{ 'Fn::Sub': '${Hub.Arn}' }],
  ])('knows the ARN of a provider of the template: %j', (principal) => {
    expect(found(template(policy(undefined, principal)), account)[0]?.policy).toEqual(policy());
    const [document] = found(template(policy(undefined, principal)));
    expect(document?.unresolved.map(({ expression }) => expression)).toEqual(['AWS::Partition', 'AWS::AccountId']);
  });

  it('finds what is wide whatever a parameter is', () => {
    const wide = policy();
    const [statement] = wide.Statement;
    const condition = { StringLike: { [`${hub}:sub`]: { 'Fn::Sub': 'repo:${Owner}@1/*' } } };
    const [document] = found(template({ ...wide, Statement: [{ ...statement, Condition: condition }] }));
    expect(document && lintTrustDocument(document).map(({ rule }) => rule)).toEqual([
      'read/unresolved',
      'aws/no-aud',
      'aws/wildcard-repository',
    ]);
  });

  it.each([
    ['the policy', { 'Fn::If': ['A', {}, {}] }],
    ['its statements', { Version: '2012-10-17', Statement: { Ref: 'Statements' } }],
    ['a statement', { Version: '2012-10-17', Statement: [{ 'Fn::If': ['A', {}, {}] }] }],
    ['a condition', { ...policy(), Statement: [{ ...policy().Statement[0], Condition: { Ref: 'C' } }] }],
    [
      'an operator',
      { ...policy(), Statement: [{ ...policy().Statement[0], Condition: { StringLike: { Ref: 'C' } } }] },
    ],
    ['an effect', { ...policy(), Statement: [{ ...policy().Statement[0], Effect: { Ref: 'E' } }] }],
    ['a key', { 'Fn::Sub': JSON.stringify(policy()).replace(`${hub}:sub`, '${Issuer}:sub') }],
  ])('checks nothing where %s is hidden, and says so', (_title, document) => {
    const [one] = found(template(document));
    const findings = one ? lintTrustDocument(one) : [];
    expect(findings.map(({ rule }) => rule)).toEqual(['read/not-checked']);
  });

  const role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: policy() } };
  const include = { Name: 'AWS::Include', Parameters: { Location: 's3://bucket/roles.yaml' } };
  it.each<[string, object, string]>([
    ['a loop', { Resources: { 'Fn::ForEach::Roles': ['N', ['a'], { 'Role${N}': role }] } }, 'Fn::ForEach::Roles'],
    ['what is included', { Resources: { 'Fn::Transform': include } }, 'Fn::Transform'],
    ['a resource that is included', { Resources: { Role: { 'Fn::Transform': include }, B: role } }, 'Fn::Transform'],
    [
      'properties that are included',
      { Resources: { Role: { ...role, Properties: { 'Fn::Transform': include } } } },
      'Fn::Transform',
    ],
    [
      'more properties',
      { Resources: { Role: { ...role, Properties: { ...role.Properties, 'Fn::Transform': include } } } },
      'Fn::Transform',
    ],
    [
      'a loop of properties',
      { Resources: { Role: { ...role, Properties: { 'Fn::ForEach::P': [] } } } },
      'Fn::ForEach::P',
    ],
    [
      'properties that hang on a condition',
      { Resources: { Role: { ...role, Properties: { 'Fn::If': [] } } } },
      'AssumeRolePolicyDocument',
    ],
    ['a role without any', { Resources: { Role: { Type: role.Type } } }, 'AssumeRolePolicyDocument'],
    [
      'resources that are included beside others',
      { Resources: { Role: role }, 'Fn::Transform': include },
      'Fn::Transform',
    ],
  ])('says that it does not know the policy behind %s', (_title, value, expression) => {
    const hidden = found(value).filter(({ unresolved }) => unresolved.length > 0);
    expect(hidden.map(({ unresolved }) => unresolved)).toEqual([[{ path: [], expression }]]);
    expect(hidden.flatMap((one) => lintTrustDocument(one)).map(({ rule }) => rule)).toEqual(['read/not-checked']);
  });

  it('reads what stands beside a template and is none of its sections', () => {
    const decoy = { Resources: { x: { Type: 'a::b' } } };
    const beside = { Role: { RoleName: 'deploy', AssumeRolePolicyDocument: policy() } };
    for (const value of [
      { ...beside, ...decoy },
      { TemplateBody: decoy, ...beside },
      { TemplateBody: { ...decoy, ...beside } },
    ])
      expect(found(value)).toMatchObject([{ address: 'deploy', policy: policy(), unresolved: [] }]);
  });

  it('as get-template prints it, with a policy that is a text', () => {
    const text = JSON.stringify(policy('repo:${Repository}')).replace('123456789012', '${AWS::AccountId}');
    const [document] = found({ TemplateBody: template({ 'Fn::Sub': text }) }, { ...account, Repository: 'octo/app' });
    expect(document).toMatchObject({ address: 'Resources.Role', policy: policy('repo:octo/app'), unresolved: [] });
  });
});

describe('ARM templates', () => {
  const type = 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials';
  const template = (resource: object, more: object = {}) => ({
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    resources: [resource],
    ...more,
  });
  const { name, issuer, subject, audiences } = credential;
  const own = (value: unknown) => ({ type, name: 'agents/deploy', properties: { issuer, subject: value, audiences } });

  it.each([
    ["[parameters('subject')]", 'given'],
    ["[variables('subject')]", 'varied'],
    ["[concat('repo:', parameters('subject'), ':*')]", 'repo:given:*'],
    ["[format('repo:{0}/{1}{{x}}', 'o''r', toLower('APP'))]", "repo:o'r/app{x}"],
    ["[[parameters('subject')]", "[parameters('subject')]"],
    ['[1]', '1'],
  ])('knows what %s is', (text, value) => {
    const [document] = found(template(own(text), { variables: { subject: 'varied' } }), { subject: 'given' });
    expect(document).toMatchObject({ address: name, credentials: [{ ...credential, subject: value }], unresolved: [] });
  });

  it.each([
    ["[parameters('subject')]", ["parameters('subject')"]],
    ["[format('{0}:{1}', parameters('a'), reference('b').c['d'])]", ["parameters('a')", "reference('b').c['d']"]],
    ["[if(equals(1, 2), 'a', 'b')]", ["if(equals(1, 2), 'a', 'b')"]],
    ["[variables('toString')]", ["variables('toString')"]],
    ['[a b]', ['a b']],
    [`[${'concat('.repeat(500)}]`, ['concat('.repeat(500)]],
  ])('says that it does not know what %s is', (text, expressions) => {
    const [document] = found(template(own(text)));
    expect(document?.unresolved.map(({ expression }) => expression)).toEqual(expressions);
    expect(document && lintTrustDocument(document).map(({ rule }) => rule)).toEqual(['read/unresolved']);
  });

  it.each(["[json(parameters('p'))]", "[parameters('p')]"])('says that it does not know what %s hides', (text) => {
    const [document] = found(template({ ...own(''), properties: text }));
    const expression = text.slice(1, -1);
    expect(document?.unresolved).toEqual(
      [['issuer'], ['subject'], ['audiences', 0]].map((path) => ({ path: [0, ...path], expression })),
    );
    expect(document && lintTrustDocument(document).map(({ rule }) => rule)).toContain('read/unresolved');
  });

  it('with resources by name, within an identity, and in a deployment of another template', () => {
    const child = { ...own(subject), type: 'federatedIdentityCredentials', name };
    const identity = { type: 'Microsoft.ManagedIdentity/userAssignedIdentities', resources: [child] };
    const deployment = { type: 'Microsoft.Resources/deployments', properties: { template: template(own(subject)) } };
    for (const resource of [identity, deployment])
      expect(found(template(resource)).map(({ credentials }) => credentials)).toEqual([[credential]]);
    expect(found({ ...template({}), resources: { a: own(subject) } })).toHaveLength(1);
  });

  it('of the Microsoft Graph extension of Bicep', () => {
    const graph = { ...own(subject), type: 'Microsoft.Graph/applications/federatedIdentityCredentials@v1.0' };
    const named = {
      ...graph,
      properties: { ...graph.properties, name: "[format('{0}/deploy', reference('a').uniqueName)]" },
    };
    expect(found(template(named))[0]).toMatchObject({ address: name, unresolved: [], credentials: [credential] });
  });
});
