import { describe, expect, it } from 'vitest';
import { connectionJob } from '../job.ts';
import { migrateFederatedCredentials } from './federated-credentials.ts';
import type { Migration } from './migration.ts';

const hub = 'token.actions.githubusercontent.com';
const toIds: Migration = {
  ...{ kind: 'immutable-subjects', owner: 'octo', repository: 'app' },
  ...{ ownerId: '1', repositoryId: '2' },
};

const toEntra: Migration = {
  ...{ kind: 'entra-issuer', oldSubject: 'sc://contoso/web/aws' },
  to: connectionJob('https://login.microsoftonline.com/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9/v2.0', '/eid1/c/x'),
};
const notYet = expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining('not allowed yet') });

describe('Federated credentials', () => {
  const credential = {
    issuer: `https://${hub}`,
    subject: 'repo:octo/app:pull_request',
    audiences: ['api://AzureADTokenExchange'],
  };
  const renamed = { ...credential, subject: 'repo:octo@1/app@2:pull_request' };

  it('keep their members, and the new one has what is not an id', () => {
    const graph = { '@odata.id': 'x', id: '7', name: 'main', description: 'Nightly', ...credential };
    expect(migrateFederatedCredentials([graph], toIds, false).document).toEqual([
      graph,
      { name: 'main-immutable', description: 'Nightly', ...renamed },
    ]);
    const arm = {
      id: '/subscriptions/x',
      name: 'main',
      type: 'T',
      properties: { ...credential, more: 1 },
      systemData: {},
    };
    expect(migrateFederatedCredentials([arm], toIds, false).document).toEqual([
      arm,
      { name: 'main-immutable', type: 'T', properties: { ...renamed, more: 1 } },
    ]);
  });

  it.each([
    [undefined, 'repo-octo-app-pull_request-immutable'],
    ['x'.repeat(120), `${'x'.repeat(110)}-immutable`],
    ['- ä b', 'b-immutable'],
    ['ä', 'credential-immutable'],
  ])('called %s get the valid name %s', (name, expected) => {
    const [, added] = migrateFederatedCredentials(
      [{ ...credential, ...(name === undefined ? {} : { name }) }],
      toIds,
      false,
    ).document;
    expect(added).toMatchObject({ name: expected });
  });

  it('get names that none has', () => {
    const all = [
      { name: 'a', ...credential },
      { name: 'A-IMMUTABLE', ...credential, subject: 'repo:octo/web:pull_request' },
    ];
    expect(migrateFederatedCredentials(all, toIds, false).document[1]).toMatchObject({ name: 'a-immutable-2' });
  });

  it.each([
    { ...renamed, audiences: ['sts.amazonaws.com'] },
    { ...renamed, issuer: `https://${hub}/` },
    { ...renamed, subject: 'repo:octo@1/app@2:pull_request ' },
  ])('to finish is refused where the new one is %j', (broken) => {
    const all = [
      { name: 'old', ...credential },
      { name: 'new', ...broken },
    ];
    expect(() => migrateFederatedCredentials(all, toIds, true)).toThrow(notYet);
  });

  it('with an expression get another expression, and are left where they cover more', () => {
    const flexible = (value: string) => ({
      ...{ name: 'flexible', issuer: `https://${hub}`, subject: null, audiences: credential.audiences },
      claimsMatchingExpression: {
        value: `claims['sub'] matches '${value}' and claims['repository_owner_id'] eq '1'`,
        languageVersion: 1,
      },
    });
    const { document } = migrateFederatedCredentials([flexible('repo:octo/app:ref:*')], toIds, false);
    expect(document[1]).toMatchObject({ ...flexible('repo:octo@1/app@2:ref:*'), name: 'flexible-immutable' });
    expect(migrateFederatedCredentials(document, toIds, true).document).toEqual([document[1]]);
    const wide = migrateFederatedCredentials([flexible('repo:octo/*')], toIds, false).document;
    expect(migrateFederatedCredentials(wide, toIds, true)).toMatchObject({
      document: wide,
      notCovered: [{ where: 'flexible' }],
    });
  });

  it.each([
    ['names that Entra refuses', { name: 'a b' }, 'The name is "a b"'],
    ['short names', { name: 'ab' }, 'The name is "ab"'],
    ['long names', { name: 'x'.repeat(121) }, 'The name is'],
    ['two audiences', { audiences: [...credential.audiences, 'mine'] }, '2 audiences'],
  ])('to finish is refused for successors with %s, and nothing is added beside', (_title, broken, reason) => {
    const all = [
      { name: 'old', ...credential },
      { name: 'new', ...renamed, ...broken },
    ];
    const message = expect.stringContaining(reason);
    expect(() => migrateFederatedCredentials(all, toIds, true)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message }),
    );
    expect(migrateFederatedCredentials(all, toIds, false)).toEqual({
      ...{ document: all, notes: [], notCovered: [{ where: 'old', reason: message }] },
    });
  });

  it.each([
    ['no audience', { audiences: [] }],
    ["AWS's audience", { audiences: ['sts.amazonaws.com'] }],
    ['a pattern, which Entra compares exactly', { subject: 'repo:octo/app:ref:*' }],
    ['a branch without "ref:"', { subject: 'repo:octo/app:refs/heads/main' }],
    ['a branch by its name', { subject: 'repo:octo/app:ref:main' }],
    ['a blank at the end', { subject: 'repo:octo/app:pull_request ' }],
    ['a colon that is not escaped', { subject: 'repo:octo/app:environment:a:b' }],
  ])('that allow nobody have no successor, and are reported: %s', (_title, broken) => {
    const all = [{ name: 'old', ...credential, ...broken }];
    for (const finish of [false, true])
      expect(migrateFederatedCredentials(all, toIds, finish)).toEqual({
        ...{ document: all, notes: [], notCovered: [{ where: 'old', reason: expect.stringContaining('nobody') }] },
      });
    const connection = [{ name: 'old', ...credential, ...broken, subject: 'sc://contoso/web/aws' }];
    const [first] = migrateFederatedCredentials(connection, toEntra, false).document.slice(1);
    expect(first).toBeUndefined();
  });

  it('whose successor another one has for another audience are reported, and an expression for AWS has none', () => {
    const flexible = (name: string, pattern: string, audience: string) => ({
      ...{ name, issuer: credential.issuer, audiences: [audience] },
      claimsMatchingExpression: {
        value: `claims['sub'] matches '${pattern}' and claims['repository_owner_id'] eq '1'`,
        languageVersion: 1,
      },
    });
    const right = flexible('right', 'repo:octo/app:*', 'api://AzureADTokenExchange');
    const mine = [flexible('mine', 'repo:octo/*:*', 'mine'), right];
    expect(migrateFederatedCredentials(mine, toIds, false)).toMatchObject({
      ...{ notCovered: [{ where: 'right', reason: expect.stringContaining('for mine instead of api://') }] },
    });
    const aws = [flexible('aws', 'repo:octo/*:*', 'sts.amazonaws.com'), right];
    expect(migrateFederatedCredentials(aws, toIds, false)).toMatchObject({
      document: [...aws, flexible('right-immutable', 'repo:octo@1/app@2:*', 'api://AzureADTokenExchange')],
      notCovered: [{ where: 'aws', reason: expect.stringContaining('allows nobody') }],
    });
  });

  it('whose successor has no audience are reported: nobody is allowed by that', () => {
    const all = [
      { name: 'old', ...credential },
      { name: 'new', ...renamed, audiences: [] },
    ];
    const reason =
      '"new" has repo:octo@1/app@2:pull_request already, for nobody instead of api://AzureADTokenExchange.';
    expect(migrateFederatedCredentials(all, toIds, false)).toEqual({
      ...{ document: all, notes: [], notCovered: [{ where: 'old', reason }] },
    });
  });

  it('with an expression that nobody meets have no successor, and it is said why', () => {
    const value = "claims['sub'] matches 'repo:octo/app:*' and claims['repository_owner_id'] eq 'octo'";
    const { issuer, audiences } = credential;
    const all = [{ name: 'flexible', issuer, audiences, claimsMatchingExpression: { value, languageVersion: 1 } }];
    const reason = 'It allows nobody: No token of GitHub Actions meets StringEquals on repository_owner_id (octo).';
    expect(migrateFederatedCredentials(all, toIds, false)).toEqual({
      ...{ document: all, notes: [], notCovered: [{ where: 'flexible', reason }] },
    });
  });

  it('of another issuer with a connection for a subject have no successor', () => {
    const all = [{ name: 'old', ...credential, issuer: 'https://gitlab.com', subject: 'sc://contoso/web/aws' }];
    expect(migrateFederatedCredentials(all, toEntra, false)).toMatchObject({
      ...{ document: all, notes: ['There is nothing to do: nothing here is about it, or it is done already.'] },
    });
  });

  it.each([
    ['*a*b*c*d*e*f*g*h*i*j*k', 'more than 10 wildcards'],
    ["octo' and claims['sub'] matches 'repo:octo/app:*", 'more than once'],
    ["octo' and claims['actor'] eq 'x", 'Entra rejects its expression'],
  ])('with an expression that cannot be extended are reported: %s', (comparand, reason) => {
    const value = `claims['sub'] matches '${comparand}' and claims['repository_owner_id'] eq '1'`;
    const all = [
      {
        ...{ name: 'flexible', issuer: credential.issuer, audiences: credential.audiences },
        claimsMatchingExpression: { value, languageVersion: 1 },
      },
    ];
    expect(migrateFederatedCredentials(all, toIds, false).notCovered).toEqual([
      { where: 'flexible', reason: expect.stringContaining(reason) },
    ]);
  });

  it('get successors in the spelling of who printed them', () => {
    const [issuer, old, next] = [`https://${hub}`, credential.subject, renamed.subject];
    const [audience] = credential.audiences;
    const value = `claims['sub'] matches 'repo:octo/app:*' and claims['repository_id'] eq '2'`;
    for (const [written, added] of [
      // Get-AzADAppFederatedCredential
      [
        { Audience: [audience], Description: null, Id: '7', Issuer: issuer, Name: 'main', Subject: old, More: {} },
        { Audience: [audience], Description: null, Issuer: issuer, Name: 'main-immutable', Subject: next, More: {} },
      ],
      // Get-AzFederatedIdentityCredential
      [
        { Audience: audience, Id: '/s', Issuer: issuer, Name: 'main', Subject: old, SystemDataCreatedAt: 'x' },
        { Audience: audience, Issuer: issuer, Name: 'main-immutable', Subject: next },
      ],
      // azuread, azurerm
      [
        { application_id: '/a', audiences: [audience], display_name: 'main', credential_id: '7', issuer, subject: old },
        { application_id: '/a', audiences: [audience], display_name: 'main-immutable', issuer, subject: next },
      ],
      [
        { audience: [audience], id: '7', issuer, name: 'main', parent_id: '/p', subject: old },
        { audience: [audience], issuer, name: 'main-immutable', parent_id: '/p', subject: next },
      ],
      [
        { Name: 'main', Properties: { Issuer: issuer, Subject: old, Audiences: [audience] } },
        { Name: 'main-immutable', Properties: { Issuer: issuer, Subject: next, Audiences: [audience] } },
      ],
      [
        {
          Name: 'm',
          Issuer: issuer,
          Audiences: [audience],
          ClaimsMatchingExpression: { Value: value, LanguageVersion: 1 },
        },
        {
          ...{ Name: 'm-immutable', Issuer: issuer, Audiences: [audience] },
          ClaimsMatchingExpression: { Value: value.replace('octo/app', 'octo@1/app@2'), LanguageVersion: 1 },
        },
      ],
      [
        { display_name: 'm', issuer, audience, claims_matching_expression: value },
        {
          display_name: 'm-immutable',
          issuer,
          audience,
          claims_matching_expression: value.replace('octo/app', 'octo@1/app@2'),
        },
      ],
    ] as const) {
      expect(migrateFederatedCredentials([written], toIds, false).document).toEqual([written, added]);
      expect(migrateFederatedCredentials([written, added], toIds, true).document).toEqual([added]);
    }
  });
});
