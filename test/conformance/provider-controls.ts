import type { Claims, Row } from './row.ts';

/** A trust policy for an issuer, and what IAM says to who creates a role with it. */
export interface RoleRow extends Row {
  /** `GitHub` for GitHub's, wherever it is. */
  readonly issuer: string;
  /** What is not as usual: an Allow of a web identity, to the issuer's provider. */
  readonly statements: (keys: string) => readonly Claims[];
  /** Of a role that was there before IAM asked. */
  readonly predates?: boolean;
  /** Undefined where the role is created. */
  readonly saying: ((provider: string, keys: string) => string) | undefined;
}

type Saying = NonNullable<RoleRow['saying']>;
type Conditions = (keys: string) => object;

const evaluate = (principal: string, keys: string) =>
  `Trust policy with trusted principal ${principal} must evaluate, using StringEquals, StringLike or StringEqualsIgnoreCase, ` +
  `${keys} which is not scoped to all.`;
const mustOfGitHub: Saying = (provider, keys) => evaluate(provider, `${keys}:sub or ${keys}:job_workflow_ref`);
const mustOf =
  (claim: string): Saying =>
  (_provider, keys) =>
    evaluate(keys, `${keys}:${claim}`);
const onlyAssume: Saying = () => 'AssumeRole policy may only specify STS AssumeRole actions.';

/** A kind of provider, what IAM asks of it, and where the answers stand. */
interface Kind {
  readonly title: string;
  readonly issuer: string;
  readonly must: Saying;
  /** The key that it asks for. */
  readonly claim: string;
  readonly source: RoleRow['source'];
  readonly edges: RoleRow['source'];
}
const gitHub: Kind = {
  ...{ title: 'GitHub', issuer: 'GitHub', must: mustOfGitHub, claim: 'sub' },
  ...{ source: 'iamControlsGitHub', edges: 'iamControlsGitHub' },
};
const gitLab: Kind = {
  ...{ title: 'GitLab', issuer: 'https://gitlab.com', must: mustOf('sub'), claim: 'sub' },
  ...{ source: 'iamControls', edges: 'iamControlsEdges' },
};
const kinds = [gitHub, gitLab];

const row = (
  { title, issuer, must }: Kind,
  name: string,
  source: RoleRow['source'],
  isTaken: boolean,
  conditions: Conditions,
): RoleRow => ({
  ...{ name: `${title}, ${name}`, issuer, source, saying: isTaken ? undefined : must },
  statements: (keys) => [{ Condition: conditions(keys) }],
});
const condition =
  (operator: string, claim: string, value: unknown): Conditions =>
  (keys) => ({ [operator]: { [`${keys}:${claim}`]: value } });

/** Values of `sub`, whether IAM takes them of GitHub's issuer, and whether of other shared ones. */
const values: readonly (readonly [value: string | readonly string[], gitHub: boolean, other: boolean])[] = [
  ['job-7', true, true],
  ['*', false, false],
  ['?', true, true],
  ['**', false, true],
  ['*?', false, true],
  ['', false, true],
  [['*', 'job-7'], false, false],
];
const operators = ['StringLike', 'StringEqualsIgnoreCase', 'ForAnyValue:StringEquals', 'ForAllValues:StringLike'];
const byValue = kinds.flatMap((kind) =>
  ['StringEquals', ...operators].flatMap((operator, index) =>
    values.map(([value, ofGitHub, ofOthers]) => {
      const isTaken = kind === gitHub ? ofGitHub : ofOthers;
      const source = index === 0 ? kind.source : kind.edges;
      const name = `${operator} ${JSON.stringify(value)}`;
      return row(kind, name, source, isTaken, condition(operator, 'sub', value));
    }),
  ),
);

const byOperator = kinds.flatMap((kind) =>
  (
    [
      ['ForAllValues:StringEquals', 'job-7', true],
      ['StringNotEquals', 'job-7', false],
      ['StringEqualsIfExists', 'job-7', false],
      ['StringLikeIfExists', 'job-*', false],
      ['Null', 'false', false],
      ['Null', 'true', false],
      ['NumericEquals', '1', false],
      ['Bool', 'true', false],
    ] as const
  ).map(([operator, value, isTaken]) =>
    row(kind, `${operator} "${value}"`, kind.source, isTaken, condition(operator, 'sub', value)),
  ),
);

