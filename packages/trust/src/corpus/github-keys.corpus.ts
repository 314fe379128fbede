import {
  aud,
  guides,
  hub,
  hubPolicy,
  immutable,
  keys,
  ofHub,
  policy,
  samples,
  statement,
  sub,
} from './sample.corpus.ts';

const search = 'public Terraform and CDK, found by the key';
const enterprise = `${hub}/octo-corp`;

export const gitHubKeys = samples(
  [
    'claims that STS never fills',
    ofHub({ sub: immutable, repository_visibility: 'private' }),
    ['aws/unfilled-key'],
    'Nobody is allowed.',
    guides.awsKeys,
  ],
  [
    'the owner by its name, which is no key',
    ofHub({ sub: immutable, repository_owner: 'octo' }),
    ['aws/unfilled-key'],
    'Nobody is allowed.',
    search,
  ],
  [
    'the runner, which is a key of GitLab alone',
    ofHub({ sub: immutable, runner_environment: 'github-hosted' }),
    ['aws/unfilled-key'],
    'Nobody is allowed.',
    guides.awsKeys,
  ],
  [
    'a custom property, which is no key',
    ofHub({ sub: immutable, repo_property_team: 'web' }),
    ['aws/unfilled-key'],
    'Nobody is allowed.',
    guides.gitHubOidc,
  ],
  [
    'the event, which is no key, by what it is not',
    policy(
      statement(hub, {
        StringEquals: { ...aud, ...sub(immutable) },
        StringNotEquals: keys(hub, { event_name: 'pull_request_target' }),
      }),
    ),
    ['aws/unfilled-key'],
    'The condition does nothing.',
    search,
  ],
  [
    'a denial by a claim that is no key',
    policy(statement(hub, { StringEquals: { ...aud, ...sub(immutable) } }), {
      ...statement(hub, { StringEquals: keys(hub, { repository_visibility: 'public' }) }),
      Effect: 'Deny',
    }),
    ['aws/unfilled-key'],
    'The denial does nothing.',
    search,
  ],
  [
    'keys of an issuer that is no more',
    hubPolicy({
      StringEquals: keys('vstoken.actions.githubusercontent.com', { aud: 'sts.amazonaws.com', sub: immutable }),
    }),
    ['aws/foreign-key', 'aws/foreign-key'],
    'The name of 2021, before the service was open.',
    search,
  ],
  [
    'keys with https://',
    hubPolicy({ StringEquals: keys(`https://${hub}`, { aud: 'sts.amazonaws.com', sub: immutable }) }),
    ['aws/foreign-key', 'aws/foreign-key'],
    'The prefix has no scheme.',
    'aws-actions/configure-aws-credentials#690',
  ],
  [
    'keys of an enterprise beside the provider of all',
    hubPolicy({ StringEquals: keys(enterprise, { aud: 'sts.amazonaws.com', sub: immutable }) }),
    ['aws/foreign-key', 'aws/foreign-key'],
    'The prefix is the provider, slug included.',
    guides.gitHubOidc,
  ],
  [
    'two providers, the keys of one',
    policy({
      ...statement(hub, { StringEquals: { ...aud, ...sub(immutable) } }),
      Principal: {
        Federated: [
          `arn:aws:iam::123456789012:oidc-provider/${hub}`,
          'arn:aws:iam::123456789012:oidc-provider/gitlab.com',
        ],
      },
    }),
    ['aws/foreign-key', 'aws/foreign-key'],
    'Tokens of GitLab have none of them.',
    guides.awsPrincipal,
  ],
  [
    'an external id, which is for other calls',
    policy(statement(hub, { StringEquals: { ...aud, ...sub(immutable), 'sts:ExternalId': 'x' } })),
    ['aws/unfilled-key'],
    'It cannot be sent with a web identity.',
    guides.awsKeys,
  ],
);
