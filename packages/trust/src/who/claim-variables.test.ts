import { describe, expect, test } from 'vitest';
import { lintTrustPolicy } from '../lint-aws.ts';
import { parseTrustPolicy } from '../policy.ts';
import { type Mine, parseMine } from './mine.ts';
import { whoAssumes } from './who.ts';

const now = 1_790_000_000;
const hub = 'token.actions.githubusercontent.com';
const mine = [parseMine('github:octo') as Mine];
const audience = { [`${hub}:aud`]: 'sts.amazonaws.com' };
/** A variable of a claim. */
const of = (claim: string) => `\${${hub}:${claim}}`;

type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function answer(condition: Conditions, denied?: Conditions) {
  const statement = (Effect: string, Condition: Conditions) => ({
    ...{ Effect, Action: 'sts:AssumeRoleWithWebIdentity', Condition },
    Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
  });
  const StringEquals = { ...audience, ...condition.StringEquals };
  const statements = [
    statement('Allow', { ...condition, StringEquals }),
    ...(denied ? [statement('Deny', denied)] : []),
  ];
  const [one] = whoAssumes(parseTrustPolicy({ Version: '2012-10-17', Statement: statements }), mine, now);
  return one;
}

const equal = (claim: string, ...values: readonly string[]) => ({ StringEquals: { [`${hub}:${claim}`]: values } });
const like = (claim: string, ...values: readonly string[]) => ({ StringLike: { [`${hub}:${claim}`]: values } });