const scoped = (keys: string) => ({ StringEquals: { [`${keys}:sub`]: 'job-7' } });
const ofStatements = (
  { title, issuer }: Kind,
  source: RoleRow['source'],
  all: Readonly<Record<string, readonly [RoleRow['saying'], RoleRow['statements']]>>,
) =>
  Object.entries(all).map(
    ([name, [saying, statements]]): RoleRow => ({ name: `${title}, ${name}`, source, saying, issuer, statements }),
  );
const byStatement = kinds.flatMap((kind) => [
  ...ofStatements(kind, kind.source, {
    'no condition': [kind.must, () => [{}]],
    'a key in capitals': [undefined, (keys) => [{ Condition: scoped(keys.toUpperCase()) }]],
    'a denial': [undefined, () => [{ Effect: 'Deny' }]],
    'tags alone': [undefined, () => [{ Action: 'sts:TagSession' }]],
    'every action of STS': [onlyAssume, () => [{ Action: 'sts:*' }]],
    'a statement beside one that evaluates': [kind.must, (keys) => [{ Condition: scoped(keys) }, {}]],
    'a denial beside one that evaluates': [undefined, (keys) => [{ Condition: scoped(keys) }, { Effect: 'Deny' }]],
  }),
  ...ofStatements(kind, kind.edges, {
    'an action in another case': [onlyAssume, () => [{ Action: 'STS:assumerolewithwebidentity' }]],
    'one operator that evaluates and one that does not': [
      undefined,
      (keys) => [{ Condition: { ...scoped(keys), StringLike: { [`${keys}:sub`]: '*' } } }],
    ],
  }),
]);

/** What GitHub's issuer alone is asked. */
const details = [
  ...(
    [
      ['??', true],
      ['?*', true],
      ['??*', true],
      ['?job', true],
      ['job*', true],
      ['${aws:username}', true],
      ['*??', false],
      ['*job', false],
      ['*?job', false],
      [' ', false],
    ] as const
  ).map(([value, isTaken]) =>
    row(gitHub, `the pattern "${value}"`, 'iamControlsDetails', isTaken, condition('StringLike', 'sub', value)),
  ),
  ...(
    [
      ['octo/flows/.github/workflows/deploy.yml@refs/heads/main', true],
      ['*', false],
      ['', false],
    ] as const
  ).map(([value, isTaken]) =>
    row(
      gitHub,
      `the workflow "${value}"`,
      'iamControlsDetails',
      isTaken,
      condition('StringEquals', 'job_workflow_ref', value),
    ),
  ),
  ...(
    [
      ['*', 'job-7'],
      ['job-7', '*'],
    ] as const
  ).map(([sub, workflow]) =>
    row(gitHub, `the subject "${sub}" and the workflow "${workflow}"`, 'iamControlsDetails', false, (keys) => ({
      StringEquals: { [`${keys}:sub`]: sub, [`${keys}:job_workflow_ref`]: workflow },
    })),
  ),
  ...['/octo', '.example.com', 'other'].map((suffix) =>
    row(
      { ...gitHub, issuer: `https://token.actions.githubusercontent.com${suffix}` },
      `an issuer that goes on with ${suffix}, the key of GitHub's own`,
      'iamControlsDetails',
      false,
      () => scoped('token.actions.githubusercontent.com'),
    ),
  ),
  row(
    { ...gitHub, issuer: 'https://token.actions.githubusercontent.com/octo' },
    "an enterprise's slug, its own key",
    'iamControlsDetails',
    true,
    scoped,
  ),
];

/** What is told apart of other shared issuers. */
const others = (
  [
    ['vstoken.actions.githubusercontent.com', 'sub', 'iamControlsEdges'],
    ['app.terraform.io', 'sub', 'iamControls'],
    ['agent.buildkite.com', 'sub', 'iamShared'],
    ['oidc.codefresh.io', 'sub', 'iamShared'],
    ['scalr.io', 'sub', 'iamShared'],
    ['api.pulumi.com/oidc', 'aud', 'iamShared'],
    ['oidc.vercel.com', 'aud', 'iamShared'],
  ] as const
).flatMap(([name, claim, source]) => {
  const kind = { ...gitLab, title: name, issuer: `https://${name}`, must: mustOf(claim), claim };
  return [
    row(kind, 'another claim', source, false, condition('StringEquals', claim === 'sub' ? 'aud' : 'sub', 'job-7')),
    row(kind, claim, source, true, condition('StringEquals', claim, 'job-7')),
  ];
});
const owned = ['https://vstoken.actions.githubusercontent.com/private', 'https://gitlab.com/private'].map((issuer) =>
  row({ ...gitLab, title: issuer, issuer }, 'no condition', 'iamControlsEdges', true, () => ({})),
);
const ofOneOwner = ['https://issuer.example.com', 'https://gitlab.example.com'].map((issuer) =>
  row(
    { ...gitLab, title: issuer, issuer },
    'the audience alone',
    'iamShared',
    true,
    condition('StringEquals', 'aud', 'a'),
  ),
);

