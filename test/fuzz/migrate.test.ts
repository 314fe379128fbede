import { conditionKeysOf } from '@fedbridge/issuers';
import {
  type AnyFederatedCredential,
  type Assertion,
  connectionJob,
  type Evaluation,
  evaluateTrustPolicy,
  type Migrated,
  type Migration,
  matchFederatedCredential,
  migrateFederatedCredentials,
  migrateTrustPolicy,
  parseTrustPolicy,
  type WebIdentityClaims,
  webIdentityRequest,
} from '@fedbridge/trust';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cases, fuzz } from './cases.ts';

/** In ms: 100,000 policies take a while. */
const timeout = 7_200_000;

const hub = 'token.actions.githubusercontent.com';
const devOps = 'vstoken.dev.azure.com/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const tenant = 'login.microsoftonline.com/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9/v2.0';
const arnOf = (issuer: string) => `arn:aws:iam::123456789012:oidc-provider/${issuer}`;

interface Job {
  readonly old: WebIdentityClaims;
  readonly new: WebIdentityClaims;
}

/** What is the same for a job in both forms. */
interface Circumstances {
  readonly address: string;
  readonly session: string;
  readonly now: number;
}

const circumstances = fc.record({
  address: fc.constantFrom('10.1.2.3', '192.0.2.1'),
  session: fc.constantFrom('deploy', 'other'),
  now: fc.constantFrom(1_790_000_000, 1_990_000_000),
});

type Policy = Readonly<Record<string, unknown>>;

const statementsOf = ({ Statement }: Policy): readonly Policy[] => [Statement].flat() as Policy[];

function evaluate(document: unknown, claims: WebIdentityClaims, { address, session, now }: Circumstances): Evaluation {
  const iss = claims.iss ?? '';
  const others = { 'aws:SourceIp': address, 'sts:RoleSessionName': session };
  const provider = arnOf(iss.slice('https://'.length));
  return evaluateTrustPolicy(
    parseTrustPolicy(document),
    webIdentityRequest(claims, provider, conditionKeysOf(iss), now, others),
  );
}

/** Statements of a policy that apply to a token, each for itself. */
function applying(policy: Policy, effect: string, claims: WebIdentityClaims, at: Circumstances): readonly number[] {
  return statementsOf(policy).flatMap((statement, index) => {
    if (statement.Effect !== effect) return [];
    const evaluation = evaluate({ ...policy, Statement: statement }, claims, at);
    return evaluation.allowed || evaluation.why === 'denied' ? index : [];
  });
}

/** What the tool names as not migrated: whoever is not covered by that has no excuse. */
class NotMigrated {
  readonly #places: ReadonlySet<string>;

  constructor({ notCovered }: Migrated<unknown>) {
    this.#places = new Set(notCovered.map(({ where }) => where));
  }

  /** Whether each of some statements is named. */
  hasAll(indices: readonly number[]): boolean {
    return this.#places.has('policy') || (indices.length > 0 && indices.every((index) => this.#has(index)));
  }

  hasSome(indices: readonly number[]): boolean {
    return this.#places.has('policy') || indices.some((index) => this.#has(index));
  }

  #has(index: number): boolean {
    return this.#places.has(`Statement[${index}]`);
  }
}

/** Nobody is kept out, nobody else is let in, denials hold for both forms; and so when the old form goes. */
function holdsPromise(
  before: Policy,
  migration: Migration,
  jobs: readonly Job[],
  strangers: readonly WebIdentityClaims[],
  at: Circumstances,
): void {
  const both = migrateTrustPolicy(before, migration, false);
  const isAllowed = (document: unknown, claims: WebIdentityClaims) => evaluate(document, claims, at).allowed;
  for (const stranger of strangers)
    expect(isAllowed(both.document, stranger), `stranger ${stranger.sub}`).toBe(isAllowed(before, stranger));
  const notMigrated = new NotMigrated(both);
  for (const job of jobs) {
    const [old, renamed] = [evaluate(before, job.old, at), evaluate(before, job.new, at)];
    const after = isAllowed(both.document, job.new);
    expect(isAllowed(both.document, job.old), `old form ${job.old.sub}`).toBe(old.allowed);
    if (after) expect(old.allowed || renamed.allowed, `nobody else: ${job.new.sub}`).toBe(true);
    if (old.allowed && !after) {
      const isNamed =
        notMigrated.hasAll(applying(before, 'Allow', job.old, at)) ||
        notMigrated.hasSome(applying(before, 'Deny', job.new, at));
      expect(isNamed, `kept out: ${job.new.sub}`).toBe(true);
    }
    if (renamed.allowed && !after && !old.allowed && old.why === 'no statement') {
      // An exception from what is allowed, which holds for both forms.
      const allowing = applying(before, 'Allow', job.new, at).map((index) => statementsOf(before)[index]);
      expect(
        allowing.every((one) => JSON.stringify(one).includes('StringNot')),
        `was allowed: ${job.new.sub}`,
      ).toBe(true);
    }
    if (after && !old.allowed && old.why === 'denied') {
      const isNamed = renamed.allowed && notMigrated.hasAll(applying(before, 'Deny', job.old, at));
      expect(isNamed, `denied: ${job.old.sub}`).toBe(true);
    }
  }
  expect(migrateTrustPolicy(both.document, migration, false), 'once more').toMatchObject({ document: both.document });
  for (const document of [before, both.document]) holdsWhenFinished(document, migration, jobs, strangers, at);
}

