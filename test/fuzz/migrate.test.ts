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
  verdictOnSigned,
  type WebIdentityClaims,
  webIdentityRequest,
} from '@fedbridge/trust';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cases, fuzz } from './cases.ts';
import {
  arnOf,
  devOps,
  hub,
  idPolicies,
  issuerPolicies,
  oldSubject,
  type Policy,
  subject,
  tenant,
  toIds,
} from './migrations.ts';

/** In ms: 100,000 policies take a while. */
const timeout = 7_200_000;

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
    if (old.allowed && !after && isSigned(job.new)) {
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

/** Whether an issuer signs such a token at all: one that nobody can have is kept out of nothing. */
const isSigned = (claims: WebIdentityClaims) => verdictOnSigned({ allowed: true, why: [] }, claims).allowed;

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
  const tokens = fc.tuple(someOf(jobsOf('octo/app')), someOf(jobsOf('Octo/App')), someOf(strangers));
  await fuzz(
    fc.tuple(idPolicies, circumstances, tokens),
    ([document, at, [usual, spelled, others]]) => {
      const isSpelled = /(^|[":])repo:Octo\/App[":]/.test(JSON.stringify(document));
      holdsPromise(document, toIds, isSpelled ? [...usual, ...spelled] : usual, others, at);
    },
    cases,
  );
});

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
  const others = [
    ...['sc://contoso/web/other', 'sc://other/web/aws', 'p://contoso/web/aws'].map((sub) => onDevOps(sub)),
    ...[`${newSubject}2`, '/eid1/c/pub/t/x/a/y/sc/z/2'].map((sub) => onEntra(sub)),
    onEntra(newSubject, tenant.replace('1b2c', '2b2c')),
    onDevOps(oldSubject, devOps.replace('0a1b', '1a1b')),
  ];
  await fuzz(
    fc.tuple(issuerPolicies(newSubject), circumstances, someOf(others)),
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
