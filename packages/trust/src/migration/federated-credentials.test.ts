import { describe, expect, it } from 'vitest';
import { migrateFederatedCredentials } from './federated-credentials.ts';
import type { Migration } from './migration.ts';

const hub = 'token.actions.githubusercontent.com';
const toIds: Migration = {
  ...{ kind: 'immutable-subjects', owner: 'octo', repository: 'app' },
  ...{ ownerId: '1', repositoryId: '2' },
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
});
