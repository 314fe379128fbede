/**
 * Tests as well:
 * - packages/trust/src/migration/connection-move.ts
 * - packages/trust/src/migration/statement.ts
 */

import { describe, expect, it } from 'vitest';
import { connectionJob, subjectJob } from '../job.ts';
import { neverMatches } from '../never-matches.ts';
import { migrateFederatedCredentials } from './federated-credentials.ts';
import type { Migration } from './migration.ts';
import { migrateTrustPolicy } from './trust-policy.ts';

const arnOf = (issuer: string) => `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
const statement = (effect: string, condition: object, issuer: string) => ({
  ...{ Effect: effect, Principal: { Federated: arnOf(issuer) } },
  ...{ Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition },
});
const policy = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements });
const notYet = expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining('not allowed yet') });

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

  it('what is denied under a condition in both forms is denied alike: only who is always denied is reported, and it can be finished', () => {
    const night = (effect: string, operator: string, subjects: object) =>
      statement(effect, { ...subjects, [operator]: { 'aws:SourceIp': '192.0.2.0/24' } }, old);
    const ofOld = { StringEquals: { [`${old}:sub`]: 'sc://contoso/web/aws' } };
    const keptOut = [{ where: 'Statement[0]', reason: expect.stringContaining('is denied by Statement[1] and ') }];
    for (const [denials, notCovered] of [
      [[night('Deny', 'IpAddress', ofOld)], []],
      [[night('Deny', 'IpAddress', ofOld), night('Deny', 'NotIpAddress', ofOld)], keptOut],
      [[{ ...night('Deny', 'IpAddress', ofOld), Principal: '*', Action: ['sts:AssumeRoleWithWebIdentity'] }], []],
    ] as const) {
      const both = move(policy(allow, ...denials));
      expect(both.notCovered).toEqual(notCovered);
      expect(move(both.document).document).toEqual(both.document);
      const done = move(both.document, true);
      expect(done.notCovered).toEqual(
        notCovered.length === 0
          ? []
          : [{ where: 'Statement[0]', reason: expect.stringContaining('is denied by Statement[2] and Statement[4]') }],
      );
      expect(done.document.Statement).toHaveLength(1 + 2 * denials.length);
    }
    const split = ['IpAddress', 'NotIpAddress'].map((operator) => night('Deny', operator, ofOld));
    const whole = {
      ...{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' },
      Condition: { StringEquals: { [`${tenant}:sub`]: subject } },
    };
    expect(move(policy(allow, ...split, whole)).notCovered).toEqual(keptOut);
    expect(move(policy(allow, split[0] as object, whole)).notCovered).toEqual([
      { where: 'Statement[2]', reason: `It denies ${subject}, and not sc://contoso/web/aws.` },
    ]);
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
    ['aws:userid', 'StringEqualsIgnoreCase'],
    ['aws:FederatedProvider', 'ArnEquals'],
    ['AWS:UserId', 'StringLike'],
  ])('a condition on %s is about the old provider, and holds for the new one by its principal', (key, operator) => {
    const named = statement(
      'Allow',
      { StringEquals: { [`${old}:sub`]: 'sc://contoso/web/aws' }, [operator]: { [key]: arnOf(old) } },
      old,
    );
    const { document, notCovered } = move(policy(named));
    const copy = JSON.stringify((document.Statement as object[])[1]);
    expect({ notCovered, copy }).toEqual({ notCovered: [], copy: expect.not.stringContaining('vstoken') });
    expect(copy).toContain(subject);
    expect(move(document, true).document).toEqual(policy((document.Statement as object[])[1] as object));
    const others = {
      ...{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' },
      Condition: { StringNotEquals: { [key]: arnOf(old) } },
    };
    const both = move(policy(allow, others)).document.Statement as { Condition: object }[];
    expect(both[2]?.Condition).toEqual({ StringNotEquals: { [key]: arnOf(old), [`${tenant}:sub`]: subject } });
  });

  it.each(['${aws:userid}', "${AWS:FederatedProvider, 'x'}", `\${ ${old}:sub ,'x'}`])(
    'what the variable %s stands for is the old form: it is reported',
    (value) => {
      const named = statement('Allow', { StringLike: { 'sts:RoleSessionName': value } }, old);
      expect(move(policy(allow, named)).notCovered).toContainEqual({
        ...{ where: 'Statement[1]', reason: expect.stringContaining('A variable decides') },
      });
    },
  );

  it.each([
    ['IfExists', 'StringEqualsIfExists'],
    ['ForAllValues', 'ForAllValues:StringEquals'],
  ])('to finish keeps whom else a statement with %s allows', (_title, operator) => {
    const shared = (rest: object) => ({ ...allow, ...rest, Sid: 'Shared' });
    const condition = {
      [operator]: { [`${old}:sub`]: 'sc://contoso/web/aws' },
      IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
    };
    for (const [others, left] of [
      [{ Federated: [arnOf(old), arnOf('gitlab.com')] }, { Federated: [arnOf('gitlab.com')] }],
      [{ Federated: arnOf(old), AWS: '123456789012' }, { AWS: '123456789012' }],
    ] as const) {
      const { document } = move(policy(shared({ Principal: others, Condition: condition })));
      const [, copy] = document.Statement as object[];
      expect(move(document, true)).toMatchObject({
        document: policy(
          shared({ Principal: left, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
          copy as object,
        ),
        notCovered: [],
      });
    }
    const any = policy(shared({ Principal: { Federated: '*' }, Condition: condition }));
    const both = move(any).document;
    expect(move(both, true)).toMatchObject({ document: both, notCovered: [{ where: 'Statement[0]' }] });
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

describe('To the Entra issuer with an audience that its tokens do not have', () => {
  const to = (audience?: string): Migration => ({
    ...{ kind: 'entra-issuer', oldSubject: 'sc://contoso/web/aws' },
    to: connectionJob(
      'https://login.microsoftonline.com/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9/v2.0',
      '/eid1/c/x',
      audience,
    ),
  });

  it.each([
    'api://AzureADTokenExchange',
    'api://AzureADTokenExchangeUSGov',
    'sts.amazonaws.com',
    '499b84ac-1321-427f-aa17-267ca6975798',
    'FB60F99C-7A34-4190-8149-302F77469936',
  ])('%s: a policy would allow nobody, and is neither extended nor finished', (audience) => {
    const allowsNobody = expect.objectContaining({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('allow nobody'),
    });
    const old = 'vstoken.dev.azure.com/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
    const before = policy(statement('Allow', { StringEquals: { [`${old}:sub`]: 'sc://contoso/web/aws' } }, old));
    for (const finish of [false, true])
      expect(() => migrateTrustPolicy(before, to(audience), finish)).toThrow(allowsNobody);
  });

  it.each(['api://AzureADTokenExchange', 'sts.amazonaws.com'])('%s: nor is a policy written for it', (audience) => {
    const issuer = 'https://login.microsoftonline.com/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9/v2.0';
    const job = subjectJob({ issuer, subject: '/eid1/c/x', audience }, 'aws', 'sts.amazonaws.com');
    expect(neverMatches(job, 'aws')).toContain('allow nobody');
    expect(
      neverMatches(subjectJob({ issuer, subject: '/eid1/c/x' }, 'aws', 'sts.amazonaws.com'), 'aws'),
    ).toBeUndefined();
  });

  it('credentials have it as a URI', () => {
    const old = {
      ...{ name: 'old', issuer: 'https://vstoken.dev.azure.com/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d' },
      ...{ subject: 'sc://contoso/web/aws', audiences: ['api://AzureADTokenExchange'] },
    };
    for (const audience of [undefined, 'api://AzureADTokenExchange'])
      expect(migrateFederatedCredentials([old], to(audience), false).document[1]).toMatchObject({
        audiences: ['api://AzureADTokenExchange'],
      });
  });
});
