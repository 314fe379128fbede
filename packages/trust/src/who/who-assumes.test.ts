import { describe, expect, test } from 'vitest';
import { parseTrustPolicy } from '../policy.ts';
import { policyVerdict } from '../verdict.ts';
import { whoIsNew } from './diff.ts';
import { type Mine, parseMine } from './mine.ts';
import { grantsOfPolicy, whoAssumes } from './who.ts';

const now = 1_790_000_000;
const hub = 'token.actions.githubusercontent.com';
const own = 'oidc.corp.example';
const key = (name: string) => `${hub}:${name}`;
const version = { Version: '2012-10-17' };
const ours = ['github:octo@65001/app@79'].map((text) => parseMine(text) as Mine);

const byWebIdentity = (Condition: object, Effect = 'Allow', provider = hub) => ({
  Effect,
  Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${provider}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition,
});
const byAws = (Principal: unknown, Effect = 'Allow', Condition: object = {}) => ({
  Effect,
  Principal,
  Action: 'sts:AssumeRole',
  Condition,
});
const policyOf = (...Statement: readonly object[]) => ({ ...version, Statement });
const whole = (at: number) => ({ iat: at, nbf: at, exp: at + 300 });

const stranger = {
  iss: `https://${hub}`,
  aud: 'sts.amazonaws.com',
  sub: 'repo:evil/app:ref:refs/heads/main',
  repository: 'evil/app',
  repository_id: '99',
  repository_owner: 'evil',
  repository_owner_id: '98',
  ref: 'refs/heads/main',
  actor: 'evil-cat',
  actor_id: '1',
  workflow: 'w',
  job_workflow_ref: 'evil/app/.github/workflows/w.yml@refs/heads/main',
};
const anyone = byWebIdentity({ StringLike: { [key('sub')]: '*' } });
const inEnvironment = (environment: string) => ({ sub: `repo:evil/app:environment:${environment}`, environment });

/** A policy, a stranger's token and what comes with it, at a time. */
type Case = [name: string, policy: object, claims: object, request?: Readonly<Record<string, string>>, at?: number];

const cases: Case[] = [
  ['an actor with a hyphen', policyOf(byWebIdentity({ StringEquals: { [key('actor')]: 'evil-cat' } })), {}],
  [
    'a pull request that was merged',
    policyOf(
      byWebIdentity({
        StringEquals: { [key('ref')]: 'refs/heads/main' },
        StringLike: { [key('sub')]: 'repo:evil/app:pull_request' },
      }),
    ),
    { sub: 'repo:evil/app:pull_request' },
  ],
  [
    'a session that is named after a claim',
    policyOf(byWebIdentity({ StringEquals: { 'sts:RoleSessionName': `\${${key('actor')}}` } })),
    {},
    { 'sts:RoleSessionName': 'evil-cat' },
  ],
  [
    'a key of the principal that is compared with a claim',
    policyOf(byWebIdentity({ StringEquals: { 'aws:PrincipalType': `\${${key('environment')}}` } })),
    inEnvironment('User'),
  ],
  [
    'a denial that is compared with a claim',
    policyOf(anyone, byWebIdentity({ StringNotEquals: { 'aws:PrincipalType': `\${${key('environment')}}` } }, 'Deny')),
    inEnvironment('User'),
  ],
  [
    'a denial by a variable in a policy that has none',
    { Statement: [anyone, byWebIdentity({ StringEquals: { 'aws:PrincipalType': '${aws:PrincipalType}' } }, 'Deny')] },
    {},
  ],
  [
    'a time that is compared as a text',
    policyOf(byWebIdentity({ StringLike: { 'aws:CurrentTime': '2027-06-*' } })),
    whole(Date.parse('2027-06-15') / 1000),
    {},
    Date.parse('2027-06-15') / 1000,
  ],
  [
    'a time with a fraction',
    policyOf(byWebIdentity({ NumericGreaterThan: { 'aws:EpochTime': '1800000000.5' } })),
    whole(1_810_000_000),
    {},
    1_810_000_000,
  ],
  [
    'an address that is compared as a text too',
    policyOf(
      byWebIdentity({
        IpAddress: { 'aws:SourceIp': '10.1.0.0/16' },
        StringNotLike: { 'aws:SourceIp': ['10.1.0.*', '10.1.255.*'] },
      }),
    ),
    {},
    { 'aws:SourceIp': '10.1.2.3' },
  ],
  [
    'a key of a service that is seldom seen',
    policyOf(byWebIdentity({ StringEquals: { 'identitystore:UserId': 'a' } })),
    {},
    { 'identitystore:UserId': 'a' },
  ],
  [
    'letters that have several in the other case',
    policyOf(
      byWebIdentity({ StringEquals: { [key('environment')]: 'ασ' } }),
      byWebIdentity({ StringEqualsIgnoreCase: { [key('environment')]: 'ΑΣ' } }, 'Deny'),
    ),
    inEnvironment('ασ'),
  ],
  [
    'a customized subject with a claim that is empty',
    policyOf(byWebIdentity({ StringEquals: { [key('sub')]: 'base_ref::environment:' } })),
    { sub: 'base_ref::environment:' },
  ],
  [
    'an ARN of more than six parts',
    policyOf(
      byWebIdentity({
        ArnLike: { [key('sub')]: 'sha:*:*:*:*:*:*' },
        StringEquals: { [key('sub')]: 'sha:1:ref:refs/heads/2:actor:3:run_id:4' },
      }),
    ),
    { sub: 'sha:1:ref:refs/heads/2:actor:3:run_id:4' },
  ],
  [
    'an id that looks like ours',
    policyOf(
      byWebIdentity({
        StringLike: { [key('repository_id')]: '7?' },
        StringNotLike: { [key('repository_id')]: ['70', '71', '72', '73', '74'] },
      }),
    ),
    { repository_id: '78' },
  ],
  [
    'names of ours at another server',
    policyOf(
      byWebIdentity(
        { StringLike: { 'token.actions.evil.ghe.com:sub': 'repo:octo/app:*' } },
        'Allow',
        'token.actions.evil.ghe.com',
      ),
    ),
    { iss: 'https://token.actions.evil.ghe.com', sub: 'repo:octo/app:pull_request', repository: 'octo/app' },
  ],
  [
    'an issuer by what its subjects are not',
    policyOf(
      byWebIdentity({ StringNotLike: { [`${own}:sub`]: 'system:serviceaccount:*' } }, 'Allow', own),
      byWebIdentity({ StringLike: { [`${own}:sub`]: 'system:*' } }, 'Deny', own),
    ),
    { iss: `https://${own}`, sub: 'admin' },
  ],
  [
    'a step without a key',
    policyOf(byWebIdentity({ StringLike: { 'agent.buildkite.com:sub': '*:step:' } }, 'Allow', 'agent.buildkite.com')),
    {
      iss: 'https://agent.buildkite.com',
      sub: 'organization:evil:pipeline:app:ref:refs/heads/main:commit:9f3a1c:step:',
    },
  ],
  [
    'a subject that is empty',
    policyOf(byWebIdentity({ StringEquals: { [`${own}:sub`]: '' } }, 'Allow', own)),
    { iss: `https://${own}`, sub: '' },
  ],
  [
    'several audiences beside an azp',
    policyOf(
      byWebIdentity(
        { 'ForAnyValue:StringEquals': { [`${own}:oaud`]: 'a' }, 'ForAnyValue:StringLike': { [`${own}:oaud`]: 'b' } },
        'Allow',
        own,
      ),
    ),
    { iss: `https://${own}`, azp: 'p', aud: ['a', 'b'] },
  ],
];

