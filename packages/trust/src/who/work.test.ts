import { describe, expect, test } from 'vitest';
import { lintTrustPolicy } from '../lint-aws.ts';
import { parseTrustPolicy } from '../policy.ts';
import { whoIsNew } from './diff.ts';
import { Asked } from './question.ts';
import { sentenceOf } from './sentence.ts';
import { grantsOfPolicy, whoAssumes } from './who.ts';
import { mostWork } from './work.ts';

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

const many = <T>(length: number, one: (index: number) => T): readonly T[] =>
  Array.from({ length }, (_, index) => one(index));
const arnOf = (issuer: string) => `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
const policyOf = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
const by = (Principal: object, Condition: object, Effect = 'Allow') => ({
  ...{ Effect, Principal, Condition },
  Action: 'Federated' in Principal ? 'sts:AssumeRoleWithWebIdentity' : 'sts:AssumeRole',
});
const ofHub = (operator: string, subjects: string | readonly string[], Effect = 'Allow') =>
  by({ Federated: arnOf(hub) }, { [operator]: { [`${hub}:sub`]: subjects } }, Effect);
const services = (count: number) => ({ Service: many(count, (at) => `s${at}.amazonaws.com`) });
const buckets = (count: number) => ({ ArnLike: { 'aws:SourceArn': many(count, (at) => `arn:aws:s3:::bucket${at}*`) } });
const denied = (count: number) =>
  many(count, (at) => ofHub('StringLike', `repo:octo/app${at}:environment:e${at}*`, 'Deny'));
const apps = (count: number) => many(count, (at) => ofHub('StringLike', `repo:octo/app${at}:*`));
const issuers = (count: number) => ({ Federated: many(count, (at) => arnOf(`oidc${at}.example.com`)) });
const subjects = (count: number) =>
  Object.fromEntries(many(count, (at) => [`oidc${at}.example.com:sub`, `system:serviceaccount:ns:app${at}*`]));
const years = (count: number) =>
  Object.fromEntries(
    many(count, (at) => [`aws:RequestTag/${'x'.repeat(8)}${at}`, `20${10 + (at % 90)}-01-01T00:00:00Z`]),
  );

describe('the work of all questions about a document', () => {
  test.each<[string, object]>([
    ['principals with many values', policyOf(by(services(3000), buckets(800)))],
    ['statements with many denials', policyOf(...apps(300), ...denied(150))],
    ['denials of all that many statements allow', policyOf(...apps(500), ...denied(500))],
    ['issuers with many conditions', policyOf(by(issuers(400), { StringLike: subjects(400) }))],
    [
      'issuers that many denials are of',
      policyOf(by(issuers(400), {}), by(issuers(400), { StringLike: subjects(800) }, 'Deny')),
    ],
    ['conditions on times that need not be there', policyOf(by(services(1000), { DateLessThanIfExists: years(400) }))],
    [
      'accounts with many denials',
      policyOf(
        ...many(400, (at) => by({ AWS: `${1e11 + at}` }, buckets(40))),
        ...many(100, () => by({ AWS: '*' }, buckets(40), 'Deny')),
      ),
    ],
    [
      'variables',
      policyOf(
        ...many(800, (at) =>
          ofHub(
            'StringLike',
            many(50, (to) => `repo:octo/${at}-${to}:\${${hub}:ref}`),
          ),
        ),
      ),
    ],
  ])('is bounded for %s, and who, lint and diff say so', (_, document) => {
    const who = whoAssumes(parseTrustPolicy(document), [], now);
    expect(
      new Set(
        who
          .map(({ reach, exact, isGivenUp, unread }) => ({ reach, exact, isGivenUp, unread }))
          .map((one) => JSON.stringify(one)),
      ),
    ).toEqual(new Set([JSON.stringify({ reach: 'any account', exact: false, isGivenUp: true, unread: [] })]));
    expect(sentenceOf(who)).toMatch(/ At most: some of it would take longer than the bound\.$/);
    expect(lintTrustPolicy(document, now).map(({ rule }) => rule)).toContain('not-decided');
    const grants = grantsOfPolicy(parseTrustPolicy(document), now);
    expect(whoIsNew(grants, grants, [], now)).toEqual([]);
    expect(whoIsNew([], grants, [], now)).toMatchObject(who.map(() => ({ isGivenUp: true, exact: false })));
    const others = grantsOfPolicy(parseTrustPolicy(policyOf(ofHub('StringEquals', 'repo:octo/app:pull_request'))), now);
    expect(whoIsNew(grants, others, [], now).every(({ reach }) => reach !== 'nobody')).toBe(true);
  });

  test('is as much for each question whichever was asked before', () => {
    const grants = grantsOfPolicy(parseTrustPolicy(policyOf(...apps(300), ...denied(150))), now);
    expect(new Set(grants.map(({ most }) => most)).size).toBe(1);
    expect(grants[0]?.most).toBeLessThan(mostWork);
    expect(grants.reduce((all, { most = mostWork }) => all + most, 0)).toBeLessThanOrEqual(24 * mostWork);
  });

  test('is little for a wildcard before each of many letters, which is given up', () => {
    expect(whoAssumes(parseTrustPolicy(documentOf(['*a'.repeat(500)])), [], now)).toMatchObject([
      { reach: 'any account', exact: false, isGivenUp: true },
    ]);
  });

  // What is not known of what a service is asked may name another account.
  test('is not said to be of the account of the role where it was given up', () => {
    const policy = parseTrustPolicy(policyOf(by(services(3000), buckets(800))));
    const [grant] = grantsOfPolicy(policy, now, '123456789012');
    expect(grant && whoIsNew([], [grant], [], now)).toMatchObject([{ reach: 'any account', isGivenUp: true }]);
  });
});

/** Of a trust policy, in letters without blanks, with its quota raised. Source: IAM User Guide, "IAM and AWS STS quotas". */
const largest = 8192;

/** As much of something as there is room for in a policy. */
function filled(of: (count: number) => object): object {
  const counts = many(1200, (at) => at + 1);
  const most = counts.findLast((count) => JSON.stringify(of(count)).length <= largest) ?? 0;
  return of(most);
}

describe('what IAM has room for is never too much for all questions together', () => {
  test.each<[string, object]>([
    ['principals with values', filled((n) => policyOf(by(services(Math.ceil(n * 1.5)), buckets(n))))],
    ['principals', filled((n) => policyOf(by(services(n), buckets(1))))],
    ['values', filled((n) => policyOf(by(services(1), buckets(n))))],
    ['statements', filled((n) => policyOf(...apps(n)))],
    ['statements and denials', filled((n) => policyOf(...apps(n), ...denied(n)))],
    [
      'statements of GitLab',
      filled((n) =>
        policyOf(
          ...many(n, (at) =>
            by({ Federated: arnOf('gitlab.com') }, { StringLike: { 'gitlab.com:sub': `project_path:a${at}/*` } }),
          ),
        ),
      ),
    ],
    ['issuers', filled((n) => policyOf(by(issuers(n), { StringLike: subjects(n) })))],
    ['issuers of which nothing is asked', filled((n) => policyOf(by(issuers(n), {})))],
    ['times', filled((n) => policyOf(by(services(n), { DateLessThanIfExists: years(n) })))],
    [
      'subjects with variables',
      filled((n) =>
        policyOf(
          ofHub(
            'StringLike',
            many(n, (at) => `repo:octo/app${at}:ref:\${${hub}:ref}`),
          ),
        ),
      ),
    ],
    [
      'accounts',
      filled((n) =>
        policyOf(...many(n, (at) => by({ AWS: `${1e11 + at}` }, buckets(1))), by({ AWS: '*' }, buckets(n), 'Deny')),
      ),
    ],
  ])('%s', (_, document) => {
    const who = whoAssumes(parseTrustPolicy(document), [], now);
    expect(who.filter(({ isGivenUp }) => isGivenUp)).toEqual([]);
  });
});

test('a statement that is too large hides no finding of another', () => {
  const names = (count: number, of: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => of(index));
  const large = {
    ...{ Effect: 'Allow', Principal: { Service: names(3_000, (index) => `s${index}.amazonaws.com`) } },
    ...{
      Action: 'sts:AssumeRole',
      Condition: { StringLike: { 'aws:SourceArn': names(800, (at) => `arn:aws:s3:::b${at}*`) } },
    },
  };
  const Statement = [
    { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' },
    ...documentOf(['repo:*']).Statement,
    large,
  ];
  const said = lintTrustPolicy({ Version: '2012-10-17', Statement }, now).map(({ rule, where }) => `${where} ${rule}`);
  expect(said).toEqual(
    expect.arrayContaining([
      ...['Statement[0] aws/any-account', 'Statement[1] aws/wildcard-owner', 'Statement[2] not-decided'],
    ]),
  );
});
