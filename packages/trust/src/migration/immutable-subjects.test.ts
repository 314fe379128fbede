/**
 * Tests as well:
 * - packages/trust/src/migration/dead-values.ts
 * - packages/trust/src/migration/form-alone.ts
 * - packages/trust/src/migration/kept-out.ts
 * - packages/trust/src/migration/migrated.ts
 * - packages/trust/src/migration/mutable-subjects.ts
 * - packages/trust/src/migration/repository-subjects.ts
 * - packages/trust/src/migration/subject-value.ts
 */

import { describe, expect, it } from 'vitest';
import { numberMark } from '../written-number.ts';
import type { Migration } from './migration.ts';
import { migrateTrustPolicy } from './trust-policy.ts';

const hub = 'token.actions.githubusercontent.com';
const arnOf = (issuer: string) => `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
const toIds: Migration = {
  ...{ kind: 'immutable-subjects', owner: 'octo', repository: 'app' },
  ...{ ownerId: '1', repositoryId: '2' },
};

const statement = (effect: string, condition: object, issuer = hub) => ({
  ...{ Effect: effect, Principal: { Federated: arnOf(issuer) } },
  ...{ Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition },
});
const policy = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements });
const onSubject = (operator: string, ...values: readonly string[]) => ({
  [operator]: { [`${hub}:sub`]: values.length === 1 ? values[0] : values },
});
const migrate = (document: object, finish = false) => migrateTrustPolicy(document, toIds, finish);
const notYet = expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining('not allowed yet') });

/** The values that a condition on the subject gets. */
function added(operator: string, value: string, version = '2012-10-17'): readonly string[] {
  const document = { ...policy(statement('Allow', onSubject(operator, value))), Version: version };
  const [{ Condition }] = migrate(document).document.Statement as [
    { Condition: Record<string, Record<string, string[]>> },
  ];
  return [Condition[operator]?.[`${hub}:sub`] ?? []].flat().slice(1);
}

describe('A pattern over a repository in its new form', () => {
  it.each([
    ['StringEquals', 'repo:octo/app:pull_request', ['repo:octo@1/app@2:pull_request']],
    ['StringLike', 'repo:octo/app:*', ['repo:octo@1/app@2:*']],
    ['StringLike', 'repo:octo/*', ['repo:octo@1/app@2', 'repo:octo@1/app@2:*']],
    ['StringLike', 'repo:octo/a*:*', ['repo:octo@1/app@2:*']],
    ['StringLike', 'repo:octo/?pp:*', ['repo:octo@1/app@2:*']],
    ['StringLike', 'repo:octo/*:pull_request', ['repo:octo@1/app@2:pull_request', 'repo:octo@1/app@2:*:pull_request']],
    [
      'StringNotLike',
      'repo:octo/*:pull_request',
      ['repo:octo@1/app@2:pull_request', 'repo:octo@1/app@2:*:pull_request'],
    ],
    ['StringEqualsIgnoreCase', 'repo:Octo/App:ref:refs/heads/Main', ['repo:octo@1/app@2:ref:refs/heads/Main']],
    ['StringEquals', 'repo:Octo/App:pull_request', ['repo:Octo@1/App@2:pull_request']],
    ['ForAnyValue:StringLike', 'repo:octo/app:ref:*', ['repo:octo@1/app@2:ref:*']],
    ['StringEquals', 'environment:production:repo:octo/app', ['environment:production:repo:octo@1/app@2']],
    ['StringLike', '*/app:environment:x', ['repo:octo@1/app@2:environment:x', '*:repo:octo@1/app@2:environment:x']],
    ['StringLike', 'repo:octo/app:environment:${aws:username}', ['repo:octo@1/app@2:environment:${aws:username}']],
    // Whatever matches both forms already, or neither.
    ['StringLike', 'repo:*', []],
    ['StringLike', '*:pull_request', []],
    ['StringLike', 'repo:octo/web:*', []],
    ['StringEquals', 'repo:octo/*', []],
    ['StringEquals', 'repo:octo/apple:pull_request', []],
    ['StringLike', 'job_workflow_ref:octo/flows/*', []],
  ])('%s %s: %j', (operator, value, expected) =>
    expect([...added(operator, value)].sort()).toEqual([...expected].sort()),
  );

  it('has variables in policies of 2012 alone', () => {
    expect(added('StringLike', 'repo:${*}/app:*', '2008-10-17')).toEqual([]);
    const document = policy(statement('Allow', onSubject('StringLike', `repo:\${${hub}:repository}:*`)));
    const { notes, notCovered, document: after } = migrate(document);
    expect({ notes, after }).toEqual({ notes: [], after: document });
    expect(notCovered).toEqual([{ where: 'Statement[0]', reason: expect.stringContaining('A variable decides') }]);
  });

  it('is not decided behind more than ten wildcards, and that is what is said', () => {
    const value = `${[...'abcdefghijk'].map((unit) => `*${unit}`).join('')}*`;
    for (const [effect, operator] of [
      ['Allow', 'StringLike'],
      ['Deny', 'StringLike'],
      ['Allow', 'StringNotLike'],
    ] as const) {
      const document = policy(statement(effect, onSubject(operator, value)));
      const { notes, notCovered } = migrate(document);
      expect(notes.join('')).not.toContain('nothing to do');
      expect(notCovered).toContainEqual({
        ...{ where: 'Statement[0]', reason: expect.stringContaining('more than 10 wildcards') },
      });
      expect(JSON.stringify(notCovered)).not.toContain('variable');
    }
  });

  it('of more subjects than can be checked stays as it is, and is reported', () => {
    const subjects = Array.from({ length: 6_000 }, (_, index) => `repo:octo/app:environment:${index}`);
    const document = policy(statement('Allow', onSubject('StringEquals', ...subjects)));
    for (const finish of [false, true])
      expect(migrate(document, finish)).toEqual({
        ...{ document, notes: [], notCovered: [{ where: 'policy', reason: expect.stringContaining('more subjects') }] },
      });
  });

  it('is found in linear time', () => {
    const value = `${'*:repo:octo/app'.repeat(3_000)}${'?'.repeat(20_000)}`;
    const { notCovered } = migrate(policy(statement('Allow', onSubject('StringLike', value))));
    expect(notCovered.length).toBeLessThan(3);
  });
});

describe('Denials hold for both forms', () => {
  const allow = statement('Allow', onSubject('StringLike', 'repo:octo/app:*'));

  it('in a statement of their own, whatever pattern covers the repository', () => {
    const { document, notCovered } = migrate(
      policy(allow, statement('Deny', onSubject('StringLike', 'repo:octo/*:pull_request'))),
    );
    expect(notCovered).toEqual([]);
    expect(JSON.stringify((document.Statement as object[])[1])).toContain('repo:octo@1/app@2:pull_request');
  });

  it('or nothing is allowed in the new form, and it is said why', () => {
    const deny = statement('Deny', onSubject('StringLike', `repo:\${${hub}:repository}:pull_request`));
    const { document, notes, notCovered } = migrate(policy(allow, deny));
    expect({ document, notes }).toEqual({ document: policy(allow, deny), notes: [] });
    expect(notCovered.map(({ where }) => where)).toEqual(['Statement[0]', 'Statement[1]']);
  });

  it('two that say of one form each what one could say are nothing to report', () => {
    const of = (subject: string, ...more: readonly object[]) =>
      statement('Deny', Object.assign({}, onSubject('StringEquals', subject), ...more));
    const both = migrate(policy(allow)).document.Statement as object[];
    const office = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
    const elsewhere = { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
    const [old, renamed] = ['repo:octo/app:pull_request', 'repo:octo@1/app@2:pull_request'] as const;
    for (const denials of [
      [of(old), of(renamed)],
      [of(old, office), of(renamed, office)],
      [of(old, office), of(old, elsewhere), of(renamed)],
    ]) {
      const { document, notCovered } = migrate(policy(...both, ...denials));
      expect(notCovered).toEqual([]);
      expect(JSON.stringify(migrate(document, true).document)).not.toContain('octo/app:*');
    }
    const { notCovered } = migrate(
      policy(...both, of(renamed, elsewhere), { ...of(renamed), Sid: 'Wide' }, of(old, office)),
    );
    // Those of whom nothing is said have another subject added.
    expect(notCovered.map(({ where }) => where)).toEqual(['Statement[1]', 'Statement[2]']);
  });

  it('one that names the new form is reported', () => {
    const deny = statement('Deny', onSubject('StringLike', 'repo:*@*'));
    const { notCovered } = migrate(policy(allow, deny));
    expect(notCovered).toEqual([
      { where: 'Statement[1]', reason: expect.stringContaining('It denies repo:octo@1/app@2') },
    ]);
  });
});

describe('A job that a denial of another statement keeps out', () => {
  const main = 'repo:octo/app:ref:refs/heads/main';
  const pulls = 'repo:octo/app:pull_request';
  const all = { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' };
  it.each([
    ['by its subject', onSubject('StringEquals', main, pulls), [statement('Deny', onSubject('StringEquals', pulls))]],
    ['by a pattern', onSubject('StringEquals', pulls), [statement('Deny', onSubject('StringLike', 'repo:octo/*'))]],
    ['as everybody', onSubject('StringLike', 'repo:octo/app:*'), [all]],
    [
      'but others',
      onSubject('StringEquals', main),
      [{ ...all, Condition: onSubject('StringNotLike', 'repo:octo/b:*') }],
    ],
    [
      'of an owner',
      onSubject('StringLike', 'repo:octo/*'),
      [statement('Deny', onSubject('StringLike', 'repo:octo/app*'))],
    ],
    [
      'by two together',
      onSubject('StringEquals', main),
      ['StringEquals', 'StringNotEquals'].map((operator) =>
        statement('Deny', { [operator]: { [`${hub}:repository_id`]: '724113' } }),
      ),
    ],
  ])('is reported: %s', (_, condition, denials) => {
    const kept = {
      where: 'Statement[0]',
      reason: expect.stringMatching(/ allows no job of octo\/app\. .* denied by /),
    };
    const found = migrate(policy(statement('Allow', condition), ...denials));
    expect(found.notCovered).toContainEqual(kept);
    expect(migrate(found.document).notCovered).toContainEqual(kept);
  });

  it.each([
    ['some of its jobs', [statement('Deny', onSubject('StringLike', 'repo:octo/*:pull_request'))]],
    ['it for others', [statement('Deny', onSubject('StringEquals', main), 'gitlab.com')]],
    ['it until a day', [{ ...all, Condition: { DateLessThan: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' } } }]],
    ['it by another action', [{ ...all, Action: 'sts:TagSession' }]],
  ])('is not, where a denial is of %s', (_, denials) => {
    const wide = statement('Allow', onSubject('StringLike', 'repo:octo/app:*'));
    expect(migrate(policy(wide, ...denials)).notCovered).toEqual([]);
  });
});

it('numbers that are kept as they were written mean what they say', () => {
  const written = (number: string) => ({ NumericLessThan: { 'aws:EpochTime': `${numberMark}${number}` } });
  const one = statement('Allow', { ...onSubject('StringEquals', 'repo:octo/app:pull_request'), ...written('1.90e9') });
  const { document, notCovered } = migrate(policy(one));
  expect(notCovered).toEqual([]);
  expect(document).toEqual(
    policy({
      ...one,
      Condition: {
        ...onSubject('StringEquals', 'repo:octo/app:pull_request', 'repo:octo@1/app@2:pull_request'),
        ...written('1.90e9'),
      },
    }),
  );
});

describe('A value that no token has', () => {
  const dead = ['repo:octo/app:refs/heads/main', 'repo:octo/app:ref:main', 'repo:octo/app:branch:main'];

  it.each(dead)('%s gets no new form, and is reported, also to finish', (value) => {
    const document = policy(statement('Allow', onSubject('StringEquals', value)));
    for (const finish of [false, true])
      expect(migrate(document, finish)).toEqual({
        ...{ document, notes: [] },
        notCovered: [{ where: 'Statement[0]', reason: expect.stringContaining(`${value} allows nobody`) }],
      });
  });

  it.each([
    [`${hub}:repository_id`, '1'],
    [`${hub}:repository_owner_id`, '2'],
  ])('has no form with ids that are not those of %s: they were swapped, or are of another repository', (key, id) => {
    const document = policy(
      statement('Allow', { StringEquals: { [`${hub}:sub`]: 'repo:octo/app:pull_request', [key]: id } }),
    );
    const { document: after, notCovered } = migrate(document);
    expect(after).toEqual(document);
    expect(notCovered).toEqual([
      { where: 'Statement[0]', reason: expect.stringContaining('repo:octo@1/app@2:pull_request would allow nobody.') },
    ]);
    expect(() => migrate(document, true)).toThrow(notYet);
  });

  it('stays beside others, which are migrated and finished', () => {
    const [value = ''] = dead;
    const document = policy(statement('Allow', onSubject('StringEquals', value, 'repo:octo/app:pull_request')));
    const both = migrate(document);
    expect(both.document).toEqual(
      policy(
        statement(
          'Allow',
          onSubject('StringEquals', value, 'repo:octo/app:pull_request', 'repo:octo@1/app@2:pull_request'),
        ),
      ),
    );
    const done = migrate(both.document, true);
    expect(done.document).toEqual(
      policy({
        ...statement('Allow', { StringEquals: { [`${hub}:sub`]: [value, 'repo:octo@1/app@2:pull_request'] } }),
      }),
    );
    for (const { notCovered } of [both, done])
      expect(notCovered).toEqual([{ where: 'Statement[0]', reason: expect.stringContaining('allows nobody') }]);
  });

  it('is one by what stands beside it, too', () => {
    const document = policy(
      statement('Allow', {
        StringEquals: { [`${hub}:sub`]: 'repo:octo/app:ref:refs/heads/main', [`${hub}:ref`]: 'refs/heads/next' },
      }),
    );
    for (const finish of [false, true]) {
      const { notCovered, document: after } = migrate(document, finish);
      expect({ after, notCovered }).toEqual({
        after: document,
        notCovered: [{ where: 'Statement[0]', reason: expect.stringMatching(/allows nobody.*next/) }],
      });
    }
  });
});

describe('Several conditions on the subject', () => {
  it('for different jobs in the two forms are left as they are', () => {
    const one = statement('Allow', {
      ...onSubject('StringEquals', 'repo:octo/app:pull_request'),
      ...onSubject('StringLike', 'repo:octo@1/app@2:*'),
    });
    const { document, notCovered } = migrate(policy(one));
    expect(document).toEqual(policy(one));
    expect(notCovered).toEqual([
      { where: 'Statement[0]', reason: expect.stringContaining('allows nobody, and gets no new form') },
    ]);
  });

  it('of an operator that compares no patterns of texts are reported', () => {
    const { notCovered } = migrate(
      policy(statement('Allow', onSubject('ArnLike', 'repo:octo/app:environment:x:job_workflow_ref:*'))),
    );
    expect(notCovered).toEqual([{ where: 'Statement[0]', reason: expect.stringContaining('cannot be made to match') }]);
  });
});

describe('To finish with ids', () => {
  it('is refused where a denial names the new form', () => {
    const both = migrate(policy(statement('Allow', onSubject('StringEquals', 'repo:octo/app:pull_request')))).document;
    const deny = statement('Deny', onSubject('StringEquals', 'repo:octo@1/app@2:pull_request'));
    expect(() => migrate(policy(...(both.Statement as object[]), deny), true)).toThrow(notYet);
  });

  it('is refused where another statement allows the new form under further conditions', () => {
    const old = statement('Allow', onSubject('StringEquals', 'repo:octo/app:pull_request'));
    const renamed = statement('Allow', {
      ...onSubject('StringEquals', 'repo:octo@1/app@2:pull_request'),
      IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
    });
    expect(() => migrate(policy(old, renamed), true)).toThrow(notYet);
    const wide = statement('Allow', onSubject('StringEquals', 'repo:octo@1/app@2:pull_request'));
    expect(migrate(policy(old, wide), true).document).toEqual(policy(wide));
  });

  it('keeps whom else a statement allows that has IfExists and several principals', () => {
    const shared = (principal: object, condition: object) => ({
      ...statement('Allow', { Bool: { 'aws:SecureTransport': 'true' }, ...condition }),
      Principal: principal,
    });
    const both = migrate(
      policy(
        shared(
          { Federated: [arnOf(hub), arnOf('gitlab.com')] },
          { StringEqualsIfExists: { [`${hub}:sub`]: 'repo:octo/app:pull_request' } },
        ),
      ),
    ).document.Statement as object[];
    const renamed = shared(
      { Federated: [arnOf(hub), arnOf('gitlab.com')] },
      { StringEqualsIfExists: { [`${hub}:sub`]: ['repo:octo@1/app@2:pull_request'] } },
    );
    expect(migrate(policy(...both), true).document).toEqual(policy(renamed));
    const old = shared(
      { Federated: [arnOf(hub), arnOf('gitlab.com')] },
      { StringEqualsIfExists: { [`${hub}:sub`]: 'repo:octo/app:pull_request' } },
    );
    expect(migrate(policy(old, renamed), true).document).toEqual(
      policy(shared({ Federated: [arnOf('gitlab.com')] }, {}), renamed),
    );
  });

  it('leaves what covers other repositories, and says so', () => {
    const document = policy(statement('Allow', onSubject('StringLike', 'repo:octo/*', 'repo:octo@1/app@2:*')));
    const { document: after, notCovered } = migrate(document, true);
    expect(after).toEqual(document);
    expect(notCovered[0]?.reason).toContain('repo:octo/* stays');
  });

  it('is refused where a denial does not hold for the new form', () => {
    const document = policy(
      statement('Allow', onSubject('StringLike', 'repo:octo/app:*', 'repo:octo@1/app@2:*')),
      statement('Deny', onSubject('StringLike', 'repo:octo/*:pull_request')),
    );
    expect(() => migrate(document, true)).toThrow(notYet);
  });
});

it('A policy that IAM rejects is not changed, and it is said what IAM rejects', () => {
  const rejected = { ...policy(statement('Allow', onSubject('StringEquals', 'repo:octo/app:pull_request'))), Nope: 1 };
  expect(() => migrate(rejected)).toThrow(
    expect.objectContaining({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/^IAM rejects this document: .*Nope/),
    }),
  );
});
