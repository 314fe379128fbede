import {
  aud,
  guides,
  hub,
  hubPolicy,
  immutable,
  keys,
  policy,
  provider,
  samples,
  statement,
  sub,
} from './sample.corpus.ts';

export const language = samples(
  [
    'ForAllValues on the subject',
    hubPolicy({ StringEquals: aud, 'ForAllValues:StringEquals': sub(immutable) }),
    ['aws/idle-operator'],
    'It holds for a key that is missing, and no token of GitHub lacks this one.',
    guides.awsSets,
  ],
  [
    'ForAllValues on subject and audience, as one vendor had it',
    hubPolicy({ 'ForAllValues:StringLike': { ...aud, ...sub('repo:octo/app:*') } }),
    [
      'aws/idle-operator',
      'aws/idle-operator',
      'aws/string-like',
      'mutable-subject',
      'aws/wildcard-ref',
      'pull-request',
    ],
    'As above, twice.',
    'github/docs#12137',
  ],
  [
    'ForAllValues with a check that the key is there',
    hubPolicy({ StringEquals: aud, 'ForAllValues:StringEquals': sub(immutable), Null: { [`${hub}:sub`]: 'false' } }),
    [],
    'The key is there.',
    guides.awsSets,
  ],
  [
    'ForAllValues with a check that says both',
    hubPolicy({
      StringEquals: aud,
      'ForAllValues:StringEquals': sub(immutable),
      Null: { [`${hub}:sub`]: ['true', 'false'] },
    }),
    ['aws/idle-operator'],
    'That holds always, as the key is always there.',
    guides.awsSets,
  ],
  [
    'ForAllValues on a claim that some tokens have',
    hubPolicy({
      StringEquals: aud,
      StringLike: sub('repo:octo@65001/app@724113:*'),
      'ForAllValues:StringEquals': keys(hub, { environment: 'prod' }),
    }),
    ['aws/for-all-values', 'aws/whole-repository'],
    'Branches have no environment.',
    guides.awsSets,
  ],
  [
    'ForAnyValue',
    hubPolicy({ StringEquals: aud, 'ForAnyValue:StringEquals': sub(immutable) }),
    [],
    'It needs a value.',
    guides.awsSets,
  ],
  [
    'IfExists on the subject',
    hubPolicy({ StringEquals: aud, StringEqualsIfExists: sub(immutable) }),
    ['aws/idle-operator'],
    'A missing key passes, and no token of GitHub lacks this one.',
    guides.awsLanguage,
  ],
  [
    'IfExists on a claim that some tokens have',
    hubPolicy({
      StringEquals: aud,
      StringLike: sub('repo:octo@65001/app@724113:*'),
      StringEqualsIfExists: keys(hub, { environment: 'prod' }),
    }),
    ['aws/if-exists', 'aws/whole-repository'],
    'Branches have no environment.',
    guides.awsLanguage,
  ],
  [
    'the subject in any case',
    hubPolicy({ StringEquals: aud, StringEqualsIgnoreCase: sub('repo:Octo@65001/App@724113:ref:refs/heads/main') }),
    [],
    'Names of GitHub ignore case.',
    guides.awsLanguage,
  ],
  [
    'an IP address beside the subject',
    hubPolicy({ StringEquals: { ...aud, ...sub(immutable) }, IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }),
    [],
    'Narrower.',
    guides.buildkiteAws,
  ],
  [
    'a session name beside the subject',
    hubPolicy({ StringEquals: { ...aud, ...sub(immutable), 'sts:RoleSessionName': 'deploy' } }),
    [],
    'Narrower.',
    guides.awsKeys,
  ],
  [
    'a statement as an object, actions as a list',
    {
      Version: '2012-10-17',
      Statement: statement(hub, { StringEquals: aud }, { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] }),
    },
    ['aws/no-sub'],
    'Both are taken.',
    guides.awsLanguage,
  ],
  [
    'every action of STS',
    policy(statement(hub, { StringEquals: aud }, { Action: 'sts:*' })),
    ['aws/no-sub', 'aws/wrong-action'],
    'This one is among them, and IAM takes no sts:* any more.',
    guides.awsLanguage,
  ],
  [
    'all actions but one',
    policy({
      Effect: 'Allow',
      Principal: { Federated: provider(hub) },
      NotAction: 'sts:TagSession',
      Condition: { StringEquals: aud },
    }),
    ['aws/no-sub'],
    'This one is among the others.',
    guides.awsLanguage,
  ],
  [
    'keys in another case',
    hubPolicy({ StringEquals: { [`${hub.toUpperCase()}:AUD`]: 'sts.amazonaws.com', [`${hub}:Sub`]: immutable } }),
    [],
    'Keys ignore case.',
    guides.awsLanguage,
  ],
  [
    'more subjects than a policy has room for',
    hubPolicy({
      StringEquals: aud,
      StringLike: sub(
        Array.from({ length: 400 }, (_, at) => `repo:octo@65001/app@724113:ref:refs/heads/release-${at}/*`),
      ),
    }),
    [],
    'IAM takes 4,096 characters, and a plan may have more.',
    guides.awsLanguage,
  ],
  [
    'patterns with a wildcard at every distance',
    hubPolicy({
      StringEquals: aud,
      StringLike: sub(
        Array.from({ length: 40 }, (_, at) => {
          const letter = (index: number) => String.fromCharCode(97 + (index % 26));
          return `repo:octo/${'?'.repeat(at + 2)}${letter(at)}*${letter(7 * at)}*`;
        }),
      ),
    }),
    ['not-decided'],
    'More work than who does either.',
    guides.awsLanguage,
  ],
);
