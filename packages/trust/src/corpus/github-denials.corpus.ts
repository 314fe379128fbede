import { aud, guides, hub, hubPolicy, immutable, ofHub, policy, samples, statement, sub } from './sample.corpus.ts';

const like = (subject: unknown) => ofHub({}, { sub: subject });
const deny = (conditions: object, more: object = {}) => ({ ...statement(hub, conditions), Effect: 'Deny', ...more });
const wide = statement(hub, { StringEquals: aud, StringLike: sub('repo:octo/app:*') });
const wideWithIds = statement(hub, { StringEquals: aud, StringLike: sub('repo:octo@65001/app@724113:*') });

export const gitHubDenials = samples(
  [
    'all but one subject',
    hubPolicy({ StringEquals: aud, StringNotEquals: sub('repo:octo/app:pull_request') }),
    ['aws/negated-sub'],
    'Everybody else is allowed.',
    guides.awsLanguage,
  ],
  [
    'a repository without its pull requests, by a denial',
    policy(wide, deny({ StringLike: sub('repo:*:pull_request') })),
    ['mutable-subject', 'aws/wildcard-ref', 'pull-request'],
    'A job of a pull request that names an environment has the subject of that.',
    guides.awsLanguage,
  ],
  [
    'a repository without its pull requests, in the statement',
    hubPolicy({
      StringEquals: aud,
      StringLike: sub('repo:octo/app:*'),
      StringNotLike: sub('repo:*:pull_request'),
    }),
    ['mutable-subject', 'aws/wildcard-ref', 'pull-request'],
    'As with a denial: an environment is named in the place of the pull request.',
    guides.awsLanguage,
  ],
  [
    'a repository without its pull requests, by a denial of their refs',
    policy(wide, deny({ StringLike: { [`${hub}:ref`]: 'refs/pull/*' } })),
    ['mutable-subject', 'aws/wildcard-ref'],
    'Each of them has such a ref, whatever its subject is.',
    guides.awsKeys,
  ],
  [
    'pull requests alone, and a denial of them',
    policy(
      statement(hub, { StringEquals: { ...aud, ...sub('repo:octo/app:pull_request') } }),
      deny({ StringLike: sub('repo:*:pull_request') }),
    ),
    ['allows-nobody'],
    'Nobody is left.',
    guides.awsLanguage,
  ],
  [
    'a denial of another action',
    policy(wide, deny({ StringLike: sub('repo:*:pull_request') }, { Action: 'sts:TagSession' })),
    ['mutable-subject', 'aws/wildcard-ref', 'pull-request', 'aws/idle-denial'],
    'It keeps nobody from assuming the role.',
    'a denial that public linters took for one',
  ],
  [
    'a denial of the older form',
    policy(wideWithIds, deny({ StringLike: sub('repo:octo/app:pull_request') })),
    ['aws/whole-repository'],
    'The subject has ids, the denial has none.',
    guides.gitHubOidc,
  ],
  [
    'a denial with a further condition',
    policy(wide, deny({ StringLike: sub('repo:*:pull_request'), IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } })),
    ['mutable-subject', 'aws/wildcard-ref', 'pull-request'],
    'It does not hold for each of them.',
    guides.awsLanguage,
  ],
  [
    'a denial for another provider',
    policy(wide, { ...statement('gitlab.com', { StringLike: { 'gitlab.com:sub': '*' } }), Effect: 'Deny' }),
    ['mutable-subject', 'aws/wildcard-ref', 'pull-request'],
    'It is not for tokens of GitHub.',
    guides.awsPrincipal,
  ],
  [
    'a denial of everybody, but for the branch',
    policy(wideWithIds, {
      Effect: 'Deny',
      Principal: '*',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringNotEquals: sub(immutable) },
    }),
    [],
    'Everybody is everybody in a denial: the branch alone is left.',
    guides.awsPrincipal,
  ],
  [
    'a repository without its context',
    ofHub({ sub: 'repo:octo/app' }),
    ['customized-subject', 'mutable-subject', 'aws/wildcard-ref', 'pull-request'],
    'By default a subject goes on; a template of the repository alone does not, and has all refs in it.',
    'Azure/login#482 and many alike',
  ],
  [
    'a branch without ref:',
    ofHub({ sub: 'repo:octo/app:refs/heads/main' }),
    ['never-matches'],
    'It is ref:refs/heads/main.',
    'aws-actions/configure-aws-credentials#690',
  ],
  [
    'branches by pattern without ref:',
    like('repo:octo/app:refs/heads/*'),
    ['never-matches'],
    'The same, by pattern.',
    'aws-actions/configure-aws-credentials#690',
  ],
  [
    'a list of branches by their names',
    like(['repo:octo/app:main', 'repo:octo/app:develop']),
    ['never-matches', 'never-matches', 'aws/string-like'],
    'A template that takes branches and writes them as they are.',
    'public Terraform: for b in allowed_branches',
  ],
  [
    'variables of the token itself',
    ofHub({ sub: `repo:\${${hub}:repository}:ref:refs/heads/main` }),
    ['aws/wildcard-owner'],
    'Whoever signs it fills them.',
    guides.awsKeys,
  ],
  [
    'variables in an old version, where they are letters',
    { ...ofHub({ sub: `repo:\${${hub}:repository}:ref:refs/heads/main` }), Version: '2008-10-17' },
    ['never-matches', 'aws/old-version'],
    'No subject has a dollar and braces.',
    guides.awsVersion,
  ],
  [
    'an environment with the branch beside it',
    policy(
      statement(hub, {
        StringEquals: { ...aud, [`${hub}:environment`]: 'prod' },
        StringLike: sub('repo:octo@1/app@2:*'),
      }),
    ),
    [],
    'Pull requests and branches have no such environment in their token.',
    guides.awsKeys,
  ],
);
