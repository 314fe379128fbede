import { cluster, guides, keys, of, policy, provider, samples, statement } from './sample.corpus.ts';

const userPool = 'cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab12';
const pod = (sub: string) => of(cluster, 'sts.amazonaws.com', {}, { sub });
const login = (host: string, conditions?: object) =>
  policy({ ...statement('x', conditions), Principal: { Federated: host } });

export const clustersAndLogins = samples(
  [
    'EKS: one service account',
    of(cluster, 'sts.amazonaws.com', { sub: 'system:serviceaccount:agents:azp' }),
    [],
    'As AWS writes it.',
    guides.eksIrsa,
  ],
  [
    'EKS: every service account of a namespace',
    pod('system:serviceaccount:agents:*'),
    ['aws/wildcard-service-account'],
    'Whoever can make a pod there.',
    guides.eksIrsa,
  ],
  [
    'EKS: service accounts with a prefix',
    pod('system:serviceaccount:agents:azp-*'),
    [],
    'Of one namespace, by their name.',
    guides.eksIrsa,
  ],
  [
    'EKS: service accounts that begin alike',
    pod('system:serviceaccount:agents:azp*'),
    ['aws/open-name'],
    'azpx is another.',
    guides.eksIrsa,
  ],
  [
    'EKS: service accounts that differ in a letter',
    pod('system:serviceaccount:agents:azp?'),
    ['aws/open-name'],
    'The same, of one letter.',
    guides.eksIrsa,
  ],
  ['EKS: a cluster', pod('system:serviceaccount:*'), ['aws/wildcard-repository'], 'Every namespace.', guides.eksIrsa],
  ['EKS: a cluster, shorter', pod('system:*'), ['aws/wildcard-repository'], 'The same.', guides.eksIrsa],
  [
    'EKS: a service account without a namespace',
    of(cluster, 'sts.amazonaws.com', { sub: 'system:serviceaccount:azp' }),
    ['never-matches'],
    'The namespace is missing.',
    guides.eksIrsa,
  ],
  [
    'EKS: a service account of any namespace',
    pod('system:serviceaccount:*:azp'),
    ['aws/wildcard-repository'],
    'Every namespace can have one.',
    guides.eksIrsa,
  ],
  [
    'a cluster at any address',
    of('oidc.example.com/cluster', 'sts.amazonaws.com', { sub: 'system:serviceaccount:agents:azp' }),
    [],
    'A cluster is told by its subjects.',
    guides.eksIrsa,
  ],
  [
    'an issuer that is not known',
    of('idp.example.com', 'aws', { sub: 'build-4711' }),
    [],
    'One subject.',
    guides.awsGitHub,
  ],
  [
    'an issuer that is not known, a star',
    of('idp.example.com', 'aws', {}, { sub: 'build-*' }),
    ['aws/wildcard-owner'],
    'What the star spans nobody can tell.',
    guides.awsGitHub,
  ],
  [
    'an issuer that is not known, with a slash of its own',
    of('acme.eu.auth0.com/', 'aws', { sub: 'client@clients' }),
    [],
    'Auth0 has the slash in its tokens.',
    guides.awsGitHub,
  ],
  [
    'Google: a service account and its audience',
    login('accounts.google.com', {
      StringEquals: keys('accounts.google.com', {
        aud: '108000000000000000001',
        oaud: 'sts.amazonaws.com',
        sub: '108000000000000000001',
      }),
    }),
    [],
    'aud is azp there, which is the account.',
    guides.awsKeys,
  ],
  [
    'Google: the audience that was asked for alone',
    login('accounts.google.com', { StringEquals: keys('accounts.google.com', { oaud: 'sts.amazonaws.com' }) }),
    ['aws/any-owner'],
    'Whoever has an account asks for any audience.',
    guides.awsKeys,
  ],
  [
    'Google: by a provider that was made for it',
    of('accounts.google.com', '1-x.apps.googleusercontent.com', { sub: '108000000000000000001' }),
    ['aws/built-in-provider'],
    'AWS knows it by its name.',
    'ministryofjustice/modernisation-platform-environments#19192',
  ],
  [
    'Google: nothing',
    login('accounts.google.com'),
    ['aws/any-owner', 'aws/no-aud', 'aws/required-claim'],
    'Everybody with an account.',
    guides.awsKeys,
  ],
  [
    'Cognito: a pool and its users',
    login('cognito-identity.amazonaws.com', {
      StringEquals: keys('cognito-identity.amazonaws.com', { aud: 'eu-central-1:pool' }),
      'ForAnyValue:StringLike': keys('cognito-identity.amazonaws.com', { amr: 'authenticated' }),
    }),
    ['aws/any-user', 'aws/string-like'],
    'As the console writes it. Who may sign in, the pool decides.',
    guides.cognito,
  ],
  [
    'Cognito: any pool',
    login('cognito-identity.amazonaws.com', {
      'ForAnyValue:StringEquals': keys('cognito-identity.amazonaws.com', { amr: 'authenticated' }),
    }),
    ['aws/any-owner', 'aws/no-aud', 'aws/required-claim'],
    'Pools of strangers sign too.',
    guides.cognito,
  ],
  [
    'Amazon: an application',
    login('www.amazon.com', { StringEquals: keys('www.amazon.com', { app_id: 'amzn1.application.4711' }) }),
    ['aws/any-user'],
    'Whoever has an account there can sign in to it.',
    guides.awsGitHub,
  ],
  [
    'Amazon: a user of an application',
    login('www.amazon.com', {
      StringEquals: keys('www.amazon.com', { app_id: 'amzn1.application.4711', user_id: 'amzn1.account.1' }),
    }),
    [],
    'One user.',
    guides.awsGitHub,
  ],
  [
    'Facebook: an application',
    login('graph.facebook.com', { StringEquals: keys('graph.facebook.com', { app_id: '4711' }) }),
    ['aws/any-user'],
    'Whoever has an account there can sign in to it.',
    guides.awsGitHub,
  ],
  [
    'Google: an application',
    login('accounts.google.com', {
      StringEquals: keys('accounts.google.com', { aud: '1-x.apps.googleusercontent.com' }),
    }),
    ['aws/any-user'],
    'Whoever has an account there can sign in to it.',
    guides.awsKeys,
  ],
  [
    'Google: a service account by its number',
    login('accounts.google.com', { StringEquals: keys('accounts.google.com', { aud: '108000000000000000001' }) }),
    ['aws/no-aud'],
    'aud is azp, which of a service account is its number: whom its token is for is oaud.',
    guides.awsKeys,
  ],
  [
    'Cognito: a pool alone',
    login('cognito-identity.amazonaws.com', {
      StringEquals: keys('cognito-identity.amazonaws.com', { aud: 'eu-central-1:pool' }),
    }),
    ['aws/guests'],
    'Who knows the pool can be its guest.',
    guides.cognito,
  ],
  [
    'Cognito: a pool and its guests',
    login('cognito-identity.amazonaws.com', {
      StringEquals: keys('cognito-identity.amazonaws.com', { aud: 'eu-central-1:pool' }),
      'ForAnyValue:StringEquals': keys('cognito-identity.amazonaws.com', { amr: 'unauthenticated' }),
    }),
    ['aws/guests'],
    'It may be meant, and is said.',
    guides.cognito,
  ],
  [
    'Cognito: a pool and whatever its users are',
    login('cognito-identity.amazonaws.com', {
      StringEquals: keys('cognito-identity.amazonaws.com', { aud: 'eu-central-1:pool' }),
      'ForAnyValue:StringLike': keys('cognito-identity.amazonaws.com', { amr: '*authenticated' }),
    }),
    ['aws/guests'],
    'unauthenticated ends so too.',
    guides.cognito,
  ],
  [
    'a user pool of Cognito: an application',
    of(userPool, 'app', {}),
    ['aws/no-sub'],
    'Whoever likes signs up, unless that is switched off.',
    guides.cognitoSignUp,
  ],
  ['a user pool of Cognito: a user', of(userPool, 'app', { sub: 'b7' }), [], 'One user.', guides.cognitoSignUp],
  [
    'Firebase: a project',
    of('securetoken.google.com/octo-shop', 'octo-shop', {}),
    ['aws/no-sub'],
    'Its users may be anonymous.',
    guides.firebase,
  ],
  [
    'Facebook: nobody in particular',
    login('graph.facebook.com', { StringNotEquals: keys('graph.facebook.com', { id: '4711' }) }),
    ['aws/any-owner', 'aws/no-aud', 'aws/required-claim'],
    'Everybody but one.',
    guides.awsGitHub,
  ],
  [
    'a role of a pod beside one of the account',
    policy(
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::123456789012:root` }, Action: 'sts:AssumeRole' },
      {
        ...statement(cluster, {
          StringEquals: keys(cluster, { aud: 'sts.amazonaws.com', sub: 'system:serviceaccount:agents:azp' }),
        }),
        Principal: { Federated: [provider(cluster)] },
      },
    ),
    [],
    'Two ways in, both named.',
    guides.eksIrsa,
  ],
);
