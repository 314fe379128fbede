/**
 * Tests as well:
 * - packages/trust/src/variables.ts
 * - packages/trust/src/who/atoms.ts
 * - packages/trust/src/who/candidates.ts
 * - packages/trust/src/who/claim-texts.ts
 * - packages/trust/src/who/ground.ts
 * - packages/trust/src/who/lists.ts
 * - packages/trust/src/who/machine.ts
 * - packages/trust/src/who/name-blind.ts
 * - packages/trust/src/who/ours.ts
 * - packages/trust/src/who/readers.ts
 * - packages/trust/src/who/request.ts
 * - packages/trust/src/who/spelled.ts
 * - packages/trust/src/who/text-machine.ts
 * - packages/trust/src/who/token-graph.ts
 * - packages/trust/src/who/tokens.ts
 */

import { describe, expect, test } from 'vitest';
import { parseTrustPolicy } from '../policy.ts';
import { policyVerdict } from '../verdict.ts';
import { type Mine, parseMine } from './mine.ts';
import { whoAssumes } from './who.ts';

const now = 1_790_000_000;
const hub = 'token.actions.githubusercontent.com';
const lab = 'gitlab.com';
const own = 'oidc.corp.example';
const tenant = '1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9';
const entra = `login.microsoftonline.com/${tenant}/v2.0`;
const organization = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const devOps = `vstoken.dev.azure.com/${organization}`;
const cluster = 'oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
const logins = ['www.amazon.com', 'graph.facebook.com', 'accounts.google.com'];