describe('a stranger who is allowed', () => {
  test.each(cases)('is never said to be kept out: %s', (_, document, claims, request = {}, at = now) => {
    const policy = parseTrustPolicy(document);
    const token = { ...stranger, ...whole(now), ...claims };
    expect(policyVerdict(policy, token, { now: at, isWhole: true }, request)).toMatchObject({ allowed: true });
    const reaches = whoAssumes(policy, ours, now).map(({ reach }) => reach);
    expect(reaches).toContainEqual(expect.stringMatching(/^(named others|any account)$/));
  });

  test('is found among all personal accounts of Microsoft', () => {
    const tenant = 'login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0';
    expect(whoAssumes(parseTrustPolicy(policyOf(byWebIdentity({}, 'Allow', tenant))), [], now)).toMatchObject([
      { reach: 'any account', exact: true },
    ]);
  });

  test('is named with all others', () => {
    const like = parseTrustPolicy(policyOf(byWebIdentity({ StringLike: { [key('repository_owner_id')]: '7?' } })));
    const owners = Array.from({ length: 10 }, (_, digit) => `@7${digit}`);
    expect(whoAssumes(like, [], now)).toMatchObject([{ reach: 'named others', owners }]);
  });

  test.each([
    [
      'a denial of one session',
      byAws({ AWS: 'arn:aws:sts::111111111111:assumed-role/dev/alice' }, 'Deny'),
      '111111111111',
    ],
    ['a denial that IAM does not take', byAws({ AWS: 'arn:aws:iam::111111111111:role/*' }, 'Deny'), '111111111111'],
  ])('is an AWS principal in spite of %s', (_, denial, owner) => {
    const policy = parseTrustPolicy(policyOf(byAws({ AWS: '111111111111' }), denial));
    expect(whoAssumes(policy, [], now)).toMatchObject([{ reach: 'named others', owners: [owner] }]);
  });

  test.each([
    ['a canonical id', byAws({ CanonicalUser: 'a'.repeat(64) }), 'a'.repeat(64)],
    [
      'whomever a SAML provider vouches for',
      {
        Effect: 'Allow',
        Principal: { Federated: 'arn:aws:iam::111111111111:saml-provider/corp' },
        Action: 'sts:AssumeRoleWithSAML',
      },
      'arn:aws:iam::111111111111:saml-provider/corp',
    ],
  ])('is %s', (_, statement, owner) => {
    const policy = parseTrustPolicy(policyOf(statement));
    expect(whoAssumes(policy, [], now)).toMatchObject([{ reach: 'named others', owners: [owner] }]);
    const ours = { kind: 'issuer', name: owner };
    expect(whoAssumes(policy, [ours], now)).toMatchObject([{ reach: 'only mine' }]);
  });

  test('is new, though one of ours is new too', () => {
    const grants = (...statements: readonly object[]) => grantsOfPolicy(parseTrustPolicy(policyOf(...statements)), now);
    const denied = byWebIdentity({ StringNotLike: { [key('sub')]: 'repo:octo/*' } }, 'Deny');
    const old = grants(byWebIdentity({ StringLike: { [key('sub')]: 'repo:*' } }), denied);
    const fresh = grants(byWebIdentity({ StringLike: { [key('sub')]: ['repo:*', 'repository_owner:octo:*'] } }));
    expect(whoIsNew(old, fresh, [parseMine('github:octo') as Mine], now)).toMatchObject([{ reach: 'any account' }]);
  });
});

test('a session that is shown has a name that STS takes', () => {
  const policy = parseTrustPolicy(policyOf(byWebIdentity({ StringLike: { 'sts:RoleSessionName': 'deploy-*' } })));
  const [admitted] = whoAssumes(policy, [], now);
  expect(admitted?.witness?.request['sts:RoleSessionName']).toMatch(/^deploy-[\w+=,.@-]*$/);
});