function holdsWhenFinished(
  document: Policy,
  migration: Migration,
  jobs: readonly Job[],
  strangers: readonly WebIdentityClaims[],
  at: Circumstances,
): void {
  const done = finished(document, migration);
  if (!done) return;
  const isAllowed = (one: unknown, claims: WebIdentityClaims) => evaluate(one, claims, at).allowed;
  for (const stranger of strangers) expect(isAllowed(done.document, stranger)).toBe(isAllowed(document, stranger));
  for (const job of jobs) {
    const after = isAllowed(done.document, job.new);
    expect(after, `finished, new form ${job.new.sub}`).toBe(isAllowed(document, job.new));
    if (isAllowed(done.document, job.old)) {
      const isNamed = new NotMigrated(done).hasSome(applying(document, 'Allow', job.old, at));
      expect(isNamed, `finished, old form ${job.old.sub}`).toBe(true);
    } else if (isAllowed(document, job.old)) expect(after, `finished too early: ${job.new.sub}`).toBe(true);
  }
}

function finished(document: Policy, migration: Migration): Migrated<Policy> | undefined {
  try {
    return migrateTrustPolicy(document, migration, true);
  } catch (error) {
    expect(error).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining('not allowed yet') });
    return undefined;
  }
}

const listOf = (value: fc.Arbitrary<string>) => fc.oneof(value, fc.uniqueArray(value, { minLength: 1, maxLength: 3 }));

/** Conditions that have nothing to do with the form of a subject. */
const further = fc.constantFrom(
  ['IpAddress', 'aws:SourceIp', '10.0.0.0/8'],
  ['DateLessThan', 'aws:CurrentTime', '2030-01-01T00:00:00Z'],
  ['StringEquals', 'sts:RoleSessionName', ['deploy', 'release']],
  ['StringLike', `${hub}:job_workflow_ref`, 'octo/flows/*'],
  ['Null', `${hub}:sub`, 'false'],
) as fc.Arbitrary<readonly [string, string, unknown]>;

function statement(
  condition: fc.Arbitrary<readonly [string, string, unknown]>,
  principals: readonly object[],
): fc.Arbitrary<object> {
  return fc
    .record({
      effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
      principal: fc.constantFrom(...principals),
      conditions: fc.array(condition, { minLength: 1, maxLength: 2 }),
      further: fc.array(further, { maxLength: 1 }),
      sid: fc.option(fc.constantFrom('One', 'Two'), { nil: undefined }),
    })
    .map(({ effect, principal, conditions, further: more, sid }) => {
      const operators: Record<string, Record<string, unknown>> = {};
      for (const [operator, key, values] of [...conditions, ...more])
        operators[operator] = { ...operators[operator], [key]: values };
      return {
        ...(sid === undefined ? {} : { Sid: sid }),
        Effect: effect,
        Principal: effect === 'Deny' && conditions.length === 1 ? '*' : principal,
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: operators,
      };
    });
}

const policyOf = (one: fc.Arbitrary<object>) =>
  fc.record({
    Version: fc.constantFrom('2012-10-17', '2012-10-17', '2008-10-17'),
    Statement: fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 })),
  });