/** Services that IAM knows by their host. */
const login = (
  host: string,
  name: string,
  isTaken: boolean,
  Condition: object | undefined,
  more: Claims = {},
  source: RoleRow['source'] = 'iamControlsEdges',
): RoleRow => ({
  ...{ name: `${host}, ${name}`, issuer: 'https://issuer.example.com', source },
  saying: isTaken ? undefined : () => `Policy trusting ${host} requires a StringEquals condition on an application id`,
  statements: () => [{ Principal: { Federated: host }, ...(Condition ? { Condition } : {}), ...more }],
});
const google = 'accounts.google.com';
const ofGoogle = (operator: string, value: unknown) => ({ [operator]: { [`${google}:aud`]: value } });
const logins = [
  ...[
    { host: google, taken: ['aud', 'oaud', 'sub'], refused: ['app_id'] },
    { host: 'www.amazon.com', taken: ['app_id', 'sub'], refused: ['aud', 'oaud'] },
    { host: 'graph.facebook.com', taken: ['app_id', 'sub'], refused: ['aud', 'oaud'] },
  ].flatMap(({ host, taken, refused }) => {
    const is = (claim: string) => ({ StringEquals: { [`${host}:${claim}`]: 'job-7' } });
    const unknown = ['amr', 'email', 'user_id', 'id', 'anything', 'SUB'];
    return [
      login(host, 'no condition', false, undefined),
      ...taken.map((claim) => login(host, claim, true, is(claim))),
      ...refused.map((claim) => login(host, claim, false, is(claim))),
      ...unknown.map((claim) => login(host, claim, false, is(claim), {}, 'iamControlsDetails')),
    ];
  }),
  ...['StringEqualsIgnoreCase', 'ForAnyValue:StringEquals', 'ForAllValues:StringEquals'].map((operator) =>
    login(google, operator, true, ofGoogle(operator, 'job-7')),
  ),
  ...['StringLike', 'StringEqualsIfExists', 'StringNotEquals'].map((operator) =>
    login(google, operator, false, ofGoogle(operator, 'job-7')),
  ),
  login(google, 'Null', false, ofGoogle('Null', 'false')),
  ...['*', '?', ''].map((value) => login(google, `the audience "${value}"`, true, ofGoogle('StringEquals', value))),
  login(google, 'a key in capitals', false, { StringEquals: { 'ACCOUNTS.GOOGLE.COM:AUD': 'job-7' } }),
  login(google, 'a denial', true, undefined, { Effect: 'Deny' }),
  login(google, 'tags alone', true, undefined, { Action: 'sts:TagSession' }),
];

const cognito = 'cognito-identity.amazonaws.com';
const ofCognito = (name: string, saying: RoleRow['saying'], more: Claims): RoleRow => ({
  ...{ name: `${cognito}, ${name}`, issuer: 'https://issuer.example.com', source: 'iamControls', saying },
  statements: () => [{ Principal: { Federated: cognito }, ...more }],
});
const pools = [
  ofCognito('no condition', () => 'A condition block must be present for the Cognito provider', {}),
  ofCognito('aud', undefined, { Condition: { StringEquals: { [`${cognito}:aud`]: 'job-7' } } }),
  ofCognito('aud "*"', () => evaluate(cognito, `${cognito}:aud`), {
    Condition: { StringLike: { [`${cognito}:aud`]: '*' } },
  }),
  ofCognito('a key in capitals', undefined, {
    Condition: { StringEquals: { [`${cognito}:aud`.toUpperCase()]: 'job-7' } },
  }),
];

/** What IAM says of the roles of issuers that strangers share. */
export const roleRows: readonly RoleRow[] = [
  ...[...byValue, ...byOperator, ...byStatement, ...details, ...others, ...owned, ...ofOneOwner, ...logins, ...pools],
  {
    ...row(gitHub, 'a role that was there before', 'iamShared', true, condition('StringEquals', 'aud', 'a')),
    predates: true,
  },
  row(gitHub, 'the repository alone', 'iamShared', false, condition('StringEquals', 'repository', 'octo/app')),
];
