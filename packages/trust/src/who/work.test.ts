import { describe, expect, test } from 'vitest';
import { lintTrustPolicy } from '../lint-aws.ts';
import { parseTrustPolicy } from '../policy.ts';
import { mostWork } from './alphabet.ts';
import { Asked } from './question.ts';
import { grantsOfPolicy, whoAssumes } from './who.ts';

const now = 1_790_000_000;
const hub = 'token.actions.githubusercontent.com';

const documentOf = (subjects: readonly string[]) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${hub}:sub`]: subjects } },
    },
  ],
});

/** What it takes to write all tokens that are allowed. */
function workOf(subjects: readonly string[]): number {
  const [grant] = grantsOfPolicy(parseTrustPolicy(documentOf(subjects)), now);
  if (!grant) return Number.NaN;
  const asked = new Asked({ ...grant, mine: [], now });
  const before = asked.alphabet.left;
  for (const shape of grant.shapes) asked.tokensOf(shape, false);
  return before - asked.alphabet.left;
}

describe('the work of a question', () => {
  // Of a field of which no test asks any more the rest is one step, and one that a text leaves no choice is one.
  test.each([
    [['repo:octo/app:*'], 800],
    [['repo:octo/app:ref:refs/heads/main'], 600],
    [['repo:octo/app:*', 'repo:octo@65001/app@724113:*'], 2_000],
  ])('is little for %j', (subjects, most) => {
    workOf(subjects);
    expect(workOf(subjects)).toBeLessThan(most);
  });

  test('is little for subjects that begin with none of some texts, whatever else is asked of them', () => {
    const pulumi = 'api.pulumi.com/oidc';
    const statement = (Effect: string, Condition: object) => ({
      ...{ Effect, Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${pulumi}` }, Condition },
      Action: 'sts:AssumeRoleWithWebIdentity',
    });
    const subjects = ['*tion.login:acme2:pulumi.user.login:x', 'pulumi:insights:*'];
    const denials = [
      { StringEquals: { [`${pulumi}:oaud`]: 'aws:acme' }, StringLike: { [`${pulumi}:sub`]: subjects } },
      {
        StringNotEqualsIgnoreCase: { [`${pulumi}:sub`]: 'pulumi:deploy:org:acme:x' },
        StringEquals: { [`${pulumi}:email`]: 'x' },
      },
    ];
    const policy = {
      Version: '2012-10-17',
      Statement: [statement('Allow', {}), ...denials.map((one) => statement('Deny', one))],
    };
    expect(whoAssumes(parseTrustPolicy(policy), [], now)).toMatchObject([{ reach: 'any account', exact: true }]);
  });

  const letter = (index: number) => String.fromCharCode(97 + (index % 26));
  const odd = Array.from(
    { length: 40 },
    (_, index) => `repo:octo/${'?'.repeat(index + 2)}${letter(index)}*${letter(7 * index)}*`,
  );
  test.each([
    ['many with wildcards at every distance', odd],
    ['one with as many ways as there are letters', [`repo:octo/*a${'?'.repeat(20)}:*`]],
  ])('is bounded for patterns, %s, and the answer says so', (_, subjects) => {
    expect(mostWork).toBeLessThanOrEqual(1_000_000);
    expect(whoAssumes(parseTrustPolicy(documentOf(subjects)), [], now)).toMatchObject([
      { reach: 'any account', exact: false },
    ]);
    expect(lintTrustPolicy(documentOf(subjects)).map(({ rule }) => rule)).toContain('not-decided');
  });

  const of = (length: number, text: (index: number) => string) => Array.from({ length }, (_, index) => text(index));
  const google = 'accounts.google.com';
  const ofGoogle = (operator: string, claim: string, values: readonly string[]) => ({
    ...documentOf([]),
    Statement: [
      {
        ...{ Effect: 'Allow', Principal: { Federated: google }, Action: 'sts:AssumeRoleWithWebIdentity' },
        Condition: { [operator]: { [`${google}:${claim}`]: values } },
      },
    ],
  });
  test.each<[string, object]>([
    ['500 subjects', documentOf(of(500, (at) => `repo:octo/app${at}:ref:refs/heads/main`))],
    ['500 subjects of other owners', documentOf(of(500, (at) => `repo:octo${at}/app:ref:refs/heads/main`))],
    ['3,000 subjects with wildcards', documentOf(of(3000, (at) => `repo:octo/app${at}:*`))],
    [
      '400 numbers',
      ofGoogle(
        'NumericEquals',
        'google/organization_number',
        of(400, (at) => `${1e5 + 7919 * at}`),
      ),
    ],
    [
      '500 users',
      ofGoogle(
        'StringEquals',
        'sub',
        of(500, (at) => `${1e5 + 7919 * at}`),
      ),
    ],
    ['patterns with wildcards at every distance', documentOf(odd)],
    ['patterns of users with wildcards at every distance', ofGoogle('StringLike', 'email', odd)],
  ])('of %s is too much for lint where it is for who, and nowhere else', (_, document) => {
    const who = whoAssumes(parseTrustPolicy(document), [], now);
    const rules = lintTrustPolicy(document).map(({ rule }) => rule);
    expect({ isGivenUp: rules.includes('not-decided') }).toEqual({ isGivenUp: who.some((one) => one.isGivenUp) });
  });

  test('of more subjects than can be looked at one by one is done for all of them together', () => {
    const names = of(1000, (at) => `repo:octo/app${at}:*`);
    const found = lintTrustPolicy(documentOf([...names, 'repo:octo/app', 'repo:*:ref:refs/heads/main']));
    expect(found.map(({ rule }) => rule).sort()).toEqual(['aws/wildcard-owner', 'customized-subject']);
  });

  test('is bounded for lists of which conditions tell many apart, and the answer says so', () => {
    const cognito = 'cognito-identity.amazonaws.com';
    const statement = (Effect: string, Condition: object) => ({
      ...{ Effect, Principal: { Federated: cognito }, Action: 'sts:AssumeRoleWithWebIdentity', Condition },
    });
    const denials = Array.from({ length: 13 }, (_, index) =>
      statement('Deny', { 'ForAnyValue:StringLike': { [`${cognito}:amr`]: `*${letter(index)}*` } }),
    );
    const allow = statement('Allow', { StringEquals: { [`${cognito}:aud`]: 'eu-central-1:pool' } });
    const policy = parseTrustPolicy({ Version: '2012-10-17', Statement: [allow, ...denials] });
    expect(whoAssumes(policy, [], now)).toMatchObject([{ exact: false }]);
  });
});

test.each([400, 4000])('of %i ranges of addresses the work is bounded', (count) => {
  const document = documentOf(['repo:octo/app:*']);
  const ranges = Array.from({ length: count }, (_, index) => `${index % 256}.${index >> 8}.0.0/16`);
  const [statement] = document.Statement;
  const limited = { ...statement, Condition: { ...statement?.Condition, IpAddress: { 'aws:SourceIp': ranges } } };
  const [admitted] = whoAssumes(parseTrustPolicy({ ...document, Statement: [limited] }), [], now);
  expect(admitted).toMatchObject(
    count > 1000 ? { isGivenUp: true, exact: false } : { reach: 'named others', exact: true },
  );
});
