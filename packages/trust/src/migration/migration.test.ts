import { describe, expect, it } from 'vitest';
import { connectionJob } from '../job.ts';
import { migrateFederatedCredentials } from './federated-credentials.ts';
import type { Migration } from './migration.ts';
import { migrateTrustPolicy } from './trust-policy.ts';

const hub = 'token.actions.githubusercontent.com';
const arnOf = (issuer: string) => `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
const toIds: Migration = {
  ...{ kind: 'immutable-subjects', owner: 'octo', repository: 'app' },
  ...{ ownerId: '1', repositoryId: '2' },
};

const statement = (effect: string, condition: object, issuer = hub) => ({
  ...{ Effect: effect, Principal: { Federated: arnOf(issuer) } },
  ...{ Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition },
});
const policy = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements });
const onSubject = (operator: string, ...values: readonly string[]) => ({
  [operator]: { [`${hub}:sub`]: values.length === 1 ? values[0] : values },
});
const migrate = (document: object, finish = false) => migrateTrustPolicy(document, toIds, finish);
const notYet = expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining('not allowed yet') });

/** The values that a condition on the subject gets. */
function added(operator: string, value: string, version = '2012-10-17'): readonly string[] {
  const document = { ...policy(statement('Allow', onSubject(operator, value))), Version: version };
  const [{ Condition }] = migrate(document).document.Statement as [
    { Condition: Record<string, Record<string, string[]>> },
  ];
  return [Condition[operator]?.[`${hub}:sub`] ?? []].flat().slice(1);
}

describe('A pattern over a repository in its new form', () => {
  it.each([
    ['StringEquals', 'repo:octo/app:pull_request', ['repo:octo@1/app@2:pull_request']],
    ['StringLike', 'repo:octo/app:*', ['repo:octo@1/app@2:*']],
    ['StringLike', 'repo:octo/*', ['repo:octo@1/app@2', 'repo:octo@1/app@2:*']],
    ['StringLike', 'repo:octo/a*:*', ['repo:octo@1/app@2:*']],
    ['StringLike', 'repo:octo/?pp:*', ['repo:octo@1/app@2:*']],
    ['StringLike', 'repo:octo/*:pull_request', ['repo:octo@1/app@2:pull_request', 'repo:octo@1/app@2:*:pull_request']],
    [
      'StringNotLike',
      'repo:octo/*:pull_request',
      ['repo:octo@1/app@2:pull_request', 'repo:octo@1/app@2:*:pull_request'],
    ],
    ['StringEqualsIgnoreCase', 'repo:Octo/App:ref:refs/heads/Main', ['repo:octo@1/app@2:ref:refs/heads/Main']],
    ['StringEquals', 'repo:Octo/App:pull_request', ['repo:Octo@1/App@2:pull_request']],
    ['ForAnyValue:StringLike', 'repo:octo/app:ref:*', ['repo:octo@1/app@2:ref:*']],
    ['StringEquals', 'environment:production:repo:octo/app', ['environment:production:repo:octo@1/app@2']],
    ['StringLike', '*/app:environment:x', ['repo:octo@1/app@2:environment:x', '*:repo:octo@1/app@2:environment:x']],
    ['StringLike', 'repo:octo/app:environment:${aws:username}', ['repo:octo@1/app@2:environment:${aws:username}']],
    // Whatever matches both forms already, or neither.
    ['StringLike', 'repo:*', []],
    ['StringLike', '*:pull_request', []],
    ['StringLike', 'repo:octo/web:*', []],
    ['StringEquals', 'repo:octo/*', []],
    ['StringEquals', 'repo:octo/apple:pull_request', []],
    ['StringLike', 'job_workflow_ref:octo/flows/*', []],
  ])('%s %s: %j', (operator, value, expected) =>
    expect([...added(operator, value)].sort()).toEqual([...expected].sort()),
  );

  it('has variables in policies of 2012 alone', () => {
    expect(added('StringLike', 'repo:${*}/app:*', '2008-10-17')).toEqual([]);
    const document = policy(statement('Allow', onSubject('StringLike', `repo:\${${hub}:repository}:*`)));
    const { notes, notCovered, document: after } = migrate(document);
    expect({ notes, after }).toEqual({ notes: [], after: document });
    expect(notCovered).toEqual([{ where: 'Statement[0]', reason: expect.stringContaining('A variable decides') }]);
  });

  it('is found in linear time', () => {
    const value = `${'*:repo:octo/app'.repeat(3_000)}${'?'.repeat(20_000)}`;
    const { notCovered } = migrate(policy(statement('Allow', onSubject('StringLike', value))));
    expect(notCovered.length).toBeLessThan(3);
  });
});

describe('Denials hold for both forms', () => {
  const allow = statement('Allow', onSubject('StringLike', 'repo:octo/app:*'));

  it('in a statement of their own, whatever pattern covers the repository', () => {
    const { document, notCovered } = migrate(
      policy(allow, statement('Deny', onSubject('StringLike', 'repo:octo/*:pull_request'))),
    );
    expect(notCovered).toEqual([]);
    expect(JSON.stringify((document.Statement as object[])[1])).toContain('repo:octo@1/app@2:pull_request');
  });

  it('or nothing is allowed in the new form, and it is said why', () => {
    const deny = statement('Deny', onSubject('StringLike', `repo:\${${hub}:repository}:pull_request`));
    const { document, notes, notCovered } = migrate(policy(allow, deny));
    expect({ document, notes }).toEqual({ document: policy(allow, deny), notes: [] });
    expect(notCovered.map(({ where }) => where)).toEqual(['Statement[0]', 'Statement[1]']);
  });

  it('one that names the new form is reported', () => {
    const deny = statement('Deny', onSubject('StringLike', 'repo:*@*'));
    const { notCovered } = migrate(policy(allow, deny));
    expect(notCovered).toEqual([
      { where: 'Statement[1]', reason: expect.stringContaining('It denies repo:octo@1/app@2') },
    ]);
  });
});

describe('Several conditions on the subject', () => {
  it('for different jobs in the two forms are left as they are', () => {
    const one = statement('Allow', {
      ...onSubject('StringEquals', 'repo:octo/app:pull_request'),
      ...onSubject('StringLike', 'repo:octo@1/app@2:*'),
    });
    const { document, notCovered } = migrate(policy(one));
    expect(document).toEqual(policy(one));
    expect(notCovered).toHaveLength(1);
  });

  it('of an operator that compares no patterns of texts are reported', () => {
    const { notCovered } = migrate(policy(statement('Allow', onSubject('ArnLike', 'repo:octo/app:a:b:c:*'))));
    expect(notCovered).toEqual([{ where: 'Statement[0]', reason: expect.stringContaining('cannot be made to match') }]);
  });
});

describe('To finish with ids', () => {
  it('is refused where a denial names the new form', () => {
    const both = migrate(policy(statement('Allow', onSubject('StringEquals', 'repo:octo/app:pull_request')))).document;
    const deny = statement('Deny', onSubject('StringEquals', 'repo:octo@1/app@2:pull_request'));
    expect(() => migrate(policy(...(both.Statement as object[]), deny), true)).toThrow(notYet);
  });

  it('is refused where another statement allows the new form under further conditions', () => {
    const old = statement('Allow', onSubject('StringEquals', 'repo:octo/app:pull_request'));
    const renamed = statement('Allow', {
      ...onSubject('StringEquals', 'repo:octo@1/app@2:pull_request'),
      IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
    });
    expect(() => migrate(policy(old, renamed), true)).toThrow(notYet);
    const wide = statement('Allow', onSubject('StringEquals', 'repo:octo@1/app@2:pull_request'));
    expect(migrate(policy(old, wide), true).document).toEqual(policy(wide));
  });

  it('leaves what covers other repositories, and says so', () => {
    const document = policy(statement('Allow', onSubject('StringLike', 'repo:octo/*', 'repo:octo@1/app@2:*')));
    const { document: after, notCovered } = migrate(document, true);
    expect(after).toEqual(document);
    expect(notCovered[0]?.reason).toContain('repo:octo/* stays');
  });

  it('is refused where a denial does not hold for the new form', () => {
    const document = policy(
      statement('Allow', onSubject('StringLike', 'repo:octo/app:*', 'repo:octo@1/app@2:*')),
      statement('Deny', onSubject('StringLike', 'repo:octo/*:pull_request')),
    );
    expect(() => migrate(document, true)).toThrow(notYet);
  });
});

describe('From the Azure DevOps issuer', () => {
  const old = 'vstoken.dev.azure.com/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
  const tenant = 'login.microsoftonline.com/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9/v2.0';
  const subject = '/eid1/c/pub/t/x/a/y/sc/z/1';
  const toEntra: Migration = {
    ...{ kind: 'entra-issuer', oldSubject: 'sc://contoso/web/aws' },
    to: connectionJob(`https://${tenant}`, subject),
  };
  const allow = {
    Sid: 'Deploy',
    ...statement(
      'Allow',
      {
        IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
        StringEquals: {
          [`${old}:aud`]: 'api://AzureADTokenExchange',
          [`${old}:sub`]: 'sc://contoso/web/aws',
          'sts:RoleSessionName': 'deploy',
        },
        DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' },
      },
      old,
    ),
  };
  const move = (document: object, finish = false) => migrateTrustPolicy(document, toEntra, finish);

  it('every further condition holds for the new form, with azp as aud', () => {
    const { document } = move(policy(allow));
    expect((document.Statement as object[])[1]).toEqual({
      ...{ Sid: 'DeployEntraIssuer', Effect: 'Allow', Principal: { Federated: arnOf(tenant) } },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
        StringEquals: {
          'sts:RoleSessionName': 'deploy',
          [`${tenant}:aud`]: '499b84ac-1321-427f-aa17-267ca6975798',
          [`${tenant}:oaud`]: 'fb60f99c-7a34-4190-8149-302f77469936',
          [`${tenant}:sub`]: subject,
        },
        DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' },
      },
    });
    expect(move(move(policy(allow)).document).document).toEqual(document);
    expect(move(document, true).document).toEqual(policy((document.Statement as object[])[1] as object));
  });

  it('denials are carried over, and exempt the new form where they exempt the old one', () => {
    const night = statement(
      'Deny',
      { StringLike: { [`${old}:sub`]: 'sc://contoso/*' }, IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
      old,
    );
    const others = {
      ...{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' },
      Condition: { StringNotEquals: { [`${old}:sub`]: 'sc://contoso/web/aws' } },
    };
    const { document, notCovered } = move(policy(allow, night, others));
    expect(notCovered).toEqual([]);
    const [, , , nightToo, both] = document.Statement as { Condition: object }[];
    expect(nightToo?.Condition).toEqual({
      StringEquals: { [`${tenant}:sub`]: subject },
      IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
    });
    expect(both?.Condition).toEqual({
      StringNotEquals: { [`${old}:sub`]: 'sc://contoso/web/aws', [`${tenant}:sub`]: subject },
    });
  });

  it('to finish is refused where the new form is denied, or has the audience that lets nobody in', () => {
    const { Statement } = move(policy(allow)).document as { Statement: object[] };
    const deny = statement('Deny', { StringEquals: { [`${tenant}:sub`]: subject } }, tenant);
    expect(() => move(policy(...Statement, deny), true)).toThrow(notYet);
    const wrong = JSON.parse(
      JSON.stringify(Statement).replace('499b84ac-1321-427f-aa17-267ca6975798', 'fb60f99c-7a34-4190-8149-302f77469936'),
    );
    expect(() => move(policy(...wrong), true)).toThrow(notYet);
  });

  it('a pattern over several connections gets the new form of this one, and stays', () => {
    const wide = statement('Allow', { StringLike: { [`${old}:sub`]: 'sc://contoso/web/*' } }, old);
    const { document } = move(policy(wide));
    expect(document.Statement).toHaveLength(2);
    const { document: done, notCovered } = move(document, true);
    expect(done).toEqual(document);
    expect(notCovered[0]?.reason).toContain('stays allowed');
  });

  it.each([
    ['https://login.microsoftonline.com/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9/v2.0/', subject],
    ['https://login.microsoftonline.com/contoso/v2.0', subject],
    [`https://${old}`, subject],
    [`https://${tenant}`, 'sc://contoso/web/aws'],
    [`https://${tenant}`, '/eid1/${x}'],
  ])('%s with %s can match nothing, and is refused', (issuer, sub) => {
    const migration: Migration = { ...toEntra, to: connectionJob(issuer, sub) };
    const invalid = expect.objectContaining({ code: 'INPUT_INVALID' });
    expect(() => migrateTrustPolicy(policy(allow), migration, false)).toThrow(invalid);
    expect(() => migrateFederatedCredentials([], migration, true)).toThrow(invalid);
  });
});

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
});
