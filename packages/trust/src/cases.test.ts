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
  of,
  ofHub,
  organization,
  policy,
  statement,
  sub,
} from './corpus/sample.corpus.ts';
import { lintTrustPolicy } from './lint-aws.ts';
import { lintFederatedCredentials } from './lint-entra.ts';

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
    const named = said.flatMap((message) => / It allows (\S+?)(?: of .+| at .+)?\.$/.exec(message)?.[1] ?? []);
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