const texts = [
  ...['StringEquals', 'StringLike', 'StringLike', 'StringNotLike', 'StringNotEquals', 'StringEqualsIgnoreCase'],
  ...[
    'ForAnyValue:StringLike',
    'ForAllValues:StringEquals',
    'StringLikeIfExists',
    'StringNotEqualsIgnoreCase',
    'ArnLike',
  ],
];
const names = [
  'octo/app',
  'octo/*',
  'octo/a*',
  'octo/?pp',
  'Octo/App',
  'octo/web',
  '*',
  '*/app',
  'octo@*/app@*',
  'octo@65001/app@724113',
];
const contexts = [
  ...[
    'ref:refs/heads/main',
    'ref:refs/heads/*',
    'pull_request',
    'environment:production',
    '*',
    '?*',
    '*:refs/heads/main',
  ],
  ...['ref:${aws:username}', 'environment:${*}', 'job_workflow_ref:octo/flows/*', 'a:b:c:d'],
];
const subject = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(...names), fc.constantFrom(...contexts)).map(([a, b]) => `repo:${a}:${b}`),
  },
  fc.constantFrom(...names).map((name) => `repo:${name}`),
  fc.constantFrom(...names).map((name) => `environment:production:repo:${name}`),
  fc.constantFrom(
    '*',
    'repo:*',
    'repo:octo*',
    '*:pull_request',
    `repo:\${${hub}:repository}:*`,
    'repository_owner:octo:*',
    '*r*e*p*o*:*o*c*t*o*/*a*p*p*',
  ),
  fc
    .array(fc.constantFrom('repo:', 'octo', '/', 'app', ':', '*', '?', 'a', 'p', 'ref:refs/heads/main'), {
      maxLength: 7,
    })
    .map((all) => all.join('')),
);
const toIds: Migration = {
  ...{ kind: 'immutable-subjects', owner: 'octo', repository: 'app' },
  ...{ ownerId: '65001', repositoryId: '724113' },
};
const onHub = (sub: string): WebIdentityClaims => ({
  ...{ iss: `https://${hub}`, aud: 'sts.amazonaws.com', sub, repository: 'octo/app' },
  job_workflow_ref: 'octo/flows/deploy.yml@refs/heads/main',
});
const ends = [
  ...[':ref:refs/heads/main', ':ref:refs/heads/a/p', ':ref:refs/tags/v1', ':pull_request', ':environment:production'],
  ...[':environment:*', ':job_workflow_ref:octo/flows/x', ':a:b:c:d', ''],
];
const heads = ['', 'environment:production:'];
/** Of a list a few, at random: each policy meets others. */
const someOf = <T>(list: readonly T[]): fc.Arbitrary<readonly T[]> =>
  fc.array(fc.constantFrom(...list), { minLength: 1, maxLength: 3 });
/** The jobs of a repository, under a name that differs in case only where the policy names that too. */
const jobsOf = (spelled: string): readonly Job[] =>
  heads.flatMap((head) =>
    ends.map((end) => ({
      old: onHub(`${head}repo:${spelled}${end}`),
      new: onHub(`${head}repo:${spelled.replace('/', '@65001/')}@724113${end}`),
    })),
  );
const strangers = [
  'octo/web',
  'octo/apple',
  'other/app',
  'octo@65001/app@7241130',
  'octo@65001/web@5',
  'octo@7/app@724113',
  'acme/a',
]
  .flatMap((name) => ends.map((end) => onHub(`repo:${name}${end}`)))
  .concat([onHub('repository_owner:octo:environment:production'), onHub('')]);