const statement = (issuer: string, Condition: object = {}, Effect = 'Allow', account = '123456789012') => ({
  Effect,
  Principal: { Federated: logins.includes(issuer) ? issuer : `arn:aws:iam::${account}:oidc-provider/${issuer}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition,
});
const denial = (issuer: string, condition: object) => statement(issuer, condition, 'Deny');
const keys = (issuer: string, claims: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(claims).map(([claim, value]) => [`${issuer}:${claim}`, value]));
const policyOf = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
const whole = (at: number) => ({ iat: at, nbf: at, exp: at + 300 });

const ofHub = {
  iss: `https://${hub}`,
  aud: 'sts.amazonaws.com',
  sub: 'repo:evil/app:ref:refs/heads/main',
  repository: 'evil/app',
  repository_id: '99',
  repository_owner: 'evil',
  repository_owner_id: '98',
  ref: 'refs/heads/main',
};
const tokenOf = (issuer: string, claims: object) => ({ iss: `https://${issuer}`, aud: 'a', ...claims });

const ofLab = tokenOf(lab, { sub: 'project_path:acme/app:ref_type:branch:ref:main', namespace_id: '7' });

interface Case {
  readonly policy: object;
  readonly token: object;
  readonly request?: Readonly<Record<string, string>>;
  readonly mine?: readonly string[];
  readonly at?: number;
}

const atFile = 'evil/app/.github/workflows/deploy@2.yml@refs/heads/main';
const dynamic = 'evil/app/dynamic/pages/pages-build-deployment@refs/heads/main';
const noon = Date.parse('2027-01-01T00:00:00Z') / 1000;
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+,.@-';

const cases: Readonly<Record<string, Case>> = {
  'a denial for any of the values, of which an empty one is none': {
    policy: policyOf(statement(own), denial(own, { 'ForAnyValue:StringLike': keys(own, { sub: '*' }) })),
    token: tokenOf(own, { sub: '' }),
  },
  'a condition on all of the values, of which there is none but an empty one': {
    policy: policyOf(
      statement(own, {
        'ForAllValues:StringEquals': keys(own, { sub: 'x' }),
        'ForAllValues:ArnLike': keys(own, { sub: 'arn:*:*:*:*:*' }),
        StringEquals: keys(own, { sub: '' }),
      }),
    ),
    token: tokenOf(own, { sub: '' }),
  },
  "a session that is named after the provider's account": {
    policy: policyOf(statement(hub, { StringEquals: { 'sts:RoleSessionName': '${aws:PrincipalAccount}' } })),
    token: ofHub,
    request: { 'sts:RoleSessionName': '123456789012' },
  },
  "a denial of sessions that are not named after the provider's account": {
    policy: policyOf(
      statement(hub),
      denial(hub, { StringNotEquals: { 'sts:RoleSessionName': '${aws:PrincipalAccount}' } }),
    ),
    token: ofHub,
    request: { 'sts:RoleSessionName': '123456789012' },
  },
  'the one letter of a session that is left': {
    policy: policyOf(
      statement(own, { StringNotLike: { 'sts:RoleSessionName': [...letters].map((one) => `*${one}*`) } }),
    ),
    token: tokenOf(own, { sub: 'x' }),
    request: { 'sts:RoleSessionName': '==' },
  },
  'a token that names its roles': {
    policy: policyOf(statement(own, { Bool: { 'sts:RoleAuthorizedByIdp': 'true' } })),
    token: tokenOf(own, { sub: 'x', 'https://aws.amazon.com/roles': 'arn:aws:iam::123456789012:role/x' }),
  },
  'a moment between two': {
    policy: policyOf(
      statement(hub, {
        DateGreaterThan: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' },
        DateLessThan: { 'aws:CurrentTime': '2027-01-01T00:00:01Z' },
      }),
    ),
    token: { ...ofHub, ...whole(noon) },
    at: noon + 0.5,
  },
  'a number between two of different conditions': {
    policy: policyOf(
      statement(hub, {
        NumericGreaterThan: { 'aws:MultiFactorAuthAge': '5' },
        NumericLessThan: { 'aws:MultiFactorAuthAge': '6' },
      }),
    ),
    token: ofHub,
    request: { 'aws:MultiFactorAuthAge': '5.5' },
  },
  'a number that is written with an exponent elsewhere': {
    policy: policyOf(statement(hub, { NumericGreaterThan: { 'aws:MultiFactorAuthAge': '1000000000000000000000' } })),
    token: ofHub,
    request: { 'aws:MultiFactorAuthAge': '2000000000000000000000' },
  },
  "a provider of the role's account beside one of another": {
    policy: policyOf(
      statement(hub, { StringEquals: { 'aws:PrincipalAccount': '210987654321' } }),
      statement(hub, { StringEquals: { 'aws:PrincipalAccount': '210987654321' } }, 'Allow', '210987654321'),
    ),
    token: ofHub,
  },
  'an address of mail, which anybody sets at Entra': {
    policy: policyOf(statement(entra, { StringLike: keys(entra, { email: '*@contoso.com' }) })),
    token: tokenOf(entra, { sub: '2c3d4e5f-6071-4829-93a4-b5c6d7e8f901', email: 'a@contoso.com' }),
  },
  'several addresses of mail, of which one is asked for twice': {
    policy: policyOf(
      statement(own, {
        'ForAnyValue:StringEquals': keys(own, { email: 'a@x.example' }),
        'ForAnyValue:StringLike': keys(own, { email: 'b@*' }),
      }),
    ),
    token: tokenOf(own, { sub: 'x', email: ['a@x.example', 'b@x.example'] }),
  },
  'how a user of Entra signed in': {
    policy: policyOf(statement(entra, { 'ForAnyValue:StringEquals': keys(entra, { amr: 'pwd' }) })),
    token: tokenOf(entra, { sub: '2c3d4e5f-6071-4829-93a4-b5c6d7e8f901', amr: ['pwd', 'mfa'] }),
  },
  'a connection whose subject names another tenant': {
    policy: policyOf(statement(entra, { StringLike: keys(entra, { sub: '/eid1/c/pub/t/ryoDyMTcKECuK4H0rABmEg/*' }) })),
    token: tokenOf(entra, {
      sub: `/eid1/c/pub/t/ryoDyMTcKECuK4H0rABmEg/a/rISbSSETf0KqFyZ8ppdXmA/sc/${organization}/${tenant}`,
    }),
  },
  'whoever signs in to an application of Amazon': {
    policy: policyOf(statement('www.amazon.com', { StringEquals: keys('www.amazon.com', { app_id: 'amzn1.a' }) })),
    token: tokenOf('www.amazon.com', { sub: 'x', app_id: 'amzn1.a' }),
  },
  'a user of Facebook': {
    policy: policyOf(statement('graph.facebook.com', { StringEquals: keys('graph.facebook.com', { id: '4711' }) })),
    token: tokenOf('graph.facebook.com', { sub: 'x', app_id: '1', id: '4711' }),
  },
  'a subject of a form that was not seen of a shared service': {
    policy: policyOf(
      statement('api.pulumi.com/oidc', { StringLike: keys('api.pulumi.com/oidc', { sub: 'pulumi:insights:*' }) }),
    ),
    token: tokenOf('api.pulumi.com/oidc', { sub: 'pulumi:insights:org:evil' }),
  },
  'a claim of GitLab that is empty': {
    policy: policyOf(statement('gitlab.com', { StringEquals: keys('gitlab.com', { user_email: '' }) })),
    token: tokenOf('gitlab.com', { sub: 'project_path:evil/x:ref_type:branch:ref:main', user_email: '' }),
  },
  'a pull request, of which the subject says nothing else': {
    policy: policyOf(statement(hub, { StringEquals: keys(hub, { sub: 'pull_request' }) })),
    token: { ...ofHub, sub: 'pull_request' },
  },
  'a pull request, which stands before its owner': {
    policy: policyOf(statement(hub, { StringLike: keys(hub, { sub: 'actor:*:pull_request:repository_owner:*' }) })),
    token: { ...ofHub, sub: 'actor:evil:pull_request:repository_owner:evil' },
  },
  'a deployment of a commit': {
    policy: policyOf(statement(hub, { StringEquals: keys(hub, { ref: '' }) })),
    token: { ...ofHub, ref: '', sub: 'repo:evil/app:ref:' },
  },
  'a workflow whose file has an @ in its name': {
    policy: policyOf(statement(hub, { StringEquals: keys(hub, { job_workflow_ref: atFile }) })),
    token: { ...ofHub, job_workflow_ref: atFile },
  },
  'a workflow that GitHub runs and that has no file': {
    policy: policyOf(statement(hub, { StringEquals: keys(hub, { job_workflow_ref: dynamic }) })),
    token: { ...ofHub, job_workflow_ref: dynamic },
  },
  'a colon that an old server writes as it is': {
    policy: policyOf(
      statement('github.example.com/_services/token', {
        StringEquals: keys('github.example.com/_services/token', { sub: 'repo:evil/app:environment:a:b' }),
      }),
    ),
    token: tokenOf('github.example.com/_services/token', { sub: 'repo:evil/app:environment:a:b' }),
  },
  'an owner of our name and another id, which is named': {
    policy: policyOf(
      statement(hub, {
        StringLike: keys(hub, { sub: 'repo:octo/*' }),
        StringEquals: keys(hub, { repository_owner_id: '99' }),
      }),
    ),
    token: { ...ofHub, sub: 'repo:octo/app:pull_request', repository_owner_id: '99' },
    mine: ['github:octo@65001'],
  },
  'an owner of our name and another id in one of the subjects': {
    policy: policyOf(
      statement(hub, { StringLike: keys(hub, { sub: ['repo:octo@65001/app@7:*', 'repo:octo@99/app@7:*'] }) }),
    ),
    token: { ...ofHub, sub: 'repo:octo@99/app@7:pull_request', repository_owner_id: '99' },
    mine: ['github:octo@65001'],
  },
  'an owner of our name whom a denial of our own id leaves': {
    policy: policyOf(
      statement(hub, { StringLike: keys(hub, { sub: 'repo:octo/*' }) }),
      denial(hub, {
        StringEquals: keys(hub, { repository_owner_id: '65001' }),
        StringLike: keys(hub, { ref: '*' }),
      }),
    ),
    token: { ...ofHub, sub: 'repo:octo/app:pull_request', repository_owner_id: '99' },
    mine: ['github:octo@65001'],
  },
  'a repository of our name and another id': {
    policy: policyOf(
      statement(hub, {
        StringLike: keys(hub, { sub: 'repo:octo/app:*' }),
        StringEquals: keys(hub, { repository_id: '80' }),
      }),
    ),
    token: { ...ofHub, sub: 'repo:octo/app:pull_request', repository_owner_id: '65001', repository_id: '80' },
    mine: ['github:octo@65001/app@79'],
  },
  'a group of our name and another id': {
    policy: policyOf(
      statement(lab, {
        StringEquals: keys(lab, { sub: 'project_path:acme/app:ref_type:branch:ref:main', namespace_id: '7' }),
      }),
    ),
    token: ofLab,
    mine: ['gitlab:acme@5'],
  },
  'a group of our name and any id but ours': {
    policy: policyOf(
      statement(lab, {
        StringLike: keys(lab, { sub: 'project_path:acme/*' }),
        StringNotEquals: keys(lab, { namespace_id: '5' }),
      }),
    ),
    token: ofLab,
    mine: ['gitlab:acme@5'],
  },
  'a project of our name in a group of our name and another id': {
    policy: policyOf(
      statement(lab, {
        StringLike: keys(lab, { sub: 'project_path:acme/app:*' }),
        StringEquals: keys(lab, { namespace_id: '7' }),
      }),
    ),
    token: ofLab,
    mine: ['gitlab:acme@5/app'],
  },
  'an organization of that name at Terraform': {
    policy: policyOf(
      statement('app.terraform.io', { StringLike: keys('app.terraform.io', { sub: 'organization:contoso:*' }) }),
    ),
    token: tokenOf('app.terraform.io', { sub: 'organization:contoso:project:p:workspace:w:run_phase:apply' }),
    mine: ['azure-pipelines:contoso', 'terraform-cloud-eu:contoso'],
  },
  'an organization of that name at Terraform in Europe': {
    policy: policyOf(
      statement('app.eu.terraform.io', { StringLike: keys('app.eu.terraform.io', { sub: 'organization:acme:*' }) }),
    ),
    token: tokenOf('app.eu.terraform.io', { sub: 'organization:acme:project:p:workspace:w:run_phase:apply' }),
    mine: ['terraform-cloud:acme'],
  },
  'a service account that is called like our account': {
    policy: policyOf(statement(cluster, { StringLike: keys(cluster, { sub: '*:123456789012' }) })),
    token: tokenOf(cluster, { sub: 'system:serviceaccount:x:123456789012' }),
    mine: ['account:123456789012'],
  },
  'an organization of our name and another id': {
    policy: policyOf(statement(devOps, { StringLike: keys(devOps, { sub: 'sc://contoso/*' }) })),
    token: tokenOf(devOps, { sub: 'sc://contoso/web/prod' }),
    mine: [`azure-pipelines:contoso@${tenant}`],
  },
  'another project of our organization': {
    policy: policyOf(statement(devOps, { StringLike: keys(devOps, { sub: 'sc://contoso/other/*' }) })),
    token: tokenOf(devOps, { sub: 'sc://contoso/other/prod' }),
    mine: [`azure-pipelines:contoso@${organization}/web`],
  },
};

describe('a stranger who is allowed', () => {
  test.each(Object.entries(cases))('is never said to be kept out: %s', (_, { policy, token, request, mine, at }) => {
    const read = parseTrustPolicy(policy);
    const presented = { now: at ?? now, isWhole: true };
    expect(policyVerdict(read, { ...whole(now), ...token }, presented, request)).toMatchObject({ allowed: true });
    const ours = (mine ?? []).map((text) => parseMine(text) as Mine);
    const reaches = whoAssumes(read, ours, now).map(({ reach }) => reach);
    expect(reaches).toContainEqual(expect.stringMatching(/^(named others|any account)$/));
  });

  test('may have several values where we look at one', () => {
    const tags = (operator: string, values: string) => ({ [operator]: { 'aws:TagKeys': values } });
    const policy = policyOf(
      statement(hub, tags('ForAnyValue:StringEquals', 'a')),
      denial(hub, tags('ForAllValues:StringEquals', 'a')),
    );
    expect(whoAssumes(parseTrustPolicy(policy), [], now)).toMatchObject([{ reach: 'any account', exact: false }]);
  });

  test.each([
    [
      'a denial of all who are not a role',
      denial(hub, { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/*' } }),
    ],
    ['a denial of all without an external id', denial(hub, { Null: { 'sts:ExternalId': 'true' } })],
  ])('is none, since no web identity has what is asked for: %s', (_, one) => {
    expect(whoAssumes(parseTrustPolicy(policyOf(statement(hub), one)), [], now)).toMatchObject([
      { reach: 'nobody', exact: true },
    ]);
  });

  test('is told by an id where the name is ours', () => {
    const policy = policyOf(statement(hub, { StringLike: keys(hub, { sub: 'repo:octo@99/app@7:*' }) }));
    expect(whoAssumes(parseTrustPolicy(policy), [parseMine('github:octo@65001') as Mine], now)).toMatchObject([
      { reach: 'named others', owners: ['@99'], exact: true },
    ]);
  });

  test('is named once, however his name may be spelled', () => {
    const subject = 'repo:AcmeCorporation/app:ref:refs/heads/main';
    const policy = policyOf(statement(hub, { StringEqualsIgnoreCase: keys(hub, { sub: subject }) }));
    expect(whoAssumes(parseTrustPolicy(policy), [], now)).toMatchObject([
      { reach: 'named others', owners: ['acmecorporation'], exact: true },
    ]);
  });
});

describe('one of ours', () => {
  test.each([
    ['by the name, of which the policy knows no id', { StringLike: { sub: 'repo:octo/*' } }],
    ['by the name, whatever the id', { StringLike: { sub: 'repo:octo@*/app@*:ref:refs/heads/main' } }],
    ['by the id', { StringLike: { sub: '*' }, StringEquals: { repository_owner_id: '65001' } }],
    ['by both', { StringLike: { sub: 'repo:octo@65001/*' } }],
  ])('is told %s', (_, conditions) => {
    const condition = Object.entries(conditions).map(([operator, claims]) => [operator, keys(hub, claims)]);
    const policy = parseTrustPolicy(policyOf(statement(hub, Object.fromEntries(condition))));
    expect(whoAssumes(policy, [parseMine('github:octo@65001') as Mine], now)).toMatchObject([
      { reach: 'only mine', exact: true },
    ]);
  });

  test.each([
    ['directly below the name with our id', { sub: 'project_path:acme/app:*' }, { namespace_id: '5' }],
    ['by the name, of which the policy knows no id', { sub: 'project_path:acme/*' }, {}],
    [
      "in a group of our group's, which has an id of its own",
      { sub: 'project_path:acme/web/*' },
      { namespace_id: '7' },
    ],
    ['by the id, whatever the name', { sub: '*' }, { namespace_id: '5' }],
  ])('is told at GitLab %s', (_, like, equal) => {
    const condition = { StringLike: keys(lab, like), StringEquals: keys(lab, equal) };
    const policy = parseTrustPolicy(policyOf(statement(lab, condition)));
    expect(whoAssumes(policy, [parseMine('gitlab:acme@5') as Mine], now)).toMatchObject([
      { reach: 'only mine', exact: true },
    ]);
  });

  test.each([
    ['azure-pipelines:contoso', devOps, 'sc://contoso/web/*'],
    [`azure-pipelines:@${organization}`, devOps, '*'],
    [`azure-pipelines:contoso@${organization}/web`, devOps, 'sc://contoso/web/*'],
    [`azure-pipelines:@${organization}`, entra, `*/sc/${organization}/*`],
    ['terraform-cloud:acme/web', 'app.terraform.io', 'organization:acme:project:web:*'],
    ['terraform-cloud-eu:acme', 'app.eu.terraform.io', 'organization:acme:*'],
    ['gitlab:acme/web', 'gitlab.com', 'project_path:acme/web:*'],
    ['buildkite:acme/web', 'agent.buildkite.com', 'organization:acme:pipeline:web:*'],
    [`entra:${tenant}`, entra, '*'],
    [`issuer:https://${cluster}`, cluster, '*'],
    [`circleci:${organization}`, `oidc.circleci.com/org/${organization}`, '*'],
    ['bitbucket:acme', 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc', '*'],
    ['github-enterprise:acme', `${hub}/acme`, 'repo:*'],
    ['google:108000000000000000001', 'accounts.google.com', '108000000000000000001'],
  ])('is %s', (mine, issuer, sub) => {
    const policy = parseTrustPolicy(policyOf(statement(issuer, { StringLike: keys(issuer, { sub }) })));
    expect(whoAssumes(policy, [parseMine(mine) as Mine], now)).toMatchObject([{ reach: 'only mine', exact: true }]);
  });

  test.each(['entra:contoso/web', 'account:123456789012/x', 'circleci:a/b', 'github-enterprise:acme/app', 'nobody:x'])(
    'cannot be %s',
    (text) => {
      expect(parseMine(text)).toBeUndefined();
    },
  );
});