describe('a variable of another claim', () => {
  test.each<[string, Conditions, string]>([
    ['a claim is itself', equal('sub', of('sub')), 'any account'],
    ['one that a token may be without is', equal('enterprise_id', of('enterprise_id')), 'any account'],
    ['it is what the claim is made of', equal('sub', `repo:${of('repository')}:ref:${of('ref')}`), 'any account'],
    ['the rest is compared', equal('sub', `repo:${of('repository')}:environment:prod`), 'any account'],
    ['behind it anything may stand', like('sub', `repo:${of('repository')}:*`), 'any account'],
    ['before it anything may stand', like('sub', `*:ref:${of('ref')}`), 'any account'],
    [
      'another condition says which text it is',
      { ...like('job_workflow_ref', `${of('repository')}/.github/workflows/*`), ...equal('repository', 'octo/app') },
      'only mine',
    ],
    [
      'another condition says that of somebody else',
      { ...like('sub', `repo:${of('repository')}:*`), ...equal('repository', 'acme/app') },
      'named others',
    ],
    [
      'it has a default that is not needed',
      equal('sub', `repo:\${${hub}:repository, 'acme/app'}:pull_request`),
      'any account',
    ],
  ])('is decided where %s', (_, condition, reach) => {
    expect(answer(condition)).toMatchObject({ reach, exact: true, unread: [] });
  });

  test('is at most whoever has a template of his own where the rest is of nobody else', () => {
    const condition = equal('sub', `repo:${of('repository')}:nothing-of-the-kind:x`);
    expect(answer(condition)).toMatchObject({ reach: 'any account', exact: false });
  });

  test('is shown in a witness that has both', () => {
    const { claims = {} } = answer(equal('sub', `repo:${of('repository')}:environment:prod`))?.witness ?? {};
    expect(claims).toMatchObject({ sub: `repo:${claims.repository}:environment:prod`, environment: 'prod' });
  });

  test('denies whom it is equal for', () => {
    const agents = 'agent.buildkite.com';
    const statement = (Effect: string, subject: string) => ({
      ...{ Effect, Action: 'sts:AssumeRoleWithWebIdentity' },
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${agents}` },
      Condition: { StringLike: { [`${agents}:sub`]: subject } },
    });
    const whoOf = (denied: string) =>
      whoAssumes(
        parseTrustPolicy({
          ...{ Version: '2012-10-17' },
          Statement: [statement('Allow', 'organization:acme:*'), statement('Deny', denied)],
        }),
        ...([mine, now] as const),
      );
    expect(whoOf(`organization:\${${agents}:organization_slug}:*`)).toMatchObject([{ reach: 'nobody', exact: true }]);
    const others = whoOf(`organization:\${${agents}:organization_slug}:pipeline:web:*`);
    expect(others).toMatchObject([{ reach: 'named others', exact: true, owners: ['acme'] }]);
  });

  test.each<[string, Conditions]>([
    ['another field is left', like('job_workflow_ref', `${of('repository')}/.github/workflows/*`)],
    [
      'values leave different parts',
      equal('sub', `repo:${of('repository')}:pull_request`, 'repo:octo/app:pull_request'),
    ],
    ['case makes no difference', { StringEqualsIgnoreCase: { [`${hub}:sub`]: of('sub') } }],
    ['of several values each counts', { 'ForAllValues:StringEquals': { [`${hub}:sub`]: of('sub') } }],
    ['it is of the request', like('sub', `repo:\${aws:username}/*`)],
  ])('is at most anybody where %s', (_, condition) => {
    expect(answer(condition)).toMatchObject({ reach: 'any account', exact: false });
  });
});

describe('lint', () => {
  const rulesOf = (version: string, value: string) => {
    const Condition = {
      StringEquals: audience,
      StringLike: { [`${hub}:sub`]: [value, 'repo:octo/app:ref:refs/heads/main'] },
    };
    const principal = { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` };
    const statement = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRoleWithWebIdentity', Condition };
    return lintTrustPolicy({ Version: version, Statement: [statement] }).filter(({ rule }) => /-key$/.test(rule));
  };

  test.each([
    [`repo:\${${hub}:repository_visibility}/*`, 'aws/unfilled-key', `${hub}:repository_visibility`],
    [`repo:\${gitlab.com:sub}`, 'aws/foreign-key', 'gitlab.com:sub'],
  ])('names the key of a variable that no token has: %s', (value, rule, key) => {
    expect(rulesOf('2012-10-17', value)).toMatchObject([{ rule, message: expect.stringContaining(key) }]);
  });

  test.each([
    ['2012-10-17', `repo:\${gitlab.com:sub, 'octo/app'}:*`],
    ['2012-10-17', `repo:${of('repository')}:*`],
    ['2012-10-17', `repo:\${*}:*`],
    ['2008-10-17', `repo:\${gitlab.com:sub}`],
  ])('is silent of a variable that has a value or is none: %s, %s', (version, value) => {
    expect(rulesOf(version, value)).toEqual([]);
  });
});

describe('a variable that no request has', () => {
  test.each(['sts.example.com:sub', `${hub}:repository_owner`, 'vstoken.actions.githubusercontent.com:sub'])(
    'makes a value that nothing equals: %s',
    (key) => {
      expect(answer(like('sub', `repo:\${${key}}/*`))).toMatchObject({ reach: 'nobody', exact: true });
      const both = answer(like('sub', `repo:\${${key}}/*`, 'repo:octo/app:*'));
      expect(both).toMatchObject({ reach: 'only mine', exact: true });
    },
  );

  test('stands for its default', () => {
    expect(answer(like('sub', `repo:\${a.example:sub, 'octo'}/*`))).toMatchObject({ reach: 'only mine', exact: true });
    expect(answer(like('sub', `repo:\${a.example:sub, 'acme'}/*`))).toMatchObject({
      reach: 'named others',
      exact: true,
    });
    // What a variable stands for is no pattern.
    expect(answer(like('sub', `repo:\${a.example:sub, '*'}/*`))).toMatchObject({ reach: 'nobody', exact: true });
  });

  test('keeps nobody out: that the statement counts is not certain', () => {
    const denied = { StringNotEquals: { [`${hub}:sub`]: `\${a.example:sub}` } };
    expect(answer(like('sub', 'repo:acme/app:*'), denied)).toMatchObject({ reach: 'named others', exact: false });
  });
});
