/**
 * Tests as well:
 * - packages/trust/src/audit/providers.ts
 * - packages/trust/src/who/aws-principal.ts
 */

import { FedbridgeError } from '@fedbridge/core/error';
import { issuers } from '@fedbridge/issuers';
import { describe, expect, it } from 'vitest';
import { readFederatedCredential } from '../federated-credential.ts';
import type { FindingInFile } from '../finding.ts';
import { JsonDocument } from '../json.ts';
import { parseTrustPolicy } from '../policy.ts';
import { trustDocumentsIn } from '../read/trust-documents.ts';
import { parseMine } from '../who/mine.ts';
import { type Grant, grantsOfCredentials, grantsOfPolicy } from '../who/who.ts';
import { audit, type FoundDocument, reachOfEntry } from './audit.ts';
import type { AuditRuleId } from './audit-rules.ts';
import { scopes } from './dates.ts';
import { oursIn } from './organization.ts';

const hub = 'token.actions.githubusercontent.com';
const account = '123456789012';
const now = Date.parse('2026-11-26') / 1000;
const mine = [parseMine('github:octo') ?? { kind: '' }];

const allow = (
  subject: string | readonly string[],
  issuer = hub,
  audience: string | undefined = 'sts.amazonaws.com',
  of = account,
) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${of}:oidc-provider/${issuer}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringLike: { [`${issuer}:sub`]: subject },
        ...(audience === undefined ? {} : { StringEquals: { [`${issuer}:aud`]: audience } }),
      },
    },
  ],
});
const role = (name: string, trust: object, of = account) => ({
  Arn: `arn:aws:iam::${of}:role/${name}`,
  AssumeRolePolicyDocument: trust,
});

function audited(...values: readonly unknown[]) {
  const sources = values.map((value) => JsonDocument.parse(JSON.stringify(value)));
  const found = sources.flatMap((source, index) =>
    trustDocumentsIn(source).map((document) => ({ file: `${index}.json`, document })),
  );
  return audit(found, {
    ...{ sources, mine, now },
    grantsOf,
  });
}

function grantsOf({ document: { policy, credentials } }: FoundDocument): readonly Grant[] {
  if (!policy) return grantsOfCredentials(credentials.flatMap((one) => readFederatedCredential(one) ?? []));
  try {
    return grantsOfPolicy(parseTrustPolicy(policy), now);
  } catch (error) {
    throw new FedbridgeError('INPUT_INVALID', String(error));
  }
}

