import {
  connectionJob,
  grantsOfPolicy,
  type Migrated,
  type Migration,
  type Mine,
  migrateTrustPolicy,
  parseMine,
  parseTrustPolicy,
  whoIsNew,
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
  tenant,
  toIds,
} from './migrations.ts';

/** In ms: 100,000 policies take a while. */
const timeout = 7_200_000;
/** An exact answer takes as long as some hundred samples. */
const numRuns = Math.ceil(cases / 500);
const now = 1_790_000_000;

/** The forms of a job as a denial: what is denied in both documents makes no difference between them. */
interface Forms {
  readonly operator: 'StringLike' | 'StringEqualsIgnoreCase';
  readonly key: string;
  readonly values: readonly string[];
}

/**
 * Nobody but the job is allowed by one document and not by another. That is decided for all tokens that issuers can sign, and each example of
 * a difference is one that the evaluator confirms.
 */
function differsByJobAlone(before: Policy, after: Policy, forms: readonly Forms[], mine: readonly Mine[] = []): void {
  const grants = (document: Policy) =>
    grantsOfPolicy(
      parseTrustPolicy({ ...document, Statement: [[document.Statement].flat(), forms.map(denialOf)].flat() }),
      now,
    );
  const [old, fresh] = [grants(before), grants(after)];
  for (const [what, found] of [
    ['newly allowed', whoIsNew(old, fresh, [], now)],
    ['no longer allowed', whoIsNew(fresh, old, mine, now).filter(({ reach }) => reach !== 'only mine')],
  ] as const)
    for (const { witness, exact } of found) {
      // Where a variable stands for another claim nothing is decided, and nothing seen either.
      if (!witness && !exact) continue;
      expect(`${what}: ${JSON.stringify({ witness, after })}`).toBe('nobody');
    }
}

const denialOf = ({ operator, key, values }: Forms) => ({
  Effect: 'Deny',
  Principal: '*',
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { [operator]: { [key]: values } },
});

interface Job {
  readonly old: Forms;
  readonly fresh: Forms;
  /** The same by its owner and name, in any case: it may lose its old form. */
  readonly mine: readonly Mine[];
}

function holdsExactly(document: Policy, migration: Migration, { old, fresh, mine }: Job): void {
  const both = migrateTrustPolicy(document, migration, false);
  differsByJobAlone(document, both.document, [fresh]);
  const done = finished(both.document, migration);
  if (done) differsByJobAlone(both.document, done.document, [fresh, old], mine);
}

function finished(document: Policy, migration: Migration): Migrated<Policy> | undefined {
  try {
    return migrateTrustPolicy(document, migration, true);
  } catch (error) {
    expect(error).toMatchObject({ code: 'INPUT_INVALID' });
    return undefined;
  }
}

/** A repository as subjects have it, with whatever stands before and behind. */
const subjectsOf = (...names: readonly string[]): Forms => ({
  operator: 'StringLike',
  key: `${hub}:sub`,
  values: names.flatMap((name) => [`*repo:${name}`, `*repo:${name}:*`]),
});

it('migrate to ids changes nothing for anybody but the repository', { timeout }, async () => {
  const forms = {
    old: subjectsOf('octo/app', 'Octo/App'),
    mine: [parseMine('github:octo/app') as Mine],
    // Names in any case: ids tell whose they are.
    fresh: subjectsOf('????@65001/???@724113'),
  };
  await fuzz(idPolicies, (document) => holdsExactly(document, toIds, forms), numRuns);
});

it('migrate to the Entra issuer changes nothing for anybody but the service connection', { timeout }, async () => {
  const [, id = ''] = /([\da-f-]{36})/.exec(tenant) ?? [];
  const organization = '2c3d4e5f-6071-4829-93a4-b5c6d7e8f901';
  const newSubject = `/eid1/c/pub/t/${base64OfGuid(id)}/a/rISbSSETf0KqFyZ8ppdXmA/sc/${organization}/3d4e5f60-7182-493a-84b5-c6d7e8f90123`;
  const migration: Migration = {
    ...{ kind: 'entra-issuer', oldSubject },
    to: connectionJob(`https://${tenant}`, newSubject),
  };
  const forms = {
    // Azure DevOps knows no case in names.
    old: { operator: 'StringEqualsIgnoreCase', key: `${devOps}:sub`, values: [oldSubject] },
    fresh: { operator: 'StringLike', key: `${tenant}:sub`, values: [newSubject] },
    mine: [],
  } as const;
  // There is such a connection: otherwise nothing would be found, whatever a migration does.
  const trusting = { ...denialOf(forms.fresh), Effect: 'Allow', Principal: { Federated: arnOf(tenant) } };
  const [job] = whoIsNew([], grantsOfPolicy(parseTrustPolicy({ Statement: trusting }), now), [], now);
  expect(job?.witness?.claims.sub).toBe(newSubject);
  await fuzz(issuerPolicies(newSubject), (document) => holdsExactly(document, migration, forms), numRuns * 20);
});

/** As Entra writes a tenant into a subject: the first three parts of a GUID have their bytes the other way round. */
function base64OfGuid(guid: string): string {
  const parts = guid.split('-').map((part) => Buffer.from(part, 'hex'));
  return Buffer.concat(parts.map((part, index) => (index < 3 ? part.reverse() : part))).toString('base64url');
}

it('a migration that let others in would be seen', () => {
  const policy = (subject: string) => ({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringLike: { [`${hub}:sub`]: ['repo:octo/app:*', subject] } },
    },
  });
  const wide = () =>
    differsByJobAlone(policy('repo:octo/app:*'), policy('repo:octo@65001/*'), [subjectsOf('octo@65001/app@724113')]);
  expect(wide).toThrow('newly allowed');
  expect(() => fc.assert(fc.property(fc.constant(0), wide))).toThrow();
});
