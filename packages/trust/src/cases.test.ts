/**
 * Tests as well:
 * - packages/trust/src/lint-audience.ts
 */

import { isAwsAudience } from '@fedbridge/issuers';
import { describe, expect, it } from 'vitest';
import {
  account,
  aud,
  cluster,
  connection,
  devOps,
  entra,
  flow,
  hub,
  immutable,
  keys,
  of,
  ofHub,
  organization,
  policy,
  statement,
  sub,
} from './corpus/sample.corpus.ts';
import { lintTrustPolicy } from './lint-aws.ts';
import { lintFederatedCredentials } from './lint-entra.ts';
import { parseTrustPolicy } from './policy.ts';
import { policyVerdict } from './verdict.ts';

const like = (subject: string) => ofHub({}, { sub: subject });
const shared = (issuer: string, subject: string) => of(issuer, 'x', {}, { sub: subject });
const pipes = (subject: string) => of(devOps, 'api://AzureADTokenExchange', {}, { sub: subject });
const login = (host: string) => policy({ ...statement('x'), Principal: { Federated: host } });
const flows = 'octo/flows/.github/workflows';
const deny = (conditions: object, Action: string) => ({ ...statement(hub, conditions, { Action }), Effect: 'Deny' });

/** Policies that let in whoever should not be, as users have them; and a part of who that is. */
const wide: readonly (readonly [string, unknown, RegExp])[] = [
  ['any repository', ofHub({}, { repository: '*' }), /^repo:stranger\//],
  ["any owner's app", ofHub({}, { repository: '*/app' }), /^repo:stranger\/app:/],
  ['every repository of an owner', ofHub({}, { repository: 'octo/*' }), /^repo:octo\/anything:/],
  ['pull requests of a repository by its name', ofHub({ repository: 'octo/app' }), /^repo:octo\/app:/],
  ['any workflow', ofHub({}, { job_workflow_ref: '*' }), /^repo:stranger\//],
  ['workflows of a repository', ofHub({}, { job_workflow_ref: `${flows}/*` }), /^repo:stranger\//],
  ['any version of a workflow', ofHub({}, { job_workflow_ref: `${flows}/deploy.yml@*` }), /^repo:stranger\//],
  ['any caller of a workflow', ofHub({ job_workflow_ref: flow }), /^repo:stranger\//],
  ...['job_workflow_ref:*', 'repository_owner:*', 'repository:*', 'enterprise:acme*:repo:*'].map(
    (subject) => [`a customized subject, ${subject}`, like(subject), /./] as const,
  ),
  ...['environment:production', 'environment:', 'actor:octocat'].map(
    (subject) => [`a subject that names no repository, ${subject}`, ofHub({ sub: subject }), /./] as const,
  ),
  [
    'a whole organization, by its id',
    ofHub({ sub: 'repository_owner_id:65001:environment:production' }),
    /^repository_owner_id:65001:/,
  ],
  ['variables of the token itself', ofHub({ sub: `repo:\${${hub}:repository}:ref:refs/heads/main` }), /./],
  ['any customer of CircleCI, in its organization', shared(`oidc.circleci.com/org/${organization}`, 'org/*'), /^org\//],
  ['any customer of Buildkite', shared('agent.buildkite.com', 'organization:*'), /^organization:stranger:/],
  ['any customer of GitLab', shared('gitlab.com', 'project_path:*'), /^project_path:stranger\//],
  ['any customer of HCP Terraform', shared('app.terraform.io', 'organization:*'), /^organization:stranger:/],
  ['whoever has an account at Google', login('accounts.google.com'), /./],
  ['whoever has an identity of Cognito', login('cognito-identity.amazonaws.com'), /./],
  [
    'whoever has an AWS account',
    policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }),
    /^arn:aws:iam::\d{12}:/,
  ],
  ['a whole cluster', shared(cluster, 'system:*'), /^system:serviceaccount:anything:/],
  ['all connections of an organization', pipes('sc://*'), /^sc:\/\//],
  ['all pipelines of an organization', pipes('p:/*'), /^p:\/\//],
  [
    'a whole tenant',
    of(entra, '499b84ac-1321-427f-aa17-267ca6975798', {}, { sub: '/eid1/c/pub/t/*' }),
    /^\/eid1\/c\/pub\/t\//,
  ],
  [
    'pull requests, by a denial of another action',
    policy(
      statement(hub, { StringEquals: { ...aud, ...sub('repo:octo/app:pull_request') } }),
      deny({ StringLike: sub('repo:*:pull_request') }, 'sts:TagSession'),
    ),
    /^repo:octo\/app:pull_request$/,
  ],
];

/** What keeps everybody else out. */
const tight: readonly (readonly [string, unknown])[] = [
  ['a wide subject beside both ids', ofHub({ repository_id: '7', repository_owner_id: '1' }, { sub: 'repo:octo/*' })],
  ['ids of any value, since @ is in no name', like('repo:octo@*/app@*:ref:refs/heads/main')],
  ['an environment beside a wide subject', ofHub({ environment: 'prod' }, { sub: 'repo:octo@1/app@2:*' })],
  [
    'an environment by the end of a subject, beside the repository',
    ofHub({ repository: 'octo/app' }, { sub: '*:environment:prod' }),
  ],
  [
    'a service connection of another cloud',
    of(devOps, 'api://AzureADTokenExchangeUSGov', { sub: 'sc://contoso/web/a' }),
  ],
  ['one branch', ofHub({ sub: immutable })],
  ['a connection', of(entra, '499b84ac-1321-427f-aa17-267ca6975798', { sub: connection })],
];

describe('Whoever is allowed and should not be is found, and named', () => {
  it.each(wide)('%s', (_title, document, somebody) => {
    const said = lintTrustPolicy(document).map(({ message }) => message);
    const named = said.flatMap((message) => / It allows (\S+?)(?: (?:of|at|with) .+)?\.$/.exec(message)?.[1] ?? []);
    const isUnread = said.some((message) => message.endsWith('At most: some of it could not be read.'));
    expect(isUnread || named.some((one) => somebody.test(one)), said.join('\n')).toBe(true);
  });
});

describe('Of what lets nobody else in no more than a note is told', () => {
  it.each(tight)('%s', (_title, document) => {
    const rules = lintTrustPolicy(document).filter(({ severity }) => severity !== 'note');
    // What IAM asks for, however narrow a policy is.
    expect(rules.filter(({ rule }) => rule !== 'aws/required-claim')).toEqual([]);
  });
});

/** Issuers with a subject that one job of theirs has, in GitHub's case that of an environment too. */
const jobs: readonly (readonly [issuer: string, subject: string])[] = [
  [hub, 'repo:octo/app:environment:prod'],
  [hub, immutable],
  [devOps, 'sc://contoso/web/deploy'],
  [entra, connection],
  [cluster, 'system:serviceaccount:agents:azp'],
  ['gitlab.com', 'project_path:octo/app:ref_type:branch:ref:main'],
  ['agent.buildkite.com', 'organization:octo:pipeline:app:ref:refs/heads/main:commit:c:step:s'],
  ['app.terraform.io', 'organization:octo:project:app:workspace:web:run_phase:apply'],
  ['oidc.example.com', 'ci'],
];
const sets = ['', 'ForAnyValue:', 'ForAllValues:'];
const everyWay = (name: string) => sets.flatMap((set) => [`${set}${name}`, `${set}${name}IfExists`]);
const job = (issuer: string, subject: string, conditions: object) =>
  policy(statement(issuer, { StringEquals: keys(issuer, { sub: subject }), ...conditions }));

describe('a token that was made for somebody else is named', () => {
  const open = (issuer: string): readonly (readonly [string, object])[] => [
    ['unsaid', {}],
    ['only not another', { StringNotEquals: keys(issuer, { aud: 'x' }) }],
    ...everyWay('StringLike').flatMap((operator) =>
      ['*', ['sts.amazonaws.com', '*']].map(
        (value) => [`${operator} ${value}`, { [operator]: keys(issuer, { aud: value }) }] as const,
      ),
    ),
  ];

  it.each(jobs)('%s %s', (issuer, subject) => {
    for (const [title, conditions] of open(issuer)) {
      const document = job(issuer, subject, conditions);
      const found = lintTrustPolicy(document).filter(({ rule }) => rule === 'aws/no-aud');
      expect(found, title).toHaveLength(1);
      const [, sub, aud] =
        / It allows (\S+)(?: of \S+)? with the audience (\S+)\.$/.exec(found[0]?.message ?? '') ?? [];
      expect([title, sub, isAwsAudience(aud ?? '')]).toEqual([title, subject, false]);
      const claims = { iss: `https://${issuer}`, sub: subject, aud: aud ?? '' };
      expect(policyVerdict(parseTrustPolicy(document), claims, { now: 1_790_000_000, isWhole: false }), title).toEqual(
        expect.objectContaining({ allowed: true }),
      );
    }
  });

  it.each(jobs)('%s %s, and none is where a denial keeps it out', (issuer, subject) => {
    const audiences = keys(issuer, { aud: ['sts.amazonaws.com', 'sts.amazonaws.com.cn'] });
    const others = { ...statement(issuer, { StringNotEquals: audiences }), Effect: 'Deny' };
    const { Statement: own } = job(issuer, subject, { StringLike: keys(issuer, { aud: '*' }) });
    expect(lintTrustPolicy(policy(...own, others)).filter(({ rule }) => rule === 'aws/no-aud')).toEqual([]);
  });

  it.each(
    ['accounts.google.com', 'cognito-identity.amazonaws.com', 'www.amazon.com', 'graph.facebook.com'].map((host) => [
      host,
    ]),
  )('%s', (host) => {
    const one = { ...statement('x', { StringEquals: { [`${host}:sub`]: '108000000000000000001' } }) };
    const document = policy({ ...one, Principal: { Federated: host } });
    const [found] = lintTrustPolicy(document).filter(({ rule }) => rule === 'aws/no-aud');
    expect(found?.message).toMatch(/ It allows 108000000000000000001 with (aud|app_id) \S+.*\.$/);
  });
});

/** Keys with an operator that says no more of a token than a plain one where each token has them, beside a Null that says nothing. */
describe('ForAllValues and IfExists beside a Null that is true of every token', () => {
  const lax = ['ForAllValues:StringEquals', 'StringEqualsIfExists', 'ForAllValues:StringLike', 'StringLikeIfExists'];
  const nulls = [undefined, 'false', ['true', 'false']];
  const audiences: Readonly<Record<string, string>> = {
    [devOps]: 'api://AzureADTokenExchange',
    [entra]: '499b84ac-1321-427f-aa17-267ca6975798',
  };

  // STS denies a token without a subject or an audience: "Missing a required claim".
  it.each(jobs)('%s %s: whoever is named, since each token has a subject and an audience', (issuer, subject) => {
    const own = keys(issuer, { aud: audiences[issuer] ?? 'sts.amazonaws.com', sub: subject });
    for (const operator of lax)
      for (const isThere of nulls) {
        const asked = Object.fromEntries(Object.keys(own).map((key) => [key, isThere]));
        const document = policy(statement(issuer, { [operator]: own, ...(isThere ? { Null: asked } : {}) }));
        const said = lintTrustPolicy(document).filter(({ severity }) => severity !== 'note');
        const plain = lintTrustPolicy(policy(statement(issuer, { StringEquals: own })));
        const isEmptyToo = issuer === 'oidc.example.com' && operator.startsWith('ForAll');
        const rules = isEmptyToo ? [...(isThere === 'false' ? [] : ['aws/for-all-values']), 'aws/any-owner'] : [];
        const usual = plain.filter(({ severity }) => severity !== 'note').map(({ rule }) => rule);
        expect([operator, isThere, said.map(({ rule }) => rule)]).toEqual([operator, isThere, [...rules, ...usual]]);
        // To STS a subject may be empty, which to ForAllValues is none.
        if (isEmptyToo) for (const { message } of said) expect(message).toMatch(/ It allows ""\.$/);
      }
  });

  it.each([
    ...[hub, 'oidc.example.com'].flatMap((issuer) => [
      [issuer, 'email', 'ci@example.com'],
      [issuer, 'amr', 'authenticated'],
    ]),
    [hub, 'environment', 'prod'],
  ])('%s %s: a token without it is named', (issuer, claim, value) => {
    const { [issuer]: subject = '' } = { [hub]: 'repo:octo/app:*', 'oidc.example.com': 'ci' };
    for (const operator of lax)
      for (const isThere of [undefined, ['true', 'false']]) {
        const key = keys(issuer, { [claim]: value });
        const conditions = {
          StringEquals: keys(issuer, { aud: 'sts.amazonaws.com' }),
          [operator]: key,
          ...(isThere ? { Null: keys(issuer, { [claim]: isThere }) } : {}),
        };
        const document = policy(statement(issuer, { ...conditions, StringLike: keys(issuer, { sub: subject }) }));
        const rule = operator.startsWith('ForAll') ? 'aws/for-all-values' : 'aws/if-exists';
        const found = lintTrustPolicy(document).filter((one) => one.rule === rule);
        expect([operator, isThere, found.map(({ message }) => / It allows \S+\.$/.test(message))]).toEqual([
          ...[operator, isThere, [true]],
        ]);
      }
  });
});

it('what is written for any ref of a repository with ids is told alike for both clouds', () => {
  const subject = 'repo:octo@65001/app@724113:*';
  const atEntra = {
    name: 'any-ref',
    issuer: `https://${hub}`,
    audiences: ['api://AzureADTokenExchange'],
    claimsMatchingExpression: {
      value: `claims['sub'] matches '${subject}' and claims['repository_id'] eq '724113'`,
      languageVersion: 1,
    },
  };
  const half = ({ rule, severity, message }: { rule: string; severity: string; message: string }) =>
    [rule.split('/')[1], severity, message] as const;
  for (const pattern of [subject, subject.replace('*', 'environment:*')]) {
    const value = atEntra.claimsMatchingExpression.value.replace(subject, pattern);
    const entraSays = lintFederatedCredentials([
      { ...atEntra, claimsMatchingExpression: { ...atEntra.claimsMatchingExpression, value } },
    ]);
    expect(entraSays.map(half)).toEqual(lintTrustPolicy(like(pattern)).map(half));
    expect(entraSays.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(['note entra/whole-repository']);
  }
});

it('a credential whose subject names no owner is anybody’s who has such a template', () => {
  const [finding] = lintFederatedCredentials([
    {
      name: 'prod',
      issuer: `https://${hub}`,
      subject: 'environment:production',
      audiences: ['api://AzureADTokenExchange'],
    },
  ]);
  expect(finding).toMatchObject({ rule: 'entra/wildcard-owner', severity: 'error' });
  expect(finding?.message).toMatch(/It allows environment:production of stranger\//);
});

it('the account that stands for all is nobody’s of ours', () => {
  const [finding] = lintTrustPolicy(policy({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }));
  expect(finding?.message).not.toContain(account);
});