const reached = (...values: readonly unknown[]) =>
  audited(...values).entries.map((one) => [one.document.address.replace(/^.*\//, ''), reachOfEntry(one)]);

describe('an audit', () => {
  it('has the worst first: by who is allowed, then by what that is worth', () => {
    const of = (name: string, subject: string, actions: string) => ({
      ...role(name, allow(subject)),
      RolePolicyList: [{ PolicyDocument: { Statement: { Effect: 'Allow', Action: actions, Resource: '*' } } }],
      AttachedManagedPolicies: [],
    });
    const roles = [
      of('ours', 'repo:octo/app:*', '*'),
      of('reads', 'repo:octo*', 's3:Get*'),
      of('theirs', 'repo:acme/app:*', '*'),
      of('rules', 'repo:octo*', '*'),
      role('open', allow('repo:octo*')),
    ];
    expect(reached({ RoleDetailList: roles })).toEqual([
      ['rules', 'any account'],
      ['open', 'any account'],
      ['reads', 'any account'],
      ['theirs', 'named others'],
      ['ours', 'only mine'],
    ]);
  });

  it('has a role once that is in two exports, and both where they differ', () => {
    const [one, other] = [role('one', allow('repo:octo/app:*')), role('other', allow('repo:octo/app:*'))];
    const changed = role('other', allow('repo:acme/app:*'));
    expect(reached({ Roles: [one, other] }, { Roles: [one, changed] })).toEqual([
      ['other', 'named others'],
      ['one', 'only mine'],
      ['other', 'only mine'],
    ]);
  });

  it('has what cannot be read behind what anybody is allowed by, and before all others', () => {
    const roles = [
      role('theirs', allow('repo:acme/app:*')),
      role('broken', { ...allow('repo:octo/app:*'), Nope: 1 }),
      role('twin', { ...allow('repo:octo/app:*'), Nope: 1 }),
      role('open', allow('repo:octo*')),
    ];
    expect(reached({ Roles: roles })).toEqual([
      ['open', 'any account'],
      ['broken', undefined],
      ['twin', undefined],
      ['theirs', 'named others'],
    ]);
  });

  it('has identities of which several are alike, each with its place', () => {
    const credential = {
      name: 'main',
      issuer: `https://${hub}`,
      subject: 'repo:acme/app:pull_request',
      audiences: ['api://AzureADTokenExchange'],
    };
    const application = (name: string) => ({ displayName: name, federatedIdentityCredentials: [credential] });
    const { entries, findings } = audited({ value: [application('a'), application('b')] });
    expect(entries.map(({ document, admitted: [one], access }) => [document.address, one?.owners, access])).toEqual([
      ['a', ['acme'], 'unknown'],
      ['b', ['acme'], 'unknown'],
    ]);
    const columns = findings.filter(({ rule }) => rule === 'pull-request').map(({ column }) => column);
    expect(new Set(columns).size).toBe(2);
  });
});

it('what was not audited is in it, where there is any', () => {
  const auditing = { sources: [], mine, now, grantsOf };
  expect(audit([], auditing).gaps).toEqual([]);
  const gap: FindingInFile<AuditRuleId> = {
    ...{ rule: 'audit/incomplete', severity: 'warning', where: '', document: '', message: 'There are more.' },
    ...{ file: 'a.json', line: 1, column: 1 },
  };
  expect(audit([], { ...auditing, gaps: [gap] }).gaps).toEqual([gap]);
});

describe('the providers of an account', () => {
  const provider = (name: string, of = account) => ({ Arn: `arn:aws:iam::${of}:oidc-provider/${name}` });
  const listed = (...all: readonly object[]) => ({ OpenIDConnectProviderList: all });
  const takes = (...ids: readonly string[]) => ({ Url: hub, ClientIDList: ids });
  const wide = { Roles: [role('r', allow('repo:octo*', hub))] };
  it.each([
    ['any account', 'nothing is said of them', []],
    ['any account', 'it is there', [listed(provider(hub))]],
    ['any account', 'it is there in other letters', [listed(provider(hub.toUpperCase()))]],
    ['nobody', 'it is missing', [listed(provider('gitlab.com'))]],
    ['any account', 'those of another account are listed', [listed(provider('gitlab.com', '210987654321'))]],
    ['any account', 'it takes the audience', [listed(provider(hub)), takes('x', 'sts.amazonaws.com')]],
    ['nobody', 'it takes another audience', [listed(provider(hub)), takes('octo')]],
    ['nobody', 'it takes none', [takes()]],
    ['any account', 'its account is one of two', [listed(provider(hub), provider(hub, '210987654321')), takes('octo')]],
  ])('%s where %s', (reach, _, files) => {
    expect(reached(wide, ...files)).toEqual([['r', reach]]);
  });

  it('names those that are missing, and says when audiences are of no use', () => {
    const { entries } = audited(wide, listed(provider('gitlab.com')));
    expect(entries[0]?.missingProviders).toEqual([`arn:aws:iam::${account}:oidc-provider/${hub}`]);
    expect(audited(wide, takes('octo')).areClientIdsUnused).toBe(false);
    expect(audited(wide, { Roles: [role('s', allow('*'), '210987654321')] }, takes('octo')).areClientIdsUnused).toBe(
      true,
    );
  });
});

describe('what stops on a day', () => {
  const both = (one: ReturnType<typeof allow>, other: ReturnType<typeof allow>) => ({
    ...one,
    Statement: [...one.Statement, ...other.Statement],
  });
  const devOps = 'vstoken.dev.azure.com/00000000-0000-4000-8000-000000000001';
  it.each([
    ['2026-07-15', 'names alone', allow('repo:octo/app:*')],
    ['2026-07-15', 'an owner by its name', allow('repo:octo/*')],
    ['2026-07-15', 'a repository by its name', allow('repo:*/app:*')],
    ['2026-07-15', 'an enterprise', allow('repo:octo/app:*', `${hub}/acme`)],
    [undefined, 'ids', allow('repo:octo@65001/app@724113:*')],
    [undefined, 'names with the form of ids beside them', allow(['repo:octo/app:*', 'repo:octo@65001/app@724113:*'])],
    ['2026-07-15', 'the form of ids of another repository', allow(['repo:octo/app:*', 'repo:octo@65001/web@724113:*'])],
    ['2026-07-15', 'the form of ids of other jobs', allow(['repo:octo/app:*', 'repo:octo@65001/app@7:pull_request'])],
    [
      '2026-07-15',
      'the form of ids for another audience',
      both(allow('repo:octo/app:*'), allow('repo:octo@65001/app@724113:*', hub, 'octo')),
    ],
    [
      '2026-07-15',
      'the form of ids of an enterprise',
      both(allow('repo:octo/app:*'), allow('repo:octo@65001/app@724113:*', `${hub}/acme`)),
    ],
    [
      undefined,
      'the form of ids in another statement',
      both(allow('repo:octo/app:*'), allow('repo:octo@65001/app@724113:*')),
    ],
    [
      undefined,
      'a name that must not be',
      JSON.parse(JSON.stringify(allow('repo:octo/app:*')).replace('Like', 'NotLike')),
    ],
    [undefined, 'what takes both forms', allow('repo:octo*/app*:*')],
    [undefined, 'a server', allow('repo:octo/app:*', 'github.acme.example/_services/token')],
    [undefined, 'another issuer', allow('project_path:octo/app:*', 'gitlab.com')],
    ['2027-07-01', 'a service connection', allow('sc://contoso/web/aws', devOps, 'api://AzureADTokenExchange')],
    [undefined, 'of another cloud', allow('sc://contoso/web/aws', devOps, 'api://AzureADTokenExchangeUSGov')],
    [undefined, "a pipeline's own token", allow('p://contoso/web/release', devOps)],
    [
      undefined,
      'a denial',
      { ...allow('repo:octo/app:*'), Statement: { ...allow('repo:octo/app:*').Statement[0], Effect: 'Deny' } },
    ],
    [undefined, 'what IAM does not take', { ...allow('repo:octo/app:*'), Nope: 1 }],
  ])('%s: %s', (ends, _, trust) => {
    expect(audited(role('r', trust)).endings.map((one) => one.ends)).toEqual(ends === undefined ? [] : [ends]);
  });

  it('concerns credentials too, the first day first', () => {
    const of = (issuer: string, subject: string) => ({
      name: subject,
      issuer,
      subject,
      audiences: ['api://AzureADTokenExchange'],
    });
    const flexible = {
      name: 'flexible',
      issuer: `https://${hub}`,
      audiences: ['api://AzureADTokenExchange'],
      claimsMatchingExpression: {
        value: "claims['sub'] matches 'repo:octo/app:*' and claims['repository_id'] eq '7'",
        languageVersion: 1,
      },
    };
    const list = [
      of(`https://${devOps}`, 'sc://contoso/web/x'),
      of(`https://${hub}`, 'repo:octo/app:pull_request'),
      flexible,
    ];
    const single = { displayName: 'a', signInAudience: 'AzureADMyOrg', federatedIdentityCredentials: list };
    expect(audited(single).endings.map(({ where }) => where)).toEqual([
      'repo:octo/app:pull_request',
      'flexible',
      'sc://contoso/web/x',
    ]);
    const several = { ...single, signInAudience: 'AzureADMultipleOrgs' };
    expect(audited(several).endings.map(({ where }) => where)).toEqual(['repo:octo/app:pull_request', 'flexible']);
  });

  it('knows the scope of everything that an issuer announced', () => {
    const announced = issuers.filter(({ deprecations }) => deprecations.length > 0).map(({ title }) => title);
    expect(scopes.map(({ issuer }) => issuer.title).sort()).toEqual(announced.sort());
  });
});

describe('an organization', () => {
  const accounts = (...ids: readonly string[]) => ({
    Accounts: ids.map((id) => ({
      Id: id,
      Arn: `arn:aws:organizations::${account}:account/o-abcdef1234/${id}`,
      JoinedMethod: 'INVITED',
    })),
  });
  const byAws = (principal: string, condition: object = {}) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole', Condition: condition }],
  });
  const reachWith = (trust: object, ...ids: readonly string[]) => {
    const sources = [accounts(...ids)].map((value) => JsonDocument.parse(JSON.stringify(value)));
    const source = JsonDocument.parse(JSON.stringify(role('r', trust)));
    const found = trustDocumentsIn(source).map((document) => ({ file: 'r.json', document }));
    return audit(found, { sources, mine: oursIn(sources), now, grantsOf }).entries.map(reachOfEntry);
  };
  it.each([
    ['only mine', 'its accounts', byAws('arn:aws:iam::111111111111:root')],
    ['named others', 'another account', byAws('arn:aws:iam::333333333333:root')],
    ['only mine', 'whoever is of it', byAws('*', { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdef1234' } })],
    ['named others', 'another one', byAws('*', { StringEquals: { 'aws:PrincipalOrgID': 'o-zzzzzz9999' } })],
    [
      'only mine',
      'a service that acts for it',
      {
        ...byAws('x'),
        Statement: {
          ...byAws('x').Statement[0],
          Principal: { Service: 'sns.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '222222222222' } },
        },
      },
    ],
  ])('%s: %s', (reach, _, trust) => {
    expect(reachWith(trust, '111111111111', '222222222222')).toEqual([reach]);
  });

  it('is read from its accounts and nothing else', () => {
    const source = (value: unknown) => JsonDocument.parse(JSON.stringify(value));
    expect(oursIn([source(accounts('111111111111'))]).map(({ kind }) => kind)).toEqual(['account', 'aws-organization']);
    expect(
      oursIn([source({ Accounts: [{ Id: '111111111111' }, null, { Id: 'x', JoinedMethod: 'INVITED' }] })]),
    ).toEqual([]);
  });
});

describe('a role of which something cannot be read', () => {
  const good = role('good', allow('repo:octo/app:*'));
  const broken = (trust: unknown) => ({
    ...good,
    RoleName: 'bad',
    Arn: `arn:aws:iam::${account}:role/bad`,
    AssumeRolePolicyDocument: trust,
  });
  it.each<[string, unknown]>([
    ['no trust policy', undefined],
    ['null in its place', null],
    ['a number', 7],
    ['an object without statements', {}],
    ['a list', [allow('*').Statement]],
    ['a text that is no JSON', '{"Statement": [,]}'],
    ['a text that is not URL-encoded', '%7B%FF%22'],
    ['an empty text', ''],
    ['what IAM rejects', { ...allow('repo:octo/app:*'), Nope: 1 }],
  ])('is there, after those of anybody, and so are the others: %s', (_, trust) => {
    for (const list of ['Roles', 'RoleDetailList']) {
      const { entries, findings } = audited({ [list]: [broken(trust), good] });
      expect(entries.map((one) => [one.document.address, reachOfEntry(one)])).toEqual([
        [`arn:aws:iam::${account}:role/bad`, undefined],
        [`arn:aws:iam::${account}:role/good`, 'only mine'],
      ]);
      expect(findings.some((one) => one.document.endsWith('role/bad'))).toBe(true);
    }
  });

  it('is there without its ARN', () => {
    const bare = { RoleName: 'bad', AssumeRolePolicyDocument: null };
    for (const list of ['Roles', 'RoleDetailList'])
      expect(reached({ [list]: [bare, good] })).toEqual([
        ['bad', undefined],
        ['good', 'only mine'],
      ]);
  });

  it('is no second one where a profile of instances names it', () => {
    const profile = { InstanceProfileList: [{ Roles: [{ Arn: good.Arn, RoleName: 'good' }] }] };
    expect(reached({ RoleDetailList: [{ ...good, ...profile }] })).toEqual([['good', 'only mine']]);
  });

  it('has access that is not known where no policies are beside it, with the reason', () => {
    const [bare] = audited({ Roles: [good] }).entries;
    expect(bare).toMatchObject({
      access: 'unknown',
      unknown: ['There is no RolePolicyList beside it.', 'There is no AttachedManagedPolicies beside it.'],
    });
  });
});