it('migrate to ids: nobody is kept out, nobody else is let in, denials hold for both forms', { timeout }, async () => {
  const condition = fc.tuple(fc.constantFrom(...texts), fc.constantFrom(`${hub}:sub`, `${hub}:SUB`), listOf(subject));
  const audience = fc.constant(['StringEquals', `${hub}:aud`, 'sts.amazonaws.com'] as const);
  const principals = [{ Federated: arnOf(hub) }, { Federated: [arnOf(hub), arnOf('gitlab.com')] }];
  const policy = policyOf(statement(fc.oneof({ weight: 5, arbitrary: condition }, audience), principals));
  const tokens = fc.tuple(someOf(jobsOf('octo/app')), someOf(jobsOf('Octo/App')), someOf(strangers));
  await fuzz(
    fc.tuple(policy, circumstances, tokens),
    ([document, at, [usual, spelled, others]]) => {
      const isSpelled = /(^|[":])repo:Octo\/App[":]/.test(JSON.stringify(document));
      holdsPromise(document, toIds, isSpelled ? [...usual, ...spelled] : usual, others, at);
    },
    cases,
  );
});

const oldSubject = 'sc://contoso/web/aws';
const newSubject = '/eid1/c/pub/t/x/a/y/sc/z/1';
const toEntra: Migration = { kind: 'entra-issuer', oldSubject, to: connectionJob(`https://${tenant}`, newSubject) };
const onDevOps = (sub: string, org = devOps): WebIdentityClaims => ({
  ...{ iss: `https://${org}`, aud: 'api://AzureADTokenExchange', sub },
});
const onEntra = (sub: string, iss = tenant): WebIdentityClaims => ({
  ...{ iss: `https://${iss}`, sub, aud: 'fb60f99c-7a34-4190-8149-302f77469936' },
  azp: '499b84ac-1321-427f-aa17-267ca6975798',
});

it('migrate to the Entra issuer: the same', { timeout }, async () => {
  const key = fc.constantFrom(...[devOps, devOps, devOps, tenant].map((issuer) => `${issuer}:sub`));
  const value = fc.constantFrom(
    ...[
      oldSubject,
      oldSubject,
      'sc://contoso/web/*',
      'sc://contoso/*',
      '*',
      'sc://contoso/web/other',
      'SC://contoso/web/AWS',
    ],
    ...[newSubject, '/eid1/*', 'sc://contoso/${aws:username}/aws', `sc://\${${devOps}:aud}`],
  );
  const audiences = fc.constantFrom(
    ...(['StringEquals', 'StringNotEquals', 'StringLike'] as const).flatMap((operator) => [
      [operator, `${devOps}:aud`, 'api://AzureADTokenExchange'] as const,
      [operator, `${devOps}:aud`, ['api://AzureADTokenExchange', 'sts.amazonaws.com']] as const,
      [operator, `${tenant}:aud`, '499b84ac-1321-427f-aa17-267ca6975798'] as const,
      [operator, 'aws:FederatedProvider', arnOf(devOps)] as const,
    ]),
  );
  const condition = fc.tuple(fc.constantFrom(...texts), key, listOf(value));
  const principals = [
    { Federated: arnOf(devOps) },
    { Federated: [arnOf(devOps), arnOf(tenant)] },
    { Federated: arnOf(tenant) },
  ];
  const policy = policyOf(statement(fc.oneof({ weight: 3, arbitrary: condition }, audiences), principals));
  const others = [
    ...['sc://contoso/web/other', 'sc://other/web/aws', 'p://contoso/web/aws'].map((sub) => onDevOps(sub)),
    ...[`${newSubject}2`, '/eid1/c/pub/t/x/a/y/sc/z/2'].map((sub) => onEntra(sub)),
    onEntra(newSubject, tenant.replace('1b2c', '2b2c')),
    onDevOps(oldSubject, devOps.replace('0a1b', '1a1b')),
  ];
  // A policy that does not name the old issuer says nothing of the connection.
  const named = policy.filter((document) => JSON.stringify(document).includes(devOps));
  await fuzz(
    fc.tuple(named, circumstances, someOf(others)),
    ([document, at, strange]) =>
      holdsPromise(document, toEntra, [{ old: onDevOps(oldSubject), new: onEntra(newSubject) }], strange, at),
    cases,
  );
});

it('migrate credentials: whoever is allowed is so in both forms, and then in the new one alone', {
  timeout,
}, async () => {
  const exact = fc.constantFrom(
    ...jobsOf('octo/app').flatMap((job) => [job.old.sub, job.new.sub]),
    'repo:octo/web:pull_request',
  );
  const expression = fc
    .tuple(
      fc.constantFrom('eq', 'matches'),
      subject.filter((text) => !text.includes('$')),
    )
    .map(([operator, text]) => `claims['sub'] ${operator} '${text}' and claims['repository_owner_id'] eq '65001'`);
  const audiences = fc.constantFrom(['api://AzureADTokenExchange'], ['sts.amazonaws.com']);
  const name = fc.constantFrom('main', 'a b', 'x'.repeat(130), '-', 'main-immutable');
  const issuer = fc.constant(`https://${hub}`);
  const credential = fc.oneof(
    fc.record({ name, issuer, subject: exact, audiences, description: fc.constant('kept') }),
    fc.record({
      ...{ name, issuer, audiences },
      claimsMatchingExpression: expression.map((value) => ({ value, languageVersion: 1 })),
    }),
  );
  const list = fc.uniqueArray(credential, {
    maxLength: 4,
    selector: (one) => JSON.stringify({ ...one, name: 0, audiences: 0 }),
  });
  await fuzz(
    fc.tuple(list, someOf(jobsOf('octo/app')), someOf(strangers)),
    ([before, jobs, others]) =>
      holdsForCredentials(before as Credentials, toIds, jobs, others, ({ sub }) => ({
        ...{ issuer: `https://${hub}`, subject: String(sub), audience: 'api://AzureADTokenExchange' },
        claims: { sub, repository_owner_id: '65001' },
      })),
    cases,
  );
});

it('migrate credentials to the Entra issuer: the same', { timeout }, async () => {
  const credential = fc.record({
    name: fc.constantFrom('main', 'a b', 'main-entra-issuer'),
    issuer: fc.constantFrom(...[devOps, devOps, tenant, hub].map((one) => `https://${one}`)),
    subject: fc.constantFrom(oldSubject, oldSubject, newSubject, 'sc://contoso/web/other'),
    audiences: fc.constantFrom(
      ['api://AzureADTokenExchange'],
      ['api://AzureADTokenExchange'],
      ['sts.amazonaws.com'],
      [],
    ),
  });
  const list = fc.uniqueArray(credential, { maxLength: 4, selector: ({ issuer, subject }) => `${issuer} ${subject}` });
  const others = [
    onDevOps('sc://contoso/web/other'),
    onDevOps(newSubject),
    onEntra(oldSubject),
    onEntra(`${newSubject}2`),
  ];
  await fuzz(
    fc.tuple(list, someOf(others)),
    ([before, strange]) =>
      holdsForCredentials(
        before,
        toEntra,
        [{ old: onDevOps(oldSubject), new: onEntra(newSubject) }],
        strange,
        ({ iss, sub }) => ({
          ...{ issuer: String(iss), subject: String(sub), audience: 'api://AzureADTokenExchange' },
        }),
      ),
    cases,
  );
});

type Credentials = readonly AnyFederatedCredential[];

function holdsForCredentials(
  before: Credentials,
  migration: Migration,
  jobs: readonly Job[],
  others: readonly WebIdentityClaims[],
  assertionOf: (claims: WebIdentityClaims) => Assertion,
): void {
  const isAllowed = (all: Credentials, claims: WebIdentityClaims) =>
    matchFederatedCredential(all, assertionOf(claims)).matched !== undefined;
  const { document: both, notCovered } = migrateFederatedCredentials(before, migration, false);
  expect(both.filter((one) => before.includes(one))).toEqual(before);
  const added = both.filter((one) => !before.includes(one));
  const all = [...before, ...added].map((one) => one.name.toLowerCase());
  for (const one of added) {
    expect(one.name).toMatch(/^[\dA-Za-z][\w-]{2,119}$/);
    expect(all.filter((other) => other === one.name.toLowerCase())).toHaveLength(1);
  }
  /** Whether whatever allows a token is named as not migrated. */
  const isNamed = (named: typeof notCovered, { old }: Job, list: Credentials) => {
    const about = list.filter((one) => isAllowed([one], old));
    return about.length > 0 && about.every(({ name }) => named.some(({ where }) => where === name));
  };
  for (const job of jobs) {
    expect(isAllowed(both, job.old)).toBe(isAllowed(before, job.old));
    const expected = isAllowed(before, job.old) || isAllowed(before, job.new);
    if (isAllowed(both, job.new)) expect(expected, `nobody else: ${job.new.sub}`).toBe(true);
    else if (expected) expect(isNamed(notCovered, job, before), `kept out: ${job.new.sub}`).toBe(true);
  }
  for (const one of others) expect(isAllowed(both, one), String(one.sub)).toBe(isAllowed(before, one));
  expect(migrateFederatedCredentials(both, migration, false).document).toEqual(both);
  for (const list of [before, both]) {
    const done = finishedList(list, migration);
    if (!done) continue;
    for (const job of jobs) {
      const after = isAllowed(done.document, job.new);
      expect(after).toBe(isAllowed(list, job.new));
      if (isAllowed(done.document, job.old))
        expect(isNamed(done.notCovered, job, done.document), String(job.old.sub)).toBe(true);
      else if (isAllowed(list, job.old)) expect(after, `finished too early: ${job.new.sub}`).toBe(true);
    }
  }
}

function finishedList(list: Credentials, migration: Migration): Migrated<Credentials> | undefined {
  try {
    return migrateFederatedCredentials(list, migration, true);
  } catch (error) {
    expect(error).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining('not allowed yet') });
    return undefined;
  }
}
